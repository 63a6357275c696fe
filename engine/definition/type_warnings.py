"""Warns of what a workflow's expressions put together though it never fits (decision W4)."""

from collections.abc import Iterator, Sequence

from engine.definition.dependencies import expressions_of
from engine.expressions.kinds import BOOLEANS, Kind, parameter_kinds
from engine.expressions.local_names import CONDITIONS
from engine.expressions.located import Located
from engine.expressions.types import Mismatch, ParameterKinds, advice, type_of
from models.commands.parameters import ParameterDefinition
from models.commands.workflows import ActionDefinition
from models.workflow_warnings import WarningCode, WorkflowWarning


def type_warnings(
    parameters: Sequence[ParameterDefinition], actions: Sequence[ActionDefinition], section: str
) -> Iterator[WorkflowWarning]:
    """Yield a warning for each place of an expression whose kinds of values do not go together."""
    kinds = parameter_kinds(parameters)
    for position, action in enumerate(actions):
        for found in expressions_of(action, (section, position)):
            others = {name: kind for name, kind in kinds.items() if name not in found.names}
            for mismatch in _mismatches(found, others):
                message = _sentence(action.action_id, found, mismatch)
                yield found.warning(mismatch.position, message, WarningCode.TYPE_MISMATCH)


def _mismatches(found: Located, kinds: ParameterKinds) -> Iterator[Mismatch]:
    kind, mismatches = type_of(found.expression, kinds)
    yield from mismatches
    if found.loc[2:] in CONDITIONS and kind not in (Kind.BOOLEAN, Kind.UNKNOWN):
        yield Mismatch(
            0, f"'{'.'.join(map(str, found.loc[2:]))}' needs true or false, not {kind}", advice(BOOLEANS, kind)
        )


def _sentence(action_id: str, found: Located, mismatch: Mismatch) -> str:
    """The whole message, in the form in which what cannot be read is told."""
    return (
        f"action '{action_id}': '{{{{{found.source}}}}}': {mismatch.reason} at character {mismatch.position + 1} "
        f"({mismatch.advice}), {mismatch.consequence}"
    )
