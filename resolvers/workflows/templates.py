"""The use cases of templates: list them, and create a workflow from one (decision W11)."""

from collections.abc import Iterator
from itertools import count, islice

from sqlalchemy import select

from models.commands.validation import parse
from models.commands.workflows import CreateFromTemplate, CreateWorkflow
from models.entities.workflows import WorkflowDetail
from models.errors import InvalidInput, NameTaken
from models.words import Permission
from resolvers.access.permissions import permits
from resolvers.context import Context
from resolvers.workflows.rows import WORKFLOWS
from resolvers.workflows.template_library import WorkflowTemplate, find_template, templates
from resolvers.workflows.template_merge import merge
from resolvers.workflows.workflows import create_workflow

NAMES_AT_ONCE = 50
MAX_RACES = 100
"""How many names others may take before our eyes until we give up."""


@permits(Permission.WORKFLOW_READ)
async def list_templates(ctx: Context) -> list[WorkflowTemplate]:
    """All templates, in the order of their names; the same for every tenant."""
    del ctx  # the permission is all that is asked of it
    return list(templates().values())


@permits(Permission.WORKFLOW_WRITE)
async def create_from_template(ctx: Context, command: CreateFromTemplate) -> WorkflowDetail:
    """Save a new workflow that is a template with customizations.

    Without a name of its own it gets the template's, with " (2)", " (3)" ... where that is taken. Raises
    `TemplateNotFound`, `InvalidInput` with each fault at `["body", "customizations", ...]`, and `NameTaken` where
    the customizations give a name that is taken (W1).
    """
    template = find_template(command.template_name)
    changes = (
        command.customizations.model_dump(mode="json", by_alias=True, exclude_unset=True)
        if command.customizations
        else {}
    )
    merged = merge(template.workflow, changes)
    try:
        workflow = parse(CreateWorkflow, merged.workflow)
        if "name" in changes:
            return await create_workflow(ctx, workflow)
        return await _create_under_free_name(ctx, workflow)
    except InvalidInput as error:
        raise InvalidInput([merged.located(fault) for fault in error.faults]) from None


async def _create_under_free_name(ctx: Context, workflow: CreateWorkflow) -> WorkflowDetail:
    """Create under the first free name; one that another request takes in between is passed over."""
    names = _numbered(workflow.name)
    free: list[str] = []
    for _ in range(MAX_RACES):
        while not free:
            free = await _not_taken(ctx, list(islice(names, NAMES_AT_ONCE)))
        try:
            return await create_workflow(ctx, workflow.model_copy(update={"name": free.pop(0)}))
        except NameTaken:
            continue
    raise NameTaken(workflow.name)


def _numbered(name: str) -> Iterator[str]:
    yield name
    for number in count(2):
        yield f"{name} ({number})"


async def _not_taken(ctx: Context, names: list[str]) -> list[str]:
    user = ctx.user
    statement = select(WORKFLOWS.c.name).where(
        WORKFLOWS.c.tenant == user.tenant,
        WORKFLOWS.c.created_by == user.user_id,
        WORKFLOWS.c.name.in_(names),
        WORKFLOWS.c.deleted_at.is_(None),
    )
    taken = await ctx.read(lambda connection: set(connection.execute(statement).scalars()))
    return [name for name in names if name not in taken]
