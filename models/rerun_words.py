"""The closed sets of words about reruns: what is asked for, and what is said of each action."""

from enum import StrEnum


class RerunFrom(StrEnum):
    """From where an execution is done over."""

    FAILED = "failed"
    START = "start"
    ACTIONS = "actions"


class RerunDefinition(StrEnum):
    """By which definition of its workflow an execution is done over."""

    ORIGINAL = "original"
    LATEST = "latest"


class RerunChildren(StrEnum):
    """Whether what an action started, and has to start again, goes on from where it failed, or begins anew."""

    NESTED = "nested"
    WHOLE = "whole"


class ReuseVerdict(StrEnum):
    """What becomes of an action in an execution that does another one over."""

    REUSED = "reused"
    GIVEN = "given"
    RUNS_AGAIN = "runs_again"
    NOT_REACHED = "not_reached"


class ReuseReason(StrEnum):
    """Why that becomes of an action."""

    SUCCEEDED = "succeeded"
    SKIPPED = "skipped"
    LOST_RACE = "lost_race"
    GIVEN = "given"
    FROM_START = "from_start"
    NAMED = "named"
    FAILED = "failed"
    UNFINISHED = "unfinished"
    COMPENSATED = "compensated"
    APPROVAL = "approval"
    DEPENDENCY = "dependency"
    SEES_ALL = "sees_all"
    CONDITION_CHANGED = "condition_changed"
    DEFINITION_CHANGED = "definition_changed"
    CONFIG_CHANGED = "config_changed"
    NOT_COMPARABLE = "not_comparable"
    NEVER_STARTED = "never_started"
    NEW = "new"
    CLEAN_UP = "clean_up"
