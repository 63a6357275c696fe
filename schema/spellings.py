"""What had another name before: both names are taken, of which exactly one has to be given."""

from collections.abc import Mapping
from typing import Any

from pydantic.alias_generators import to_camel

from models.errors import InvalidInput
from models.faults import Fault


def renamed(better: str) -> str:
    """Why a name is deprecated, and until when it goes on working at least."""
    return f"Use `{better}`. This name may be gone from version 0.3.0 on."


def one_of(given: Mapping[str, Any], better: str, former: str, of: tuple[str, ...] = ("body",)) -> Any:
    """The value of what is called `better`, or was called `former`; null is not given.

    Raises `InvalidInput` for none and for both, at the better one of what is `of` this place.
    """
    found = [given[name] for name in (better, former) if given.get(name) is not None]
    if len(found) != 1:
        message = f"give `{to_camel(better)}`, or `{to_camel(former)}` as it was called before, and not both"
        raise InvalidInput([Fault((*of, better), message, "value_error.one_of" if found else "value_error.missing")])
    return found[0]
