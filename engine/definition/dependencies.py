"""What the actions of a definition refer to: each other, secrets, and all else that stands between braces."""

from collections.abc import Iterable, Iterator

from engine.core.plan import COMPENSATION_SUFFIX
from engine.expressions import templates
from engine.expressions.local_names import YIELDING, templates_of
from engine.expressions.located import Located, located
from engine.expressions.references import Reference
from models.commands.validation import Location
from models.commands.workflows import ActionDefinition

EXECUTION_FIELDS = frozenset(
    {
        "id",
        "workflow_id",
        "workflow",
        "version",
        "attempt",
        "created_by",
        "created_at",
        "started_at",
        "labels",
        "rerun_of",
    }
)
"""What `{{execution.…}}` offers."""

WORKFLOW_FIELDS = frozenset({"id", "name", "version"})
"""What `{{workflow.…}}` offers, where no parameter and no action is called so."""

NOW = "now"
WORKFLOW = "workflow"


def compensations_of(actions: Iterable[ActionDefinition]) -> list[ActionDefinition]:
    """The compensations of actions, as actions with ids of their own: no other id has a dot."""
    return [
        ActionDefinition(
            action_id=action.action_id,
            action_type=action.compensate.action_type,
            config=action.compensate.config,
            timeout_seconds=action.compensate.timeout_seconds,
            retry=action.compensate.retry,
        ).model_copy(update={"action_id": f"{action.action_id}{COMPENSATION_SUFFIX}"})
        for action in actions
        if action.compensate is not None
    ]


def implicit_dependencies(definition: ActionDefinition, ids: set[str]) -> frozenset[str]:
    """A reference to an action is a dependency on it (decision W4)."""
    return frozenset(name for reference in references_of(definition) if (name := referenced_action(reference)) in ids)


def references_of(definition: ActionDefinition) -> Iterator[Reference]:
    """All that an action refers to, but for the names that are its own."""
    for part in templates_of(definition):
        for reference in templates.references(templates.parse(part.source)):
            if reference.root not in part.names - YIELDING:
                yield reference


def expressions_of(action: ActionDefinition, loc: Location) -> Iterator[Located]:
    """Yield every expression of an action that stands at `loc`, with its place, in the order of its source."""
    for part in templates_of(action):
        yield from located(part.source, (*loc, *part.loc), part.names)


def dependencies(definition: ActionDefinition, ids: set[str]) -> frozenset[str]:
    """All that an action waits for: what it names, and what its templates use."""
    return frozenset(definition.depends_on) | implicit_dependencies(definition, ids)


def used_secrets(actions: Iterable[ActionDefinition]) -> frozenset[str]:
    """The names of the secrets that actions and their compensations use."""
    given = list(actions)
    used = (secrets_of(templates.parse(action.config)) for action in (*given, *compensations_of(given)))
    return frozenset().union(*used)


def secrets_of(config: templates.Template) -> frozenset[str]:
    return frozenset(name for reference in templates.references(config) if (name := reference.secret) is not None)


def asks_for_name(reference: Reference) -> bool:
    """Whether it may lead to what the workflow is called."""
    return reference.root == WORKFLOW or reference.segments[:2] in (("execution",), ("execution", WORKFLOW))


def referenced_action(reference: Reference) -> str | None:
    """The name that a reference would take for an action: `x` of `{{x...}}` and of `{{actions.x...}}`."""
    if reference.root != "actions":
        return reference.root
    return str(reference.segments[1]) if len(reference.segments) > 1 else None
