"""The documented paths of executions."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from litestar import Controller, Response, get, patch, post
from litestar.params import FromPath

from models.commands.by_hand import GivenReason
from models.commands.labels import LabelChanges
from models.commands.reruns import RerunExecution
from models.commands.validation import parse
from models.commands.workflows import ExecuteWorkflow, ListExecutions
from models.errors import AnswerTooLarge, InvalidInput
from resolvers.executions import by_hand, executions
from resolvers.executions import lists as execution_lists
from resolvers.executions.executions import Accepted
from resolvers.executions.labels import label_execution
from resolvers.executions.reruns import rerun_execution
from rest_compat.execution_bodies import ACCEPTED, EXECUTION, EXECUTION_ITEM, LABELLED, cancelled_body
from rest_compat.requests import RestRequest, caller, json_object, parse_query
from rest_compat.responses import json_response, pagination
from rest_compat.workflows import PAGE_NUMBERS

HEADER_KEY = ("header", "Idempotency-Key")
BODY_KEY = ("body", "idempotency_key")


class ExecutionController(Controller):
    """`/workflows/{workflow_id}/execute` and `/workflows/executions`."""

    path = "/workflows"

    @post("/{workflow_id:str}/execute")
    async def execute(self, request: RestRequest, workflow_id: FromPath[str]) -> Response[bytes]:
        """Execute a workflow: 202 where it goes on, 200 where it has ended."""
        ctx = await caller(request)
        raw, is_header = await _with_key(request)
        with _key_named_as_header(sent=is_header):
            accepted = await executions.execute_workflow(ctx, workflow_id, parse(ExecuteWorkflow, raw))
        return _accepted(accepted)

    @get("/executions/{execution_id:str}")
    async def read(self, request: RestRequest, execution_id: FromPath[str]) -> Response[bytes]:
        """Get execution status."""
        execution = await executions.get_execution(await caller(request), execution_id)
        return json_response(EXECUTION.of(execution))

    @get("/{workflow_id:str}/executions")
    async def list(self, request: RestRequest, workflow_id: FromPath[str]) -> Response[bytes]:
        """List a workflow's executions."""
        ctx = await caller(request)
        command = parse_query(request, ListExecutions, integers=PAGE_NUMBERS)
        found, page = await execution_lists.list_executions(ctx, workflow_id, command)
        items = [EXECUTION_ITEM.of(execution) for execution in found]
        return json_response({"executions": items, "pagination": pagination(page)})

    @post("/executions/{execution_id:str}/cancel", status_code=200)
    async def cancel(self, request: RestRequest, execution_id: FromPath[str]) -> Response[bytes]:
        """Cancel an execution."""
        execution = await executions.cancel_execution(await caller(request), execution_id)
        return json_response(cancelled_body(execution))

    @patch("/executions/{execution_id:str}/labels")
    async def label(self, request: RestRequest, execution_id: FromPath[str]) -> Response[bytes]:
        """Change labels of an execution."""
        ctx = await caller(request)
        changes = parse(LabelChanges, await json_object(request))
        return json_response(LABELLED.of(await label_execution(ctx, execution_id, changes)))

    @post("/executions/{execution_id:str}/pause", status_code=200)
    async def pause(self, request: RestRequest, execution_id: FromPath[str]) -> Response[bytes]:
        """Pause an execution."""
        ctx = await caller(request)
        reason = await _given_reason(request)
        return json_response(EXECUTION.of(await by_hand.pause_execution(ctx, execution_id, reason)))

    @post("/executions/{execution_id:str}/resume", status_code=200)
    async def resume(self, request: RestRequest, execution_id: FromPath[str]) -> Response[bytes]:
        """Have a paused execution go on."""
        ctx = await caller(request)
        reason = await _given_reason(request)
        return json_response(EXECUTION.of(await by_hand.resume_execution(ctx, execution_id, reason)))

    @post("/executions/{execution_id:str}/rerun")
    async def rerun(self, request: RestRequest, execution_id: FromPath[str]) -> Response[bytes]:
        """Do an execution over by another one: 202 where that goes on, 200 where it has ended."""
        ctx = await caller(request)
        raw, is_header = await _with_key(request)
        with _key_named_as_header(sent=is_header):
            accepted = await rerun_execution(ctx, execution_id, parse(RerunExecution, raw))
        return _accepted(accepted)


async def _given_reason(request: RestRequest) -> str | None:
    return parse(GivenReason, await json_object(request)).reason if await request.body() else None


async def _with_key(request: RestRequest) -> tuple[dict[str, Any], bool]:
    """The body, empty where there is none, with the idempotency key of the header, and whether there is one."""
    raw = await json_object(request) if await request.body() else {}
    key = request.headers.get("idempotency-key")
    return (raw if key is None else {**raw, "idempotency_key": key}), key is not None


def _accepted(accepted: Accepted) -> Response[bytes]:
    execution = accepted.execution
    headers = {"Location": f"/workflows/executions/{execution.id}"}
    if accepted.is_replay:
        headers["Idempotent-Replayed"] = "true"
    with _accepted_is_told(execution.id):
        return json_response(ACCEPTED.of(accepted), 200 if execution.status.is_terminal else 202, headers)


@contextmanager
def _accepted_is_told(execution_id: str) -> Iterator[None]:
    """Whoever cannot be answered must not take the execution for one that was refused, and start another one."""
    try:
        yield
    except AnswerTooLarge as error:
        error.message = f"Execution {execution_id} was accepted: do not repeat the request. {error.message}"
        raise


@contextmanager
def _key_named_as_header(*, sent: bool) -> Iterator[None]:
    """A fault of the idempotency key names the header that it came by, not a field that nobody sent."""
    try:
        yield
    except InvalidInput as error:
        if sent:
            error.faults = tuple(
                msgspec.structs.replace(fault, loc=HEADER_KEY) if fault.loc == BODY_KEY else fault
                for fault in error.faults
            )
        raise
