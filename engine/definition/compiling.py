"""Compiles a definition, as it was saved, to the plan that is carried out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from engine.core.plan import Plan, PlannedAction, PlannedForEach, PlannedRepeat
from engine.definition.dependencies import asks_for_name, compensations_of, dependencies, references_of, secrets_of
from engine.definition.link_references import linked
from engine.expressions import templates
from engine.expressions.braces import has_backslashes, with_old_backslashes
from engine.expressions.references import Reference
from models.commands.control_flow import ForEach, Repeat
from models.commands.parameters import STORED, ParameterDefinition
from models.commands.validation import Command
from models.commands.workflows import ActionDefinition
from models.errors import Unreadable
from models.words import EndingType, ErrorPolicy, FaultCode

DEFINITION_VERSION = 2
"""The newest version of definitions that is known here. What would mean another thing to who does not know it makes a
new one (`needed_version`): who knows only older ones must not carry it out. In the second a backslash before braces
makes them those of the text.
"""

PARTS = ("parameters", "actions", "on_failure", "on_exit", "outputs")
"""The keys of a stored definition that are known here."""

TEMPLATED = frozenset(PARTS) - {"parameters"}

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
    definitions, failing, leaving = (
        [_stored(ActionDefinition, action) for action in section] for section in (actions, on_failure, on_exit)
    )
    main = _section(definitions, 0)
    undone = [action.action_id for action in definitions if action.compensate is not None]
    undoing = compensations_of(definitions)
    compensations = _borne(undoing, len(main))
    after_failure = _borne(failing, len(main) + len(compensations))
    results = {name: templates.parse(output) for name, output in (outputs or {}).items()}
    plan = Plan(
        main,
        tuple(_stored(ParameterDefinition, parameter) for parameter in parameters),
        compensations=dict(zip(undone, compensations, strict=True)),
        on_failure=after_failure,
        on_exit=_borne(leaving, len(main) + len(compensations) + len(after_failure)),
        outputs=results,
        names_workflow=any(map(asks_for_name, _used([*definitions, *undoing, *failing, *leaving], results))),
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
        current = as_written_now(definition, schema_version)
        return compile_plan(**{part: current[part] for part in PARTS if part in current})
    except Exception as error:  # whatever it makes the compiler stumble over, it is the definition which is wrong
        raise Unreadable(FaultCode.DAMAGED, "its definition is damaged") from error


def as_written_now(definition: Any, schema_version: int) -> Any:
    """A stored definition, as it would be written by what is known here to mean the same."""
    if schema_version > 1 or not has_backslashes(definition):
        return definition
    return {part: _with_backslashes(value) if part in TEMPLATED else value for part, value in definition.items()}


def _with_backslashes(value: Any) -> Any:
    match value:
        case str():
            return with_old_backslashes(value)
        case dict():
            return {key: _with_backslashes(child) for key, child in value.items()}
        case list():
            return [_with_backslashes(child) for child in value]
    return value


def _used(actions: Iterable[ActionDefinition], outputs: Mapping[str, templates.Template]) -> Iterator[Reference]:
    for action in actions:
        yield from references_of(action)
    for output in outputs.values():
        yield from templates.references(output)


def _stored(model: type[C], value: Any) -> C:
    """What was validated strictly when it was saved."""
    return model.model_validate(value, extra="ignore", context=STORED)


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
        cancels_losers=definition.cancel_losers,
        for_each=_for_each(definition.for_each),
        repeat=_repeat(definition.repeat),
        success_when=_parsed(definition.success_when),
        retry_when=None if definition.retry is None else _parsed(definition.retry.when),
        output=_parsed(definition.output),
        ends=definition.action_type in list(EndingType),
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
        _parsed(form.when),
    )


def _repeat(form: Repeat | None) -> PlannedRepeat | None:
    if form is None:
        return None
    return PlannedRepeat(templates.parse(form.until), form.max_iterations, form.delay_seconds, _parsed(form.collect))
