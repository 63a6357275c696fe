"""What of a workflow one execution carries out: its actions, parsed and ordered, and its clean-up; immutable."""

from collections.abc import Mapping, Sequence
from functools import cached_property

import msgspec

from engine.expressions.templates import Template
from models.commands.parameters import ParameterDefinition
from models.commands.retry_policy import RetryPolicy
from models.words import ErrorPolicy, RunIf

COMPENSATION_SUFFIX = ".compensate"
"""What the id of a compensation has behind that of the action which it undoes; no other id has a dot."""


class PlannedForEach(msgspec.Struct, frozen=True):
    """For which items an action runs, how many at once, and how many of them may fail."""

    items: Template
    item_name: str
    index_name: str
    max_concurrency: int
    tolerated_failure_percentage: float
    when: Template | None = None


class PlannedRepeat(msgspec.Struct, frozen=True):
    """When an action has been repeated enough, and what is collected meanwhile. The delay is in seconds."""

    until: Template
    max_iterations: int
    delay_seconds: float
    collect: Template | None = None


class PlannedAction(msgspec.Struct, frozen=True):
    """One action ready to run: its configuration parsed, its dependencies explicit and implicit."""

    action_id: str
    action_type: str
    position: int
    config: Template
    depends_on: frozenset[str]
    on_error: ErrorPolicy
    timeout_seconds: int | None
    retry: RetryPolicy | None = None
    secrets: frozenset[str] = frozenset()
    """The names of the secrets that its configuration uses."""
    when: Template | None = None
    run_if: RunIf | None = None
    cancels_losers: bool = False
    """Whether what has not ended is cancelled, of those that it depends on, once one of them has succeeded."""
    for_each: PlannedForEach | None = None
    repeat: PlannedRepeat | None = None
    success_when: Template | None = None
    retry_when: Template | None = None
    output: Template | None = None
    ends: bool = False
    """Whether the execution is over with it: as completed where it succeeds. No other begins beside one that may."""
    sees_all: bool = False
    """Whether it sees all results, because it uses `actions` as a whole or cleans up, and not those alone on which it
    depends.
    """


class Plan(msgspec.Struct, frozen=True, dict=True):
    """The compiled, immutable form of one workflow version.

    `actions` are those of the main part. `compensations` are found by the action that each of them undoes.
    """

    actions: tuple[PlannedAction, ...]
    parameters: tuple[ParameterDefinition, ...]
    secrets: frozenset[str] = frozenset()
    """The names of the secrets that any of its actions uses."""
    compensations: Mapping[str, PlannedAction] = {}
    on_failure: tuple[PlannedAction, ...] = ()
    on_exit: tuple[PlannedAction, ...] = ()
    outputs: Mapping[str, Template] = {}
    names_workflow: bool = False
    """Whether any of its templates asks what the workflow is called."""

    @cached_property
    def parameters_not_given(self) -> Mapping[str, None]:
        """What templates see of the parameters of an execution that is given none: each of them is null."""
        return dict.fromkeys(parameter.name for parameter in self.parameters)

    @cached_property
    def has_patterns(self) -> bool:
        """Whether values may be held against patterns: these are compiled first, which takes milliseconds each."""
        return any(parameter.pattern is not None or parameter.schema_ is not None for parameter in self.parameters)

    @property
    def undone_by(self) -> dict[str, str]:
        """The ids of what undoes the actions, in this version or in another one, by those of the actions."""
        return {action.action_id: f"{action.action_id}{COMPENSATION_SUFFIX}" for action in self.actions}

    @property
    def total_actions(self) -> int:
        """How many actions a complete run has, its clean-up aside."""
        return len(self.actions)

    @property
    def every_action(self) -> tuple[PlannedAction, ...]:
        """The actions of all parts, in the order of their positions."""
        return (*self.actions, *self.compensations.values(), *self.on_failure, *self.on_exit)

    @property
    def action_ids(self) -> list[str]:
        """All actions, those of the clean-up after the others."""
        return [action.action_id for action in self.every_action]

    @cached_property
    def ending(self) -> Sequence[PlannedAction]:
        """The actions with which the execution is over."""
        return [action for action in self.actions if action.ends]

    @cached_property
    def decisive(self) -> frozenset[str]:
        """The actions whose failure ends the main part."""
        return frozenset(action.action_id for action in self.actions if action.on_error is ErrorPolicy.FAIL)

    @cached_property
    def dependants(self) -> Mapping[str, Sequence[PlannedAction]]:
        """The actions that depend on each, as far as any do."""
        found: dict[str, list[PlannedAction]] = {}
        for action in self.actions:
            for name in action.depends_on:
                found.setdefault(name, []).append(action)
        return found

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """The place of each action in the definition, from 0, those of the clean-up after the others."""
        return {action.action_id: action.position for action in self.every_action}
