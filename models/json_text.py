"""Parses JSON from outside: as strict as the standard, but able to say what is wrong with a value."""

import json
from typing import Any

import msgspec

from models.errors import MalformedRequest


def parse_json(text: bytes | str) -> Any:
    """Return the JSON value of `text`. Raises `MalformedRequest`.

    NaN, infinities and lone surrogates, which the standard or a database refuses, pass through here: the
    validation of the command names the field that holds them (422), which a parser cannot.
    """
    try:
        return msgspec.json.decode(text)
    except RecursionError:
        raise MalformedRequest("The JSON is nested too deeply") from None
    except (msgspec.DecodeError, UnicodeError):
        return _parse_leniently(text)


def _parse_leniently(text: bytes | str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise MalformedRequest("The JSON is nested too deeply") from None
    except UnicodeDecodeError:
        raise MalformedRequest("The body is not valid UTF-8") from None
    except ValueError as error:
        raise MalformedRequest(f"The body is not valid JSON: {error}") from None
