"""What is wrong with a workflow that was not saved yet, as GraphQL types."""

import strawberry

from resolvers.workflows import validation
from resolvers.workflows.sources.diagnosis import Diagnostic as Finding
from resolvers.workflows.sources.diagnosis import DiagnosticSeverity
from schema.types.enums import register
from schema.types.graphs import Graph, graph_type

register(
    DiagnosticSeverity,
    "How much a finding matters.",
    {"ERROR": "It cannot be saved so.", "WARNING": "It can be saved, and will not work, or not as it was meant."},
)


@strawberry.type(description="One finding about a workflow.")
class Diagnostic:
    """See `diagnosis.Diagnostic`."""

    severity: DiagnosticSeverity = strawberry.field(description="How much it matters.")
    code: str = strawberry.field(description="A stable word for this kind of finding.")
    message: str = strawberry.field(description="What is wrong, for a person to read.")
    path: list[str] = strawberry.field(
        description="Where in the workflow, by the names of its fields as REST and files spell them. Empty: in no "
        "one place."
    )
    line: int | None = strawberry.field(description="Its line in the text, from 1; null without a text.")
    column: int | None = strawberry.field(description="Its column, from 1; null without a text.")
    end_line: int | None = strawberry.field(description="Where what is meant ends: its line.")
    end_column: int | None = strawberry.field(description="The column behind its last character.")
    fix: str | None = strawberry.field(description="What to write in its place, where that is known.")


@strawberry.type(description="What a save would refuse or warn of, and the graph.")
class WorkflowValidation:
    """See `validation.Validation`."""

    is_valid: bool = strawberry.field(description="Whether it can be saved: there is no error.")
    diagnostics: list[Diagnostic] = strawberry.field(description="All findings, in the order of their places.")
    graph: Graph | None = strawberry.field(description="Its graph; null while there is an error.")


def validation_type(found: validation.Validation, *, has_text: bool) -> WorkflowValidation:
    """The GraphQL type of a validation; places are told of a text alone."""
    return WorkflowValidation(
        is_valid=all(one.severity is not DiagnosticSeverity.ERROR for one in found.diagnostics),
        diagnostics=[_diagnostic(one, has_text=has_text) for one in found.diagnostics],
        graph=None if found.graph is None else graph_type(found.graph),
    )


def _diagnostic(found: Finding, *, has_text: bool) -> Diagnostic:
    return Diagnostic(
        severity=found.severity,
        code=found.code,
        message=found.message,
        path=[str(part) for part in found.path],
        line=found.line if has_text else None,
        column=found.column if has_text else None,
        end_line=found.end_line if has_text else None,
        end_column=found.end_column if has_text else None,
        fix=found.fix if has_text else None,
    )
