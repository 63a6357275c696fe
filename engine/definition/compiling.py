"""Compiles a definition, as it was saved, to the plan that is carried out."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from engine.core.plan import Plan, PlannedAction, PlannedForEach, PlannedRepeat
from engine.definition.dependencies import compensations_of, dependencies, references_of, secrets_of
from engine.definition.link_references import linked
from engine.definition.needed_version import DEFINITION_VERSION
from engine.expressions import templates
from models.commands.control_flow import ForEach, Repeat
from models.commands.parameters import ParameterDefinition
from models.commands.validation import Command
from models.commands.workflows import ActionDefinition
from models.errors import Unreadable
from models.words import ErrorPolicy, FaultCode

PARTS = ("parameters", "actions", "on_failure", "on_exit", "outputs")
"""The keys of a stored definition that are known here."""

C = TypeVar("C", bound=Command)


def compile_plan(
    parameters: Iterable[Mapping[str, Any]],
    actions: Sequence[Mapping[str, Any]],
    on_failure: Sequence[Mapping[str, Any]] = (),
    on_exit: Sequence[Mapping[str, Any]] = (),
    outputs: Mapping[str, Any] | None = None,
) -> Plan:
    """Compile a definition that was validated when it was saved; its parts are named as they are stored.

    Keys of actions and parameters that are unknown here are passed by: see `DEFINITION_VERSION`.
    """
    definitions = [_stored(ActionDefinition, action) for action in actions]
    main = _section(definitions, 0)
    undone = [action.action_id for action in definitions if action.compensate is not None]
    compensations = _borne(compensations_of(definitions), len(main))
    first = len(main) + len(compensations)
    after_failure = _borne([_stored(ActionDefinition, action) for action in on_failure], first)
    first += len(after_failure)
    plan = Plan(
        main,
        tuple(_stored(ParameterDefinition, parameter) for parameter in parameters),
        compensations=dict(zip(undone, compensations, strict=True)),
        on_failure=after_failure,
        on_exit=_borne([_stored(ActionDefinition, action) for action in on_exit], first),
        outputs={name: templates.parse(output) for name, output in (outputs or {}).items()},
    )
    return msgspec.structs.replace(plan, secrets=frozenset().union(*(each.secrets for each in plan.every_action)))


def plan_of(definition: Any, schema_version: int = DEFINITION_VERSION) -> Plan:
    """Compile a definition as it is stored. Raises `Unreadable` where a newer version wrote it, or it is damaged."""
    if schema_version > DEFINITION_VERSION:
        what = (
            f"its definition is of version {schema_version}, and version {DEFINITION_VERSION} is the newest known here"
        )
        raise Unreadable(FaultCode.NEWER_DEFINITION, what)
    try:
        return compile_plan(**{part: definition[part] for part in PARTS if part in definition})
    except Exception as error:  # whatever it makes the compiler stumble over, it is the definition which is wrong
        raise Unreadable(FaultCode.DAMAGED, "its definition is damaged") from error


def _stored(model: type[C], value: Any) -> C:
    """What was validated strictly when it was saved."""
    return model.model_validate(value, extra="ignore")


def _section(definitions: Sequence[ActionDefinition], first: int) -> tuple[PlannedAction, ...]:
    ids = {definition.action_id for definition in definitions}
    return tuple(_planned(first + number, definition, ids) for number, definition in enumerate(linked(definitions)))


def _borne(definitions: Sequence[ActionDefinition], first: int) -> tuple[PlannedAction, ...]:
    """What fails while an execution is cleaned up keeps nothing else from being done; it sees all results."""
    section = _section(definitions, first)
    return tuple(msgspec.structs.replace(each, on_error=ErrorPolicy.CONTINUE, sees_all=True) for each in section)


def _planned(position: int, definition: ActionDefinition, ids: set[str]) -> PlannedAction:
    config = templates.parse(definition.config)
    return PlannedAction(
        action_id=definition.action_id,
        action_type=definition.action_type,
        position=position,
        config=config,
        depends_on=dependencies(definition, ids),
        on_error=definition.on_error,
        timeout_seconds=definition.timeout_seconds,
        retry=definition.retry,
        secrets=secrets_of(config),
        when=_parsed(definition.when),
        run_if=definition.run_if,
        for_each=_for_each(definition.for_each),
        repeat=_repeat(definition.repeat),
        success_when=_parsed(definition.success_when),
        retry_when=None if definition.retry is None else _parsed(definition.retry.when),
        output=_parsed(definition.output),
        sees_all=any(reference.segments == ("actions",) for reference in references_of(definition)),
    )


def _parsed(source: Any) -> templates.Template | None:
    return None if source is None else templates.parse(source)


def _for_each(form: ForEach | None) -> PlannedForEach | None:
    if form is None:
        return None
    return PlannedForEach(
        templates.parse(form.in_),
        form.as_,
        form.index_as,
        form.max_concurrency,
        form.tolerated_failure_percentage,
    )


def _repeat(form: Repeat | None) -> PlannedRepeat | None:
    if form is None:
        return None
    return PlannedRepeat(templates.parse(form.until), form.max_iterations, form.delay_seconds, _parsed(form.collect))
