"""What a workflow is saved with although it will not work, or not as it was meant (decision W4): codes and places."""

from enum import StrEnum

import msgspec

from models.faults import shown_message, shown_place


class WarningCode(StrEnum):
    """The stable word for a kind of warning. What each means stands in `schema/types/workflow_warnings.py`."""

    UNREADABLE_EXPRESSION = "unreadable_expression"
    UNKNOWN_REFERENCE = "unknown_reference"
    UNKNOWN_SECRET = "unknown_secret"  # noqa: S105 - the name of a warning
    NO_SUCH_FIELD = "no_such_field"
    MAY_BE_NULL = "may_be_null"
    SENT_AS_TEXT = "sent_as_text"
    UNKNOWN_SERVICE = "unknown_service"
    NOT_SET_UP = "not_set_up"
    NOT_AN_ID = "not_an_id"
    TYPE_MISMATCH = "type_mismatch"
    HIDDEN_LINK = "hidden_link"
    UNREACHABLE_ACTION = "unreachable_action"
    STARTS_ITSELF = "starts_itself"
    WAITS_FOR_ITSELF = "waits_for_itself"
    NO_ACTIONS = "no_actions"
    MORE_WARNINGS = "more_warnings"


class WorkflowWarning(msgspec.Struct, frozen=True):
    """One warning: its kind, what a person reads, and where in the workflow: `("actions", 0, "config", "message")`.

    `character`, from 0, is where in the text at `path` it is, as far as that is known.
    """

    code: WarningCode
    message: str
    path: tuple[str | int, ...]
    character: int | None = None


def shown_warning(warning: WorkflowWarning) -> WorkflowWarning:
    """The warning as it is told: long names and messages are cut."""
    path, message = shown_place(warning.path), shown_message(warning.message)
    return msgspec.structs.replace(warning, path=path, message=message)
