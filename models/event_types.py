"""What there is to know of each type of event, in one place: whoever reads journals asks here, and forgets none."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal, TypeAlias, assert_never

import msgspec

from models.words import ActionStatus, ActivityType, CallbackEvent, EventType, ExecutionStatus

ActionEvent: TypeAlias = Literal[
    EventType.ACTION_STARTED,
    EventType.ACTION_SUCCEEDED,
    EventType.ACTION_FAILED,
    EventType.ACTION_SKIPPED,
    EventType.ACTION_RETRY_SCHEDULED,
    EventType.ACTION_REPEAT_SCHEDULED,
    EventType.ACTION_WAITING,
    EventType.ACTION_DEFERRED,
    EventType.ACTION_REOPENED,
    EventType.ACTION_REUSED,
    EventType.ACTION_CANCELLED,
]
"""The types of the events of single actions."""


class Step(StrEnum):
    """What an event does to whom it is about: an action, one item of it, or the execution."""

    BEGINS = "begins"
    RESUMES = "resumes"
    WAITS = "waits"
    """What is under way waits for the outside."""
    PAUSES = "pauses"
    """An attempt is over, and another one comes."""
    DEFERS = "defers"
    """It may not begin yet."""
    REUSES = "reuses"
    """What another execution did counts as its own."""
    STOPS = "stops"
    """The main part is over, and the clean-up begins."""
    ENDS = "ends"


class EventFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Of one type of event. `shown` are the keys of its data that tell nothing of the payload; the others are hidden.

    `status` is where an execution stands after it, if it changes that, and `action_status` where an action ends.
    `activity` is its line in the activity feed, and `callback` what is told of it.
    """

    meaning: str
    step: Step | None = None
    shown: frozenset[str] = frozenset()
    status: ExecutionStatus | None = None
    action_status: ActionStatus | None = None
    activity: ActivityType | None = None
    callback: CallbackEvent | None = None


def _of_action(meaning: str, step: Step, *shown: str, ends: ActionStatus | None = None) -> EventFacts:
    return EventFacts(meaning=meaning, step=step, shown=frozenset({"item", *shown}), action_status=ends)


def _of_end(meaning: str, status: ExecutionStatus, activity: ActivityType, callback: CallbackEvent) -> EventFacts:
    return EventFacts(
        meaning=meaning,
        step=Step.ENDS,
        shown=frozenset({"user_id", "reason", "is_terminated"}),
        status=status,
        activity=activity,
        callback=callback,
    )


def _facts(kind: EventType) -> EventFacts:
    match kind:
        case EventType.EXECUTION_QUEUED:
            return EventFacts(
                meaning="The execution was accepted; `data.labels` are those that it was given, and `data.rerun` says "
                "which one it does over, if it does.",
                shown=frozenset({"labels", "rerun", "reason", "workflow_name"}),
                status=ExecutionStatus.QUEUED,
                activity=ActivityType.WORKFLOW_EXECUTED,
            )
        case EventType.EXECUTION_STARTED:
            return EventFacts(meaning="The execution left the queue.", step=Step.BEGINS, status=ExecutionStatus.RUNNING)
        case EventType.EXECUTION_RESUMED:
            return EventFacts(meaning="The execution was taken up after its process had gone.", step=Step.RESUMES)
        case EventType.EXECUTION_PAUSED:
            return EventFacts(
                meaning="Somebody paused the execution: nothing begins, and what is under way ends.",
                shown=frozenset({"user_id", "reason"}),
                status=ExecutionStatus.PAUSED,
            )
        case EventType.EXECUTION_UNPAUSED:
            return EventFacts(
                meaning="Somebody had the execution go on that was paused, or cancelled it.",
                shown=frozenset({"user_id", "reason"}),
            )
        case EventType.EXECUTION_STOPPING:
            return EventFacts(
                meaning="The main part is over and the clean-up begins; `data.outcome` says how it will end.",
                step=Step.STOPS,
                shown=frozenset({"outcome", "user_id"}),
            )
        case EventType.EXECUTION_COMPLETED:
            return _of_end(
                "The execution ended well. The last entry.",
                ExecutionStatus.COMPLETED,
                ActivityType.EXECUTION_COMPLETED,
                CallbackEvent.EXECUTION_COMPLETED,
            )
        case EventType.EXECUTION_FAILED:
            return _of_end(
                "The execution failed; `data.error` says why. The last entry.",
                ExecutionStatus.FAILED,
                ActivityType.EXECUTION_FAILED,
                CallbackEvent.EXECUTION_FAILED,
            )
        case EventType.EXECUTION_CANCELLED:
            return _of_end(
                "The execution was cancelled; `data.error` says if a limit did it. The last entry.",
                ExecutionStatus.CANCELLED,
                ActivityType.EXECUTION_CANCELLED,
                CallbackEvent.EXECUTION_CANCELLED,
            )
        case EventType.ACTION_STARTED:
            return _of_action(
                "An attempt began; `data.attempt` is its number, and `data.idempotency_key` what it brings of its own.",
                Step.BEGINS,
                "attempt",
                "items",
            )
        case EventType.ACTION_SUCCEEDED:
            return _of_action(
                "The action succeeded; `data.response` is what it returned, or what `data.resolved_by` gave for it.",
                Step.ENDS,
                "resolved_by",
                ends=ActionStatus.SUCCESS,
            )
        case EventType.ACTION_FAILED:
            return _of_action("The action failed for good; `data.error` says why.", Step.ENDS, ends=ActionStatus.FAILED)
        case EventType.ACTION_SKIPPED:
            return _of_action(
                "The action was passed by; `data.reason` is `when`, `run_if`, or `by_hand` of `data.resolved_by`.",
                Step.ENDS,
                "reason",
                "resolved_by",
                ends=ActionStatus.SKIPPED,
            )
        case EventType.ACTION_RETRY_SCHEDULED:
            return _of_action(
                "An attempt failed and is repeated at `data.due_at`.", Step.PAUSES, "attempt", "due_at", "reason"
            )
        case EventType.ACTION_REPEAT_SCHEDULED:
            return _of_action(
                "An iteration ended and the next one begins at `data.due_at`.",
                Step.PAUSES,
                "iteration",
                "due_at",
                "reason",
            )
        case EventType.ACTION_WAITING:
            return _of_action(
                "Its attempt waits; `data.reason` says for what, and `data.due_at` until when.",
                Step.WAITS,
                "due_at",
                "reason",
            )
        case EventType.ACTION_DEFERRED:
            return _of_action(
                "The action may not start before `data.due_at`; `data.reason` says why.",
                Step.DEFERS,
                "attempt",
                "due_at",
                "reason",
            )
        case EventType.ACTION_REOPENED:
            return _of_action(
                "Somebody has the action tried again now; `data.resolved_by` says who, and why.",
                Step.PAUSES,
                "resolved_by",
            )
        case EventType.ACTION_REUSED:
            return _of_action(
                "What the execution `data.from` did counts here, or what was given by hand; `data.status` says what "
                "came of it. With `data.items` it runs for a list, of whose items some are reused.",
                Step.REUSES,
                "attempt",
                "items",
                "status",
                "from",
                "given",
                "started_at",
                "completed_at",
                "iteration",
                "lost_to",
            )
        case EventType.ACTION_CANCELLED:
            return _of_action(
                "The action was cancelled, because another one of those that `data.lost_to` waits for was the first.",
                Step.ENDS,
                "lost_to",
                ends=ActionStatus.CANCELLED,
            )
        case EventType.UNKNOWN:
            return EventFacts(meaning="An event that this version of the service does not know: a newer one wrote it.")
        case _:
            assert_never(kind)


FACTS: Mapping[EventType, EventFacts] = {kind: _facts(kind) for kind in EventType}
TERMINAL_EVENTS: Mapping[EventType, ExecutionStatus] = {
    kind: facts.status for kind, facts in FACTS.items() if facts.status is not None and facts.step is Step.ENDS
}
"""How an execution ends by each event that ends one."""

ENDS_PART = frozenset(kind for kind in FACTS if kind in TERMINAL_EVENTS or FACTS[kind].step is Step.STOPS)
"""With these the execution, or its main part, is over, and all that has not ended in it."""

CHANGES_STATUS = frozenset(
    kind for kind, facts in FACTS.items() if facts.status is not None or kind is EventType.EXECUTION_UNPAUSED
)
"""After these an execution has another status; what goes on after a pause has the one that it had before."""

BEGINS_ACTION = frozenset(
    kind for kind, facts in FACTS.items() if facts.step in (Step.BEGINS, Step.DEFERS) and facts.status is None
)
"""What happens to an action before anything has come of it."""


_BY_WORD = {kind.value: facts for kind, facts in FACTS.items()}


def facts_of(word: str) -> EventFacts:
    """What there is to know of an event's type, which a newer version may have written."""
    return _BY_WORD.get(word, FACTS[EventType.UNKNOWN])
