"""The commands that start and list executions, and those that list workflows."""

from typing import Any

import pytest

from models.commands.filters import ExecutionFilter
from models.commands.validation import Command, parse
from models.commands.workflows import (
    ExecuteWorkflow,
    ListExecutions,
    ListWorkflows,
    PageOf,
)
from models.words import ExecutionStatus, TagsMode, WorkflowStatus
from tests.support.core.faulty_commands import faults

# --- executing -----------------------------------------------------------------------------------


def test_an_execution_is_asynchronous_by_default() -> None:
    command = parse(ExecuteWorkflow, {})
    assert command.async_execution is True
    assert (command.parameters, command.callback_url, command.idempotency_key) == ({}, None, None)


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        ("parameters", None, "type_error.object"),
        ("parameters", [], "type_error.object"),
        ("async_execution", 1, "type_error.boolean"),
        ("async_execution", "false", "type_error.boolean"),
        ("async_execution", None, "type_error.boolean"),
        ("idempotency_key", "", "value_error.any_str.min_length"),
        ("idempotency_key", "k" * 256, "value_error.any_str.max_length"),
        ("idempotency_key", 1, "type_error.string"),
        ("callback_url", 1, "type_error.string"),
        ("callback_url", "http://host/" + "x" * 2048, "value_error.any_str.max_length"),
    ],
)
def test_a_bad_execution_is_refused(field: str, value: Any, word: str) -> None:
    assert faults(ExecuteWorkflow, {field: value}) == [((field,), word)]


@pytest.mark.parametrize(
    "url",
    ["http://example.com", "https://example.com/hook?x=1", "HTTPS://EXAMPLE.COM", "http://[2001:db8::1]:8080/x"],
)
def test_a_web_address_is_a_callback_url(url: str) -> None:
    assert parse(ExecuteWorkflow, {"callback_url": url}).callback_url == url


@pytest.mark.parametrize(
    "url",
    [
        "", "example.com", "/hook", "//example.com/hook", "ftp://example.com", "file:///etc/passwd",
        "javascript:alert(1)", "http://", "http:///hook", "http://?x", "https:example.com", "http://[::1",
    ],
)  # fmt: skip
def test_what_is_no_web_address_is_no_callback_url(url: str) -> None:
    assert faults(ExecuteWorkflow, {"callback_url": url}) == [(("callback_url",), "value_error")]


@pytest.mark.parametrize("value", ["\x00", "\ud800", float("nan"), float("inf")])
def test_a_parameter_value_that_cannot_be_stored_is_named(value: Any) -> None:
    [(loc, _)] = faults(ExecuteWorkflow, {"parameters": {"deep": [{"er": value}]}})
    assert loc == ("parameters", "deep", 0, "er")


# --- lists ---------------------------------------------------------------------------------------


def test_the_first_page_has_fifty_items() -> None:
    assert (parse(PageOf, {}).page, parse(PageOf, {}).page_size) == (1, 50)


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        ("page", 0, "value_error.number.not_ge"),
        ("page", -1, "value_error.number.not_ge"),
        ("page", 10**30, "value_error.number.not_le"),
        ("page", "1", "type_error.integer"),
        ("page", True, "type_error.integer"),
        ("page_size", 0, "value_error.number.not_ge"),
        ("page_size", 101, "value_error.number.not_le"),
        ("page_size", 10**9, "value_error.number.not_le"),
        ("status", "unknown", "value_error.const"),
    ],
)
@pytest.mark.parametrize("command", [ListWorkflows, ListExecutions])
def test_a_bad_page_is_refused_and_not_clamped(command: type[Command], field: str, value: Any, word: str) -> None:
    assert faults(command, {field: value}) == [((field,), word)]


@pytest.mark.parametrize("size", [1, 100])
def test_a_page_has_one_to_a_hundred_items(size: int) -> None:
    assert parse(PageOf, {"page_size": size}).page_size == size


def test_a_list_of_workflows_takes_filters_and_a_page() -> None:
    raw = {"page": 2, "page_size": 10, "status": "draft", "tags": ["a"], "tags_mode": "any", "search": "%_"}
    command = parse(ListWorkflows, raw)
    assert (command.status, command.tags_mode, command.search) == (WorkflowStatus.DRAFT, TagsMode.ANY, "%_")


def test_all_tags_must_match_by_default() -> None:
    assert parse(ListWorkflows, {"tags": ["a", "b"]}).tags_mode is TagsMode.ALL


@pytest.mark.parametrize("status", list(ExecutionStatus))
def test_executions_are_filtered_by_every_documented_status(status: ExecutionStatus) -> None:
    assert parse(ListExecutions, {"status": status.value}).status is status
    assert parse(ExecutionFilter, {"status": [status.value]}).status == [status]
