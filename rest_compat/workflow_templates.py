"""The documented paths of templates."""

from litestar import Controller, Response, get, post

from resolvers.workflows import templates as workflow_templates
from resolvers.workflows.submitted import submitted_from_template
from resolvers.workflows.template_library import WorkflowTemplate
from rest_compat.bodies import Body
from rest_compat.requests import RestRequest, caller, json_object
from rest_compat.responses import json_response
from rest_compat.workflows import created


class TemplateController(Controller):
    """`/workflows/from-template` and `/workflows/templates`."""

    path = "/workflows"

    @post("/from-template")
    async def create(self, request: RestRequest) -> Response[bytes]:
        """Create a workflow from a template: the same answer as create."""
        ctx = await caller(request)
        command = await submitted_from_template(ctx.services.actions, await json_object(request))
        return created(await workflow_templates.create_from_template(ctx, command))

    @get("/templates")
    async def list(self, request: RestRequest) -> Response[bytes]:
        """List the templates."""
        found = await workflow_templates.list_templates(await caller(request))
        return json_response({"templates": [_item(template) for template in found]})


def _item(template: WorkflowTemplate) -> Body:
    return {
        "template_name": template.template_name,
        "title": template.title,
        "description": template.description,
        "parameters": template.workflow["parameters"],
        "actions": template.workflow["actions"],
        "tags": template.workflow["tags"],
    }
