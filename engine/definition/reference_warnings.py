"""Warns of expressions and references that will have no value at run time (decision W4), each with its place."""

from collections.abc import Iterable, Iterator, Sequence, Set

import msgspec

from engine.definition.dependencies import (
    EXECUTION_FIELDS,
    NOW,
    WORKFLOW,
    WORKFLOW_FIELDS,
    expressions_of,
    referenced_action,
)
from engine.expressions.foreign_words import ROOTS
from engine.expressions.language import Faulty, references
from engine.expressions.located import Located
from engine.expressions.references import Reference
from models.commands.validation import Location
from models.commands.workflows import ActionDefinition
from models.nearest_word import nearest_word
from models.workflow_warnings import WarningCode, WorkflowWarning

CLEAN_UP_FIELDS = EXECUTION_FIELDS | {"status", "error"}
"""What `{{execution.…}}` offers once the main part is over."""

Placed = Iterable[tuple[Location, ActionDefinition]]
"""Actions with the places where they stand in a definition."""


class Seen(msgspec.Struct, frozen=True):
    """What templates see: names, and what `{{execution.…}}` offers; `secrets` are None where nobody knows them."""

    parameters: Set[str]
    actions: Set[str]
    secrets: Set[str] | None = None
    fields: Set[str] = EXECUTION_FIELDS

    @property
    def names(self) -> Set[str]:
        """What has a value without a root."""
        return self.parameters | self.actions

    def has_value(self, reference: Reference) -> bool:
        """Whether a reference, which is to no secret, will lead somewhere."""
        if reference.root in self.names:
            return True
        below = {
            "parameters": self.parameters,
            "actions": self.actions,
            "execution": self.fields,
            WORKFLOW: WORKFLOW_FIELDS,
            NOW: frozenset[str](),
        }
        known = below.get(reference.root)
        return known is not None and (len(reference.segments) == 1 or str(reference.segments[1]) in known)


def reference_warnings(
    parameter_names: Sequence[str], actions: Sequence[ActionDefinition], secret_names: Set[str] | None = None
) -> Iterator[WorkflowWarning]:
    """Yield a warning for each expression and each reference of the main part that will have no value.

    `secret_names` are the secrets that exist; None where nobody knows.
    """
    ids = frozenset(action.action_id for action in actions)
    yield from action_warnings(placed(actions, "actions"), Seen(frozenset(parameter_names), ids, secret_names))


def placed(actions: Iterable[ActionDefinition], section: str) -> Placed:
    """The actions of a section with their places."""
    return [((section, position), action) for position, action in enumerate(actions)]


def action_warnings(actions: Placed, seen: Seen) -> Iterator[WorkflowWarning]:
    """The same for actions whose templates see what `seen` says."""
    for loc, action in actions:
        named = f"action '{action.action_id}':"
        expressions = list(expressions_of(action, loc))
        for found in expressions:
            if isinstance(found.expression, Faulty) and found.loc[len(loc)] == "config":  # elsewhere it is a fault
                message = (
                    f"{named} '{{{{{found.source}}}}}' cannot be read: {found.expression.reason}, {_fails('action')}"
                )
                yield found.warning(found.expression.position, message, WarningCode.UNREADABLE_EXPRESSION)
        for found in expressions:
            yield from missing_values(found, seen, named, "action")


def missing_values(found: Located, seen: Seen, named: str, what: str) -> Iterator[WorkflowWarning]:
    """A warning for each reference of an expression that will have no value, which fails `what` it stands in.

    `named` is how the message begins.
    """
    needed = set(references(found.expression, needed=True))
    for reference in references(found.expression):
        told = f"{named} '{{{{{reference.source}}}}}' names no"
        if reference.secret is not None:
            if seen.secrets is not None and reference.secret not in seen.secrets:
                message = f"{told} secret, {_fails(what)} until there is one"
                yield found.warning(reference.position, message, WarningCode.UNKNOWN_SECRET)
        elif reference in needed and reference.root not in found.names and not seen.has_value(reference):
            message = f"{told} parameter and no action of this workflow{_near(reference, seen.names)}, {_fails(what)}"
            yield found.warning(reference.position, message, WarningCode.UNKNOWN_REFERENCE)


def _fails(what: str) -> str:
    return f"so the {what} will fail with EXPRESSION_ERROR"


def _near(reference: Reference, names: Set[str]) -> str:
    if reference.root in ROOTS:
        rest = "".join(f".{segment}" for segment in reference.segments[1:])
        return f" (did you mean '{ROOTS[reference.root]}{rest}'?)"
    if reference.root.partition("-")[0] in names:
        return " (put spaces around a minus: a - belongs to a name)"
    meant = nearest_word(referenced_action(reference) or "", names)
    return f" (did you mean '{meant}'?)" if meant else ""
