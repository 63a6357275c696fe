"""What a workflow was saved with although it will not work, each warning with its code and its place."""

from collections.abc import Sequence

import strawberry

from models import workflow_warnings
from models.workflow_warnings import WarningCode
from schema.input_paths import input_path
from schema.types.enums import register
from schema.types.inputs import CreateWorkflowInput

register(
    WarningCode,
    "What will not work of a workflow that was saved, or not as it was meant.",
    {
        "UNREADABLE_EXPRESSION": "What stands between `{{` and `}}` cannot be read.",
        "UNKNOWN_REFERENCE": "A template names no parameter and no action of the workflow.",
        "UNKNOWN_SECRET": "A template names no secret that there is.",
        "NO_SUCH_FIELD": "A template leads into a result that never has what it names.",
        "MAY_BE_NULL": "An optional parameter stands where null fails, which it is when it is not given.",
        "SENT_AS_TEXT": "What looks like a template is none, and stays in the text as it is.",
        "UNKNOWN_SERVICE": "A service is called that is not registered.",
        "NOT_SET_UP": "What an action needs has not been set up by the operator.",
        "NOT_AN_ID": "A text stands where the id of a workflow belongs, and is none.",
        "TYPE_MISMATCH": "An expression puts together what does not fit, or gives what its place does not take.",
        "HIDDEN_LINK": "A link stands where it is hidden from whom it is meant for too.",
        "UNREACHABLE_ACTION": "An action can never run.",
        "STARTS_ITSELF": "The workflow executes itself, maybe through others.",
        "WAITS_FOR_ITSELF": "The workflow executes itself and waits for a turn that it holds itself.",
        "NO_ACTIONS": "The workflow does nothing: it has no actions.",
        "MORE_WARNINGS": "There are more warnings than are told.",
    },
)


@strawberry.type(description="What will not work of a workflow that was saved, or not as it was meant.")
class WorkflowWarning:
    """See `workflow_warnings.WorkflowWarning`."""

    code: WarningCode = strawberry.field(description="The stable word for this kind of warning.")
    message: str = strawberry.field(description="What will not work, for a person to read: that of `warnings`.")
    path: list[str] = strawberry.field(
        description="Where in the workflow, by the names of its fields: `actions`, `0`, `config`, `message`. Empty: "
        "in no one place."
    )


def warning_types(warnings: Sequence[workflow_warnings.WorkflowWarning]) -> list[WorkflowWarning]:
    """The GraphQL types of warnings."""
    return [
        WorkflowWarning(code=warning.code, message=warning.message, path=_path(warning.path)) for warning in warnings
    ]


def _path(place: Sequence[str | int]) -> list[str]:
    return [str(part) for part in input_path(CreateWorkflowInput, place)]
