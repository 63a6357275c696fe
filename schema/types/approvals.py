"""Approvals that wait for people as GraphQL types."""

from datetime import datetime
from operator import attrgetter
from typing import Annotated, Any

import strawberry
from strawberry.scalars import JSON

from models.commands import messages
from models.commands.parameters import ParameterDefinition as FieldCommand
from models.entities.executions import ExecutionDetail
from models.ids import APPROVAL_PREFIX
from schema.loaded import loaded
from schema.mirrors import Mirror
from schema.spellings import renamed
from schema.types.definitions import schema_of_values
from schema.types.enums import ParameterType, ValueFormat
from schema.types.node import Node
from schema.types.workflows import Execution, execution_type


@strawberry.type(description="What an approver fills in.")
class FormField:
    """As a parameter of a workflow."""

    name: str = strawberry.field(description="The name.")
    type: ParameterType = strawberry.field(description="The JSON type that a value must have.")
    description: str | None = strawberry.field(description="What it is for.")
    required: bool = strawberry.field(description="Whether an approver must fill it in, unless it has a default.")
    minimum: float | None = strawberry.field(description="No value is less.")
    maximum: float | None = strawberry.field(description="No value is more.")
    min_length: int | None = strawberry.field(description="So many characters, or entries of an array, at least.")
    max_length: int | None = strawberry.field(description="So many characters, or entries of an array, at most.")
    pattern: str | None = strawberry.field(description="A pattern of RE2 that is found somewhere in a value.")
    format: ValueFormat | None = strawberry.field(description="What a value has to be.")
    multiline: bool = strawberry.field(description="Whether a form has room for several lines.")
    secret_hint: bool = strawberry.field(
        description="Whether a form hides what is typed. Its value is stored and shown like any other one."
    )
    schema_: JSON | None = strawberry.field(
        name="schema", description="What is in an object or an array, by words of JSON Schema (draft 2020-12)."
    )
    default_value: JSON | None = strawberry.field(description="The value where it is left out.")
    allowed_values: JSON | None = strawberry.field(description="The only values that are taken, if limited.")


@strawberry.type(description="What one person decided.")
class Decision:
    """As the journal has it."""

    by: str = strawberry.field(description="Who decided.")
    at: datetime = strawberry.field(description="When.")
    approved: bool = strawberry.field(description="Whether that was a yes.")
    comment: str | None = strawberry.field(description="What was said with it.")
    form: JSON = strawberry.field(description="What was filled in.")


@strawberry.type(description="An action that waits for people to decide.")
class Approval(Node):
    """See `models.commands.messages.Approval`."""

    cursor: str = strawberry.field(
        description="Pass it as `after` of `approvals` to see those that began to wait later.",
        deprecation_reason=renamed("pendingApprovals.edges.cursor"),
    )
    execution_id: strawberry.ID = strawberry.field(description="The execution that waits.")
    action_id: str = strawberry.field(description="The action that waits.")
    item: int | None = strawberry.field(description="The index of the item, where the action runs for each of a list.")
    since: datetime = strawberry.field(description="Since when it waits.")
    expires_at: datetime | None = strawberry.field(description="When it fails if nobody has decided.")
    approvers: list[str] = strawberry.field(description="Who may decide; none: everybody who may approve.")
    quorum: int = strawberry.field(description="So many have to approve; the first who does not rejects it.")
    message: str | None = strawberry.field(description="What is asked; null where the caller may not see payloads.")
    form: list[FormField] = strawberry.field(description="What an approver fills in.")
    form_schema: JSON = strawberry.field(
        description="The JSON Schema (draft 2020-12) of what `decideApproval` takes as `form`: see `parametersSchema`."
    )
    decisions: list[Decision] = strawberry.field(description="What was decided so far.")

    @strawberry.field(description="The execution that waits.")
    @loaded(lambda loaders: loaders.executions, attrgetter("execution_id"))
    def execution(found: ExecutionDetail | None) -> Execution | None:
        """Show."""
        return execution_type(found) if found else None


APPROVAL = Mirror(Approval, messages.Approval, "id", "cursor", "form", "form_schema", "decisions")
FORM_FIELD = Mirror(FormField, FieldCommand)


def approval_type(approval: messages.Approval) -> Approval:
    """The GraphQL type of an approval."""
    return APPROVAL.of(
        approval,
        id=strawberry.ID(f"{APPROVAL_PREFIX}{approval.id}"),
        cursor=approval.id,
        form=[FORM_FIELD.of(FieldCommand.model_validate(field)) for field in approval.form],
        form_schema=schema_of_values(approval.form),
        decisions=[_decision(decision) for decision in approval.decisions],
    )


def _decision(decision: Any) -> Decision:
    return Decision(
        by=decision["by"],
        at=datetime.fromisoformat(decision["at"]),
        approved=decision["approved"],
        comment=decision.get("comment"),
        form=JSON(decision.get("form") or {}),
    )


Mine = Annotated[
    bool, strawberry.argument(description="Only those that the caller may decide and has not decided yet.")
]
