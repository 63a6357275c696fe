"""Tells all that is wrong in the text of a workflow: each finding at its place, with what mends it if that is known."""

from collections.abc import Set
from enum import StrEnum
from typing import Any

import msgspec

from engine.actions.name_warnings import KnowsService
from engine.actions.registry import ActionRegistry
from models.commands.field_names import meant_field
from models.commands.validation import Location
from models.commands.workflows import CreateWorkflow
from models.errors import InvalidInput
from models.faults import Fault, sentence
from models.json_text import REPEATED_KEY, repeated_key
from models.nearest_word import nearest_word
from models.workflow_warnings import WorkflowWarning
from resolvers.workflows.definitions import definition_faults, definition_warnings, require_readable
from resolvers.workflows.sources.source_places import TextSpan, span_of, unquoted, unquoted_hint
from resolvers.workflows.sources.source_text import (
    START,
    SourcePlace,
    SourceText,
    UnreadableFile,
    place_at,
)
from resolvers.workflows.submitted import parse_workflow

STRING_FAULT = "type_error.string"
UNKNOWN_FIELD = "value_error.extra"
UNKNOWN_DEPENDENCY = "value_error.unknown_dependency"
OF_KEYS = (UNKNOWN_FIELD, REPEATED_KEY)
NO_OBJECT = "the file must begin with name: and actions:"


class DiagnosticSeverity(StrEnum):
    """Whether a workflow cannot be saved so, or can and will not work."""

    ERROR = "error"
    WARNING = "warning"


class Diagnostic(msgspec.Struct, frozen=True, kw_only=True):
    """One finding. Lines and columns count from 1, and the end is that of the first line of what is meant.

    `path` leads to it within the workflow. `fix` is what to write in the place of what is meant, if that is known.
    """

    severity: DiagnosticSeverity
    code: str
    message: str
    path: Location
    line: int
    column: int
    end_line: int
    end_column: int
    fix: str | None = None


class SourceReading(msgspec.Struct, frozen=True):
    """A text that has been read: the workflow that it is, or the faults of what should be one."""

    source: SourceText
    workflow: CreateWorkflow | None
    faults: tuple[Fault, ...] = ()


def unreadable(error: UnreadableFile) -> Diagnostic:
    """That reading ended before the end of the text."""
    line, column = error.place
    return Diagnostic(
        severity=DiagnosticSeverity.ERROR,
        code="syntax",
        message=error.reason,
        path=(),
        line=line,
        column=column,
        end_line=line,
        end_column=column + 1,
    )


def read_workflow_of(registry: ActionRegistry, source: SourceText) -> SourceReading:
    """The workflow of a text, as far as it is one."""
    repeated = tuple(repeated_key(loc) for loc in source.repeated)
    try:
        workflow = workflow_of(registry, source)
        require_readable(workflow)
    except InvalidInput as refused:
        return SourceReading(source, None, (*repeated, *refused.faults))
    return SourceReading(source, workflow, repeated)


def findings_of(
    registry: ActionRegistry,
    reading: SourceReading,
    secret_names: Set[str] | None = None,
    knows_service: KnowsService | None = None,
) -> list[Diagnostic]:
    """All that is wrong, in the order of its places; what secrets and services there are, only where somebody knows."""
    found = [_fault(reading.source, fault) for fault in reading.faults]
    if reading.workflow is not None:
        faults = definition_faults(registry, reading.workflow, ())
        warnings = definition_warnings(registry, reading.workflow, secret_names, knows_service)
        found += [_fault(reading.source, fault) for fault in faults]
        found += [_warning(reading.source, warning) for warning in warnings]
    return sorted(dict.fromkeys(found), key=lambda one: (one.line, one.column, one.severity, one.message))


def workflow_of(registry: ActionRegistry, source: SourceText) -> CreateWorkflow:
    """The workflow that a text is. Raises `InvalidInput`."""
    if not isinstance(source.value, dict):
        raise InvalidInput([Fault((), NO_OBJECT, "type_error.object")])
    return parse_workflow(registry, CreateWorkflow, source.value, ())


def _fault(source: SourceText, fault: Fault) -> Diagnostic:
    span = span_of(source, fault.loc, fault.character, is_key=fault.type in OF_KEYS)
    hint = unquoted_hint(source, fault.loc) if fault.type == STRING_FAULT else ""
    return _at(
        source, span, DiagnosticSeverity.ERROR, fault.type, sentence(fault) + hint, fault.loc, _fix(source, fault)
    )


def _warning(source: SourceText, warning: WorkflowWarning) -> Diagnostic:
    span = span_of(source, warning.path, warning.character)
    return _at(source, span, DiagnosticSeverity.WARNING, warning.code, warning.message, warning.path)


def _at(
    source: SourceText,
    span: TextSpan | None,
    severity: DiagnosticSeverity,
    code: str,
    message: str,
    path: Location,
    fix: str | None = None,
) -> Diagnostic:
    line, column = _place(source, span, 0)
    end_line, end_column = _place(source, span, 1)
    return Diagnostic(
        severity=severity,
        code=code,
        message=message,
        path=path,
        line=line,
        column=column,
        end_line=end_line,
        end_column=end_column,
        fix=fix,
    )


def _place(source: SourceText, span: TextSpan | None, side: int) -> SourcePlace:
    return START if span is None else place_at(source.text, span[side])


def _fix(source: SourceText, fault: Fault) -> str | None:
    """What to write in the place of a text without quotes, or of a key or an action's id that is nearly right."""
    if fault.type == STRING_FAULT:
        raw = unquoted(source, fault.loc)
        return None if raw is None else f'"{raw}"'
    if fault.type == UNKNOWN_FIELD and fault.loc:
        return meant_field(CreateWorkflow, fault.loc)
    if fault.type == UNKNOWN_DEPENDENCY:
        return _meant_action(source, fault.loc)
    return None


def _meant_action(source: SourceText, loc: Location) -> str | None:
    """Which of the actions beside it is meant by a dependency, at `loc`, that is none of them."""
    *above, number, _, place = loc
    beside: Any = source.value
    for key in above:
        beside = beside[key]
    wrong = beside[number]["depends_on"][place]
    others = [action["action_id"] for index, action in enumerate(beside) if index != number]
    return nearest_word(wrong, others)
