"""Finds out, when a workflow is saved, which others its actions execute by name: from then on that is an id."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from engine.actions.sub_workflow import SubWorkflow
from engine.expressions.braces import OPEN
from models.commands.validation import Location
from models.entities.workflows import VersionNotFound, revision_of
from models.errors import InvalidInput
from models.faults import Fault
from resolvers.workflows.rows import WORKFLOWS

SECTIONS = ("actions", "on_failure", "on_exit")


class _Named:
    """One configuration that names a workflow, and its place."""

    def __init__(self, config: dict[str, Any], loc: Location) -> None:
        self.config, self.loc = config, loc

    @property
    def name(self) -> str:
        return str(self.config["workflow"])


def pinned(connection: Connection, tenant: str, own: tuple[str, str, str], kept: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of a definition, as they are kept, with the id beside each name. Raises `InvalidInput`.

    `own` are the id, the name and the owner of the workflow that they are of: its own name is that of itself, another
    one is that of a workflow of its owner or, where that has none, of the only one in the tenant.
    """
    parts = {part: list(kept[part]) for part in SECTIONS if part in kept}
    named = list(_named(parts))
    if not named:
        return {}
    ids = _ids(connection, tenant, own, {each.name for each in named})
    faults = []
    for each in named:
        found = ids.get(each.name, [])
        message = _fault(each.name, found)
        if message is not None:
            faults.append(Fault((*each.loc, "workflow"), message, "value_error.workflow"))
            continue
        workflow_id, newest = found[0]
        each.config["workflow_id"] = workflow_id
        version = each.config.get("version")
        if isinstance(version, str) and OPEN not in version and workflow_id != own[0]:
            try:
                revision_of(workflow_id, version, newest)
            except VersionNotFound as error:
                faults.append(Fault((*each.loc, "version"), error.message, "value_error.workflow"))
    if faults:
        raise InvalidInput(faults)
    return parts


def _named(parts: dict[str, list[Any]]) -> Iterator[_Named]:
    """Yield the configurations that name a workflow, each of them a copy that stands in `parts` now."""
    for part, actions in parts.items():
        for position, action in enumerate(actions):
            changed = dict(action)
            for holder, loc in _typed(changed, ("body", part, position)):
                if holder.get("action_type") == SubWorkflow.action_type and "workflow" in holder.get("config", {}):
                    holder["config"] = dict(holder["config"])
                    yield _Named(holder["config"], (*loc, "config"))
            actions[position] = changed


def _typed(action: dict[str, Any], loc: Location) -> Iterator[tuple[dict[str, Any], Location]]:
    yield action, loc
    if action.get("compensate") is not None:
        action["compensate"] = dict(action["compensate"])
        yield action["compensate"], (*loc, "compensate")


Found = Sequence[tuple[str, int]]
"""The ids of workflows, with their newest revisions."""


def _ids(connection: Connection, tenant: str, own: tuple[str, str, str], names: set[str]) -> dict[str, Found]:
    own_id, own_name, owner = own
    live = select(WORKFLOWS.c.id, WORKFLOWS.c.name, WORKFLOWS.c.created_by, WORKFLOWS.c.revision).where(
        WORKFLOWS.c.tenant == tenant, WORKFLOWS.c.name.in_(names), WORKFLOWS.c.deleted_at.is_(None)
    )
    of_owner: dict[str, Found] = {}
    of_all: dict[str, list[tuple[str, int]]] = {}
    for row in connection.execute(live):
        of_all.setdefault(row.name, []).append((row.id, row.revision))
        if row.created_by == owner:
            of_owner[row.name] = [(row.id, row.revision)]
    return {**of_all, **of_owner, own_name: [(own_id, 0)]}


def _fault(name: str, found: Found) -> str | None:
    if not found:
        return f"no workflow is named '{name}': save that one first, or give the id of one by workflow_id"
    if len(found) > 1:
        ids = ", ".join(sorted(workflow_id for workflow_id, _ in found))
        return f"several workflows of others are named '{name}': give the id of one by workflow_id, of {ids}"
    return None
