"""What an expression does beside its steps: where names are looked for, and when a reason is written."""

import sys
from collections import Counter
from types import FrameType
from typing import Any

import pytest

from engine.expressions import evaluation
from engine.expressions.budget import Budget
from engine.expressions.evaluation import evaluate
from engine.expressions.parser import parse_expression
from engine.expressions.references import NoValue


def calls_of(source: str, scope: dict[str, Any]) -> Counter[str]:
    """How often each function of Python is called while an expression is evaluated."""
    expression, called = parse_expression(source), Counter[str]()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call":
            called[frame.f_code.co_name] += 1

    sys.setprofile(note)
    try:
        assert evaluate(expression, scope, Budget()) == [1]
    finally:
        sys.setprofile(None)
    return called


def test_a_name_from_outside_is_as_near_within_many_conditions_as_within_one() -> None:
    def looks_within(conditions: int) -> int:
        condition = "n == 2"
        for _ in range(conditions - 1):
            condition = f"[1] | select({condition}) | first == 1"
        return calls_of(f"[1] | select({condition})", {"n": 2})["__contains__"]

    assert looks_within(12) == looks_within(1) > 0


def test_a_condition_sees_its_own_item_and_what_is_outside() -> None:
    source = "rows | select(item | select(item > least) | length > 1)"
    found = evaluate(parse_expression(source), {"rows": [[1, 2, 3], [1, 2]], "least": 1, "item": None}, Budget())
    assert found == [[1, 2, 3]]


def test_why_there_is_nothing_at_a_key_is_written_for_a_reader_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[object] = []
    unparse = evaluation.unparse
    monkeypatch.setattr(evaluation, "unparse", lambda part: written.append(part) or unparse(part))
    scope = {"keys": ["a", "b", "c"], "object": {"a": True}}
    assert evaluate(parse_expression("keys | select({}[item] ?? object[item] ?? false)"), scope, Budget()) == ["a"]
    assert written == []
    with pytest.raises(NoValue, match=r"'object' has nothing at 'keys\[1\]'"):
        evaluate(parse_expression("object[keys[1]]"), scope, Budget())
