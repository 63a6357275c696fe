"""When a failed attempt is due again follows from the policy, the failure and the time alone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.failure import ActionFailed
from engine.core.retry import MAX_RETRY_AFTER_SECONDS, delay_seconds, retry_due_at
from models.commands.retry_policy import MAX_ATTEMPTS, RetryPolicy
from models.commands.validation import parse
from models.errors import InvalidInput
from models.words import ActionErrorCode

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def failure(code: str = "CONNECTION_ERROR", **fields: Any) -> ActionFailed:
    return ActionFailed(ActionErrorCode(code), "no", **{"retryable": True, **fields})


def policy(**fields: Any) -> RetryPolicy:
    return parse(RetryPolicy, {"jitter": False, **fields})


def due(
    rule: RetryPolicy | None, failed: ActionFailed, failures: int = 1, deadline: datetime | None = None, **more: Any
) -> float | None:
    """In how many seconds the next attempt is due."""
    moment = retry_due_at(
        rule,
        failed,
        failures=failures,
        first_started_at=more.get("first_started_at", NOW),
        deadline=deadline,
        now=NOW,
        chance=more.get("chance", 0.0),
    )
    return None if moment is None else (moment - NOW).total_seconds()


@pytest.mark.parametrize(
    ("backoff", "delays"),
    [("fixed", [2, 2, 2, 2]), ("linear", [2, 4, 6, 7]), ("exponential", [2, 6, 7, 7])],
)
def test_the_delay_grows_as_the_policy_says_up_to_its_cap(backoff: str, delays: list[float]) -> None:
    rule = policy(backoff=backoff, initial_delay_seconds=2, backoff_rate=3, max_delay_seconds=7, max_attempts=9)
    assert [due(rule, failure(), failures) for failures in range(1, 5)] == delays


@pytest.mark.parametrize(("failures", "expected"), [(1, 1.0), (2, 2.0), (3, None), (4, None)])
def test_after_the_last_attempt_there_is_none(failures: int, expected: float | None) -> None:
    assert due(policy(max_attempts=3), failure(), failures) == expected


@pytest.mark.parametrize(("chance", "expected"), [(0.0, 5.0), (0.5, 7.5), (0.999, 9.995)])
def test_jitter_spreads_a_delay_from_half_to_all_of_it(chance: float, expected: float) -> None:
    rule = policy(initial_delay_seconds=10, jitter=True)
    assert due(rule, failure(), chance=chance) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("fields", "is_repeated"),
    [
        ({"retryable": True, "repeatable": True}, True),
        ({"retryable": True, "repeatable": False}, False),
        ({"retryable": False, "repeatable": True}, False),
    ],
)
def test_without_a_policy_only_what_may_help_and_does_no_harm_is_repeated(
    fields: dict[str, bool], is_repeated: bool
) -> None:
    assert (due(None, failure(**fields)) is not None) == is_repeated


def test_without_a_policy_there_are_three_attempts() -> None:
    assert [due(None, failure(repeatable=True), failures) is not None for failures in (1, 2, 3)] == [True, True, False]


def test_a_policy_of_its_own_repeats_what_may_help_though_it_might_do_harm() -> None:
    assert due(policy(), failure(repeatable=False)) is not None
    assert due(policy(), failure(retryable=False)) is None


@pytest.mark.parametrize(
    ("words", "failed", "is_repeated"),
    [
        (["503"], failure("HTTP_ERROR", http_status=503), True),
        (["5xx"], failure("HTTP_ERROR", http_status=500, retryable=False), True),
        (["5xx"], failure("HTTP_ERROR", http_status=404), False),
        (["HTTP_ERROR"], failure("HTTP_ERROR", http_status=404), True),
        (["TIMEOUT"], failure("TIMEOUT"), True),
        (["TIMEOUT"], failure("CONNECTION_ERROR"), False),
        ([], failure("CONNECTION_ERROR"), False),
    ],
)
def test_retry_on_names_what_is_repeated(words: list[str], failed: ActionFailed, is_repeated: bool) -> None:
    assert (due(policy(retry_on=words), failed) is not None) == is_repeated


def test_a_status_may_be_written_as_a_number() -> None:
    rule = RetryPolicy.model_validate({"retry_on": [503, "5xx", "TIMEOUT"], "never_retry_on": [501]})
    assert (rule.retry_on, rule.never_retry_on) == (["503", "5xx", "TIMEOUT"], ["501"])
    assert rule.model_dump(exclude_unset=True) == {"retry_on": ["503", "5xx", "TIMEOUT"], "never_retry_on": ["501"]}


def test_never_retry_on_goes_over_retry_on() -> None:
    rule = policy(retry_on=["5xx"], never_retry_on=["501"])
    assert due(rule, failure("HTTP_ERROR", http_status=501)) is None
    assert due(rule, failure("HTTP_ERROR", http_status=502)) is not None


@pytest.mark.parametrize(
    ("fields", "retry_after", "expected"),
    [
        ({}, 30.0, 30.0),
        ({}, 0.0, 1.0),
        ({"max_delay_seconds": 5}, 30.0, 30.0),
        ({"respect_retry_after": False}, 30.0, 1.0),
        ({}, 1e9, MAX_RETRY_AFTER_SECONDS),
    ],
)
def test_a_service_may_ask_for_more_time(fields: dict[str, Any], retry_after: float, expected: float) -> None:
    failed = failure("HTTP_ERROR", http_status=429, retry_after=retry_after)
    assert due(policy(**fields), failed) == expected


def test_jitter_never_goes_below_what_the_service_asked_for() -> None:
    rule = policy(jitter=True)
    for chance in (0.0, 0.3, 0.99):
        waited = due(rule, failure("HTTP_ERROR", http_status=503, retry_after=30.0), chance=chance)
        assert waited is not None
        assert waited >= 30


def test_an_attempt_after_the_deadline_is_not_waited_for() -> None:
    rule = policy(initial_delay_seconds=10)
    assert due(rule, failure(), deadline=NOW + timedelta(seconds=10)) is None
    assert due(rule, failure(), deadline=NOW + timedelta(seconds=11)) == 10


def test_the_total_time_counts_from_the_first_attempt() -> None:
    rule = policy(initial_delay_seconds=10, max_total_seconds=60)
    assert due(rule, failure(), first_started_at=NOW - timedelta(seconds=49)) == 10
    assert due(rule, failure(), first_started_at=NOW - timedelta(seconds=50)) is None


@given(
    failures=st.integers(1, MAX_ATTEMPTS),
    rate=st.floats(1, 100),
    initial=st.floats(0, 604_800),
    cap=st.floats(0, 604_800),
    chance=st.floats(0, 1, exclude_max=True),
    backoff=st.sampled_from(["fixed", "linear", "exponential"]),
)
def test_no_policy_makes_a_delay_that_is_negative_or_above_its_cap(
    failures: int, rate: float, initial: float, cap: float, chance: float, backoff: str
) -> None:
    rule = policy(backoff=backoff, backoff_rate=rate, initial_delay_seconds=initial, max_delay_seconds=cap, jitter=True)
    assert 0 <= delay_seconds(rule, failure(), failures, chance) <= cap


@pytest.mark.parametrize(
    ("field", "value", "kind"),
    [
        ("max_attempts", 0, "value_error.number.not_ge"),
        ("max_attempts", MAX_ATTEMPTS + 1, "value_error.number.not_le"),
        ("max_attempts", "3", "type_error.integer"),
        ("backoff", "quadratic", "value_error.const"),
        ("initial_delay_seconds", -1, "value_error.number.not_ge"),
        ("retry_on", ["600"], "value_error"),
        ("retry_on", [600], "value_error"),
        ("retry_on", [True], "type_error.string"),
        ("retry_on", ["HTTP_EROR"], "value_error"),
        ("jitter", "yes", "type_error.boolean"),
        ("attempts", 3, "value_error.extra"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(field: str, value: Any, kind: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse(RetryPolicy, {field: value})
    assert {(fault.loc[:2], fault.type) for fault in refused.value.faults} == {(("body", field), kind)}
