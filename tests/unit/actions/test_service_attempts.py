"""What a call says about the next attempt: whether it may be repeated, when, at whose gate, and in which trace."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.actions.installed import installed_actions
from engine.actions.protocol import ActionCall, ActionResources
from engine.actions.service_call import ServiceCall
from engine.actions.service_call_config import ServiceCallConfig
from engine.core.failure import ActionFailed
from engine.services.directory import ServiceDirectory
from engine.services.mocks import Mock, MockServices
from engine.services.outbound import Outbound
from engine.services.registry import Service
from engine.services.retry_after import retry_after_seconds
from models.words import ActionErrorCode
from tests.support.core.by_httpx import answering
from tests.support.timers import SetClock

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def call(method: str = "POST", *, service: str = "s", attempt: int = 1, **ids: Any) -> ActionCall:
    return ActionCall(
        execution_id=ids.get("execution_id", "exec_1"),
        workflow_id="wf_1",
        tenant="default",
        action_id=ids.get("action_id", "a"),
        attempt=attempt,
        config=ServiceCallConfig(service=service, endpoint="fetch", method=method),  # type: ignore[arg-type]  # one of the methods
        timeout_seconds=None,
    )


def service_call(answer: Any, *, mocks: MockServices | None = None, **options: Any) -> ServiceCall:
    """The action type with one service `s`, which answers as the test says."""
    services = {"s": Service("s", "http://s", **options)}
    clock = SetClock(NOW)
    outbound = Outbound(answering(answer))
    return ServiceCall(ActionResources(outbound, ServiceDirectory(services, clock, outbound), clock, mocks))


def failure_of(action: ServiceCall, attempt: ActionCall) -> ActionFailed:
    with pytest.raises(ActionFailed) as caught:
        asyncio.run(action.run(attempt))
    return caught.value


def status(code: int, **headers: str) -> Any:
    return lambda _request: httpx.Response(code, headers={name.replace("_", "-"): v for name, v in headers.items()})


def refused(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused", request=request)


def cut_off(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadError("reset", request=request)


# --- may it be repeated? -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "repeatable"), [("GET", True), ("PUT", True), ("DELETE", True), ("POST", False), ("PATCH", False)]
)
@pytest.mark.parametrize("answer", [cut_off, status(503), status(404)])
def test_what_may_be_repeated_depends_on_the_method(answer: Any, method: str, repeatable: bool) -> None:
    assert failure_of(service_call(answer), call(method)).repeatable is repeatable


@pytest.mark.parametrize("answer", [cut_off, status(503)])
def test_every_call_of_an_idempotent_service_may_be_repeated(answer: Any) -> None:
    assert failure_of(service_call(answer, idempotent=True), call("POST")).repeatable


def test_a_refused_connection_may_always_be_repeated_as_nothing_was_sent() -> None:
    failure = failure_of(service_call(refused), call("POST"))
    assert (failure.code, failure.retryable, failure.repeatable) == (ActionErrorCode.CONNECTION_ERROR, True, True)


@pytest.mark.parametrize("idempotent", [True, False])
def test_a_mock_of_an_idempotent_service_is_idempotent(idempotent: bool) -> None:
    mocks = MockServices()
    mocks.configure("default", Mock(service="s", endpoint="/fetch", status_code=503))
    failure = failure_of(service_call(refused, mocks=mocks, idempotent=idempotent), call("POST"))
    assert (failure.http_status, failure.repeatable) == (503, idempotent)


# --- when? ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        (" 7 ", 7.0),
        ("-5", 0.0),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOW - timedelta(hours=1), usegmt=True), 0.0),
        ("Thu, 01 Jan 2026 14:00:30 +0200", 30.0),
        ("Thu, 01 Jan 2026 12:00:10 -0000", 10.0),
        ("", None),
        ("soon", None),
        ("1.5", None),
        ("1e3", None),
        ("--5", None),
        ("-", None),
        ("\u0663", None),
        ("9" * 10, None),
        ("9" * 5000, None),
        ("Thu, 99 Jan 2026 12:00:10 GMT", None),
        ("Thu, 01 Jan 99999999999999999999 12:00:10 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_garbage_is_ignored(value: str, seconds: float | None) -> None:
    assert retry_after_seconds(value, NOW) == seconds


@given(value=st.text(max_size=40) | st.from_regex(r"[A-Z][a-z]{2}, \d{1,20} Jan \d{1,20} \d+:\d+(:\d+)? [-+\w]*"))
def test_any_retry_after_is_read_or_ignored(value: str) -> None:
    seconds = retry_after_seconds(value, NOW)
    assert seconds is None or seconds >= 0


@pytest.mark.parametrize(("code", "seconds"), [(429, 7.0), (503, 7.0), (502, None), (500, None), (404, None)])
def test_only_429_and_503_say_when_to_come_back(code: int, seconds: float | None) -> None:
    failure = failure_of(service_call(status(code, Retry_After="7")), call())
    assert (failure.http_status, failure.retry_after) == (code, seconds)


def test_a_date_in_retry_after_counts_from_now() -> None:
    date = format_datetime(NOW + timedelta(minutes=2), usegmt=True)
    assert failure_of(service_call(status(429, Retry_After=date)), call()).retry_after == 120.0


# --- at whose gate? ------------------------------------------------------------------------------


def test_a_call_asks_at_the_gate_of_its_service() -> None:
    action = service_call(refused, max_concurrency=1)
    first, second = action.gate(call()), action.gate(call())
    assert first is not None
    assert second is not None
    assert first.try_enter() is None
    assert second.try_enter() is not None


def test_a_service_that_is_not_registered_has_no_gate() -> None:
    assert service_call(refused).gate(call(service="unknown")) is None


@pytest.mark.parametrize("method", ["POST", None])
def test_a_mocked_call_asks_nobody_and_asking_does_not_use_the_mock_up(method: str | None) -> None:
    mocks = MockServices()
    mocks.configure("default", Mock(service="s", endpoint="/fetch", method=method, times=1, response="mocked"))
    action = service_call(refused, mocks=mocks)
    assert [action.gate(call()) for _ in range(3)] == [None] * 3
    assert asyncio.run(action.run(call())).response == "mocked"
    assert action.gate(call()) is not None


def test_a_mock_for_another_method_or_tenant_leaves_the_gate() -> None:
    mocks = MockServices()
    mocks.configure("default", Mock(service="s", endpoint="/fetch", method="GET"))
    mocks.configure("other", Mock(service="s", endpoint="/fetch"))
    assert service_call(refused, mocks=mocks).gate(call("POST")) is not None


def test_a_notification_asks_nobody() -> None:
    assert installed_actions()["notification"].gate(call()) is None


# --- in which trace? -----------------------------------------------------------------------------


def test_all_calls_of_an_execution_are_spans_of_one_trace() -> None:
    parents = [
        call(execution_id=execution_id, action_id=action_id, attempt=attempt).traceparent
        for execution_id in ("exec_1", "exec_2")
        for action_id in ("a", "b")
        for attempt in (1, 2)
    ]
    assert all(re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", parent) for parent in parents)
    traces, spans = zip(*(parent.split("-")[1:3] for parent in parents), strict=True)
    assert (len(set(traces)), len(set(spans))) == (2, 8)
    assert len(set(traces[:4])) == 1
    assert call().traceparent == parents[0]


def test_the_trace_is_sent_over_whatever_the_operator_set() -> None:
    sent: list[httpx.Request] = []

    def record(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200)

    headers = {"TraceParent": "00-mine", "TraceState": "mine=1", "Accept-Encoding": "br", "X-Key": "k"}
    asyncio.run(service_call(record, headers=headers).run(call()))
    assert sent[0].headers.get_list("traceparent") == [call().traceparent]
    assert sent[0].headers.get_list("accept-encoding") == ["gzip"]
    assert "tracestate" not in sent[0].headers
    assert sent[0].headers["x-key"] == "k"
