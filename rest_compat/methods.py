"""Which methods a path takes, as `Allow` and the refusal of others name them."""

from collections.abc import Iterable


def allowed(methods: Iterable[str]) -> str:
    """The value of an `Allow` header. HEAD is answered wherever GET is; what is no method, a socket, is not named."""
    found = {method for method in methods if method.isupper()}
    return ", ".join(sorted(found | {"HEAD"} if "GET" in found else found))
