"""The documented paths of workflow definitions."""

from litestar import Controller, Response, delete, get, post, put
from litestar.params import FromPath

from models.commands.workflows import CreateWorkflow, ListWorkflows, UpdateWorkflow
from models.entities.workflows import WorkflowDetail
from resolvers.workflows import lists as workflow_lists
from resolvers.workflows import workflows
from resolvers.workflows.submitted import submitted
from rest_compat.requests import RestRequest, caller, flag, json_object, parse_query
from rest_compat.responses import WORKFLOW, WORKFLOW_ITEM, json_response, pagination

PAGE_NUMBERS = frozenset({"page", "page_size"})
TAG_LISTS = frozenset({"tags"})


class WorkflowController(Controller):
    """`/workflows`."""

    path = "/workflows"

    @post()
    async def create(self, request: RestRequest) -> Response[bytes]:
        """Create a workflow."""
        ctx = await caller(request)
        command = await submitted(ctx.services.actions, CreateWorkflow, await json_object(request))
        return created(await workflows.create_workflow(ctx, command))

    @get()
    async def list(self, request: RestRequest) -> Response[bytes]:
        """List workflows."""
        ctx = await caller(request)
        command = parse_query(request, ListWorkflows, integers=PAGE_NUMBERS, lists=TAG_LISTS)
        found, page = await workflow_lists.list_workflows(ctx, command)
        items = [WORKFLOW_ITEM.of(workflow) for workflow in found]
        return json_response({"workflows": items, "pagination": pagination(page)})

    @get("/{workflow_id:str}")
    async def read(self, request: RestRequest, workflow_id: FromPath[str]) -> Response[bytes]:
        """Get workflow details."""
        workflow = await workflows.get_workflow(await caller(request), workflow_id)
        return json_response(WORKFLOW.of(workflow), 200, _headers(workflow))

    @put("/{workflow_id:str}")
    async def update(self, request: RestRequest, workflow_id: FromPath[str]) -> Response[bytes]:
        """Update a workflow."""
        ctx = await caller(request)
        raw = await json_object(request)
        expected = request.headers.get("if-match")
        if expected is not None and expected != "*":
            raw = {**raw, "expected_version": expected.removeprefix("W/").strip('"')}
        command = await submitted(ctx.services.actions, UpdateWorkflow, raw)
        workflow = await workflows.update_workflow(ctx, workflow_id, command)
        return json_response(WORKFLOW.of(workflow), 200, _headers(workflow))

    @delete("/{workflow_id:str}")
    async def delete(self, request: RestRequest, workflow_id: FromPath[str]) -> None:
        """Delete a workflow."""
        ctx = await caller(request)
        await workflows.delete_workflow(ctx, workflow_id, cancel_running=flag(request, "cancel_running"))


def created(workflow: WorkflowDetail) -> Response[bytes]:
    """The answer to every way of creating a workflow."""
    headers = {**_headers(workflow), "Location": f"/workflows/{workflow.id}"}
    return json_response(WORKFLOW.of(workflow), 201, headers)


def _headers(workflow: WorkflowDetail) -> dict[str, str]:
    return {"ETag": f'"{workflow.version}"'}
