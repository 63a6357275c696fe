"""The key of a limited group: what it comes to, and what is refused because nothing could keep it."""

import pytest

from engine.definition.concurrency_key import group_key
from models.errors import InvalidInput


def test_a_key_that_no_database_can_hold_is_refused() -> None:
    assert group_key("{{p | unbase64}}", {"p": "QUE="}) == "AA"
    with pytest.raises(InvalidInput) as caught:
        group_key("{{p | unbase64}}", {"p": "AA=="})
    [fault] = caught.value.faults
    assert (fault.loc, fault.type) == (("body", "parameters"), "value_error.concurrency_key")
    assert "makes a text with a NUL character, which cannot be stored" in fault.msg
