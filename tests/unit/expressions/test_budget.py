"""Whatever an expression is and whatever it works on: its cost is known before it is paid (F43)."""

import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.templates import ARGUMENTS, MEGABYTE, hostile_values, peak
from engine.expressions.budget import MAX_BYTES, Budget, TooCostly
from engine.expressions.filters.catalogue import FILTERS
from engine.expressions.filters.definition import Filter
from engine.expressions.operators import OPERATORS, Operator
from engine.expressions.parser import parse_expression
from engine.expressions.references import ExpressionError
from engine.expressions.templates import Template, Whole, parse, render
from tests.sizes import some_of

SMALL = 100_000
values = cache(hostile_values)
"""Made once a test needs them: they are large."""

ROOM = 500_000
"""What Python needs beside what is made: frames, lists of parts."""

SMALL_ROOM = 20_000
"""The same for one filter."""

NAMES = st.sampled_from(sorted(hostile_values(0)))
LITERALS = st.sampled_from(["'a'", "','", "''", "0", "3", "1.5", "true", "null", "'a.b'"])


def filtered(operands: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """An operand through any filter there is, with its worst arguments or any others."""

    def call(name: str) -> st.SearchStrategy[str]:
        known = FILTERS[name]
        others = st.lists(operands, min_size=known.least, max_size=known.most).map(", ".join)
        worst = st.sampled_from(ARGUMENTS[name]) if name in ARGUMENTS else others
        return (worst | others).map(lambda arguments: f"{name}({arguments})" if arguments else name)

    calls = st.sampled_from(sorted(FILTERS)).flatmap(call)
    return st.tuples(operands, calls).map(lambda pair: f"({pair[0]} | {pair[1]})")


def joined(operands: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Two operands with any operator there is."""
    operators = st.sampled_from([*OPERATORS, "and", "or"])
    return st.tuples(operands, operators, operands).map(lambda parts: f"({' '.join(parts)})")


EXPRESSIONS = st.recursive(NAMES | LITERALS, lambda inner: filtered(inner) | joined(inner), max_leaves=8)


def cost(template: Template, scope: dict[str, Any]) -> Budget:
    budget = Budget()
    with suppress(ExpressionError):
        render(template, scope, budget)
    return budget


def refusal(template: Template) -> tuple[TooCostly, int]:
    """Why a template is refused, and the bytes that were there at a time until then."""
    scope = values(MEGABYTE)  # not to be counted, where they are made only now
    tracemalloc.start()
    try:
        with pytest.raises(TooCostly) as caught:
            render(template, scope, Budget())
        return caught.value, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@settings(max_examples=100, deadline=None)
@given(source=EXPRESSIONS, copies=st.sampled_from([1, 1, 30]))
def test_no_expression_needs_more_memory_than_it_took_from_the_budget(source: str, copies: int) -> None:
    template = parse([f"{{{{{source}}}}}"] * copies)
    made = cost(template, values(SMALL)).bytes
    assert peak(template, values(SMALL)) <= 2 * min(made, MAX_BYTES) + ROOM


@pytest.mark.parametrize("name", sorted(FILTERS))
def test_no_filter_of_any_value_needs_more_memory_than_it_took_from_the_budget(name: str) -> None:
    known, scope = FILTERS[name], values(10_000)
    worst = [f"({arguments})" for arguments in ARGUMENTS.get(name, ())]
    sources = [f"{of} | {name}{call}" for of in scope for call in [*worst, *([""] if known.least == 0 else [])]]
    for source in some_of(sources, 8):
        template = parse([f"{{{{{source}}}}}"])
        made = cost(template, scope).bytes
        assert peak(template, scope) <= 2 * min(made, MAX_BYTES) + SMALL_ROOM, source


@settings(max_examples=12, deadline=None)
@given(source=EXPRESSIONS, copies=st.sampled_from([1, 30]))
def test_any_expression_over_a_megabyte_needs_64_mb_at_most(source: str, copies: int) -> None:
    template = parse([f"{{{{{source}}}}}"] * copies)
    assert peak(template, values(MEGABYTE)) <= 64_000_000


@pytest.mark.parametrize(
    "source",
    [
        "plain | replace('a', plain)", "plain | replace('a', plain) | length", "lists | join(plain)",
        "commas | split(',') | join(plain)", "plain + plain + plain + plain + plain", "objects | where(route, 1)",
        "lists in lists", "objects | where('a.b', lists)", "texts | map(route)",
        "greek | upper | upper | upper | upper", "objects_text | parse_json | json | parse_json",
        "greek | urlencode | urlencode",
    ],
)  # fmt: skip
def test_what_costs_too_much_is_refused_before_it_is_made(source: str) -> None:
    # The parts of an expression may be affordable, so that the last one alone is refused.
    error, memory = refusal(parse(f"{{{{{source}}}}}"))
    assert source in str(error)
    assert memory < MAX_BYTES + ROOM


def test_a_range_of_large_numbers_counts_how_large_they_are() -> None:
    # What comes in from outside may be as large as JSON can say.
    scope, template = {"n": 10**1_200}, parse("{{n | range(n + 10000) | length}}")
    assert cost(template, scope).bytes * 1.2 > peak(template, scope) > 5_000_000


@pytest.mark.parametrize(
    "template",
    [["{{plain}}"] * 100, "{{plain}}" * 100, {"a": ["{{alike}}"] * 100}, ["{{texts | sort | length}}"] * 100],
)
def test_what_is_filled_in_many_times_counts_each_time(template: Any) -> None:
    error, memory = refusal(parse(template))
    assert memory < MAX_BYTES
    assert "that the templates of an action have" in str(error) or "makes a text of more than" in str(error)


def test_what_is_within_a_list_twice_counts_twice() -> None:
    inner = ["x" * 1_000] * 100
    budget = Budget()
    assert budget.size([inner] * 50).json > 50 * 100 * 1_000
    assert budget.bytes < 1_000


@pytest.mark.parametrize("form", ["%999999d", "%-999d %m", "%10000000000000000000Y", "%Y" * 101, "%d%%%5m"])
def test_a_date_has_no_widths_and_no_endless_form(form: str) -> None:
    with pytest.raises(ExpressionError, match="needs a form of at most 200 characters"):
        render(parse("{{at | date(form)}}"), {"at": "2026-01-15T10:30:00Z", "form": form}, Budget())


def test_a_percent_sign_before_a_digit_is_no_width() -> None:
    scope = {"at": "2026-01-15T10:30:00Z", "form": "100%%5 %d"}
    assert render(parse("{{at | date(form)}}"), scope, Budget()) == "100%5 15"


@pytest.mark.parametrize(
    "source", ["numbers | sum", "0.5 + numbers[0]", "numbers[0] / 0.5", "numbers | first | round(2)"]
)
def test_numbers_beyond_all_bounds_are_no_fault_of_ours(source: str) -> None:
    with pytest.raises(ExpressionError, match="too large"):
        render(parse(f"{{{{{source}}}}}"), {"numbers": [10**4_000, 0.5]}, Budget())


@pytest.mark.parametrize("source", ["deep == deep", "deep | json", "{{deep}}", "[deep] | unique", "deep in deep"])
def test_what_nests_without_end_is_refused_before_it_is_walked(source: str) -> None:
    deep: list[Any] = []
    for _ in range(5_000):
        deep = [deep]
    text = f"{{{{{source.replace('[deep]', 'deep')}}}}}" if "{{" not in source else source
    with pytest.raises(ExpressionError, match="more than 100 levels deep"):
        render(parse(text), {"deep": deep}, Budget())


def _unbounded(kind: type[Any], **fields: Any) -> Callable[[], Any]:
    return lambda: kind(**fields)


FREE = {"about": "", "example": "", "result": None, "apply": len, "takes": frozenset()}


@pytest.mark.parametrize("make", [_unbounded(Filter, **FREE), _unbounded(Operator, apply=max)])
def test_there_is_no_filter_and_no_operator_without_its_cost(make: Callable[[], Any]) -> None:
    with pytest.raises(TypeError, match="cost"):
        make()


CONSTANT = {"abs", "add", "default", "first", "last", "length", "round", "date", "to_date"}
"""These do the same whatever the size of their value is."""


@pytest.mark.parametrize("name", sorted(set(FILTERS) - CONSTANT))
def test_a_filter_takes_more_for_a_larger_value(name: str) -> None:
    taken: list[list[tuple[int, int]]] = []
    for scope in (hostile_values(2_000), values(SMALL)):
        costs = []
        for value in sorted(scope):
            arguments = ARGUMENTS.get(name, ("",))[0]
            source = f"{value} | {name}({arguments})" if arguments else f"{value} | {name}"
            budget = cost(Whole(parse_expression(source), source), scope)
            costs.append((budget.steps, budget.bytes))
        taken.append(costs)
    assert max(more[0] - less[0] for less, more in zip(*taken, strict=True)) > 50
    assert (
        name in ("contains", "endswith", "int", "max", "min", "number", "startswith", "sum")
        or max(more[1] - less[1] for less, more in zip(*taken, strict=True)) > 50
    )


def test_a_budget_that_was_stopped_gives_nothing_more() -> None:
    budget = Budget()
    budget.stop()
    with pytest.raises(TooCostly):
        render(parse("{{x}}"), {"x": 1}, budget)


def test_a_refusal_names_its_expression_and_the_bound() -> None:
    source = "plain | replace('a', '" + "b" * 300 + "')"
    with pytest.raises(TooCostly) as caught:
        render(parse(f"{{{{{source}}}}}"), values(MEGABYTE), Budget())
    assert str(caught.value) == f"'{{{{{source[:200]}...}}}}' makes a text of more than 4,194,304 characters"
    with pytest.raises(TooCostly, match=r"'\{\{objects in objects\}\}' takes more than the 1,000,000 steps"):
        render(parse("{{objects in objects}}"), values(MEGABYTE), Budget())


@pytest.mark.parametrize(
    "source",
    ["n | json", "n ~ ''", "n | urlencode", "'%s' | format(n)", "[n] | unique", "[[n]] | group_by('0')", "[n] | join",
     "n", "[n]", "{a: n}"],
)  # fmt: skip
def test_a_number_of_thousands_of_digits_costs_what_it_takes_to_write_it(source: str) -> None:
    template = parse(f"{{{{{source}}}}}")
    short, long = cost(template, {"n": 10**1_000}).steps, cost(template, {"n": 10**4_000}).steps
    assert long - short > 2_000


def test_a_list_that_is_written_many_times_costs_its_long_numbers_each_time() -> None:
    budget, source = Budget(), "{{rows | map('a') | json | length}}"
    scope = {"rows": [{"a": [10**4_000] * 200}] * 3}
    with pytest.raises(TooCostly, match="takes more than the 1,000,000 steps"):
        render(parse(source), scope, budget)
    assert budget.bytes < MEGABYTE


def test_numbers_as_they_are_used_cost_nothing_for_their_digits() -> None:
    assert Budget().size([2**63, -(2**64), 1.5, True]).digits == 0
