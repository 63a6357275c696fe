"""What stands below `secrets` in the scope of a template: names before the call, values at its moment.

And the labels of what is hidden, for good, where nothing goes into a call.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from engine.secrets.redaction import Redactor, label_of


class SecretNames(dict[str, str]):
    """Each secret is the text that names it: an attempt that is made ready, and perhaps waits, holds no value."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__({name: f"{{{{secrets.{name}}}}}" for name in names})

    def made(self, name: str, value: Any) -> None:
        """There is nothing to hide: see `SecretValues.made`."""


class HiddenSecrets(SecretNames):
    """Each secret is what stands in its place wherever it is hidden; its value is never looked for."""

    def __init__(self, names: Iterable[str]) -> None:
        dict.__init__(self, {name: label_of(name) for name in names})


class RevealedSecrets(dict[str, str]):
    """The values, hidden by `redactor` like whatever is made of them."""

    def __init__(self, values: Mapping[str, str], redactor: Redactor) -> None:
        super().__init__(values)
        self._redactor = redactor
        for name, value in values.items():
            redactor.add(name, value)

    def made(self, name: str, value: Any) -> None:
        """See `SecretValues.made`; what is no text is hidden as a template writes it."""
        self._redactor.add(name, value if isinstance(value, str) else msgspec.json.encode(value).decode())
