"""A warning is told with its place, of which what clients made very long is cut."""

from models.faults import SHOWN_MESSAGE, SHOWN_NAME
from models.workflow_warnings import WarningCode, WorkflowWarning, shown_warning


def test_long_names_and_messages_are_cut_and_others_stay() -> None:
    plain = WorkflowWarning(WarningCode.UNKNOWN_SECRET, "m", ("actions", 0, "config"), 4)
    assert shown_warning(plain) == plain
    long = shown_warning(WorkflowWarning(WarningCode.UNKNOWN_SECRET, "m" * 9_999, ("actions", 12, "k" * 9_999), 4))
    assert (len(long.message), long.code, long.character) == (SHOWN_MESSAGE + 3, WarningCode.UNKNOWN_SECRET, 4)
    assert long.path[:2] == ("actions", 12)
    assert long.path[2] == "k" * SHOWN_NAME + "..."
