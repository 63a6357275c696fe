"""Warns of a workflow that executes itself, by others too, or waits for a turn that it holds itself."""

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from engine.core.bounds import MAX_DEPTH
from models.commands.concurrency import ConcurrencyLimit
from models.commands.validation import Location
from models.words import ActionErrorCode, OnLimit
from models.workflow_warnings import WarningCode, WorkflowWarning

SECTIONS = ("actions", "on_failure", "on_exit")


class WorkflowStart(msgspec.Struct, frozen=True):
    """An action that executes a workflow by its present version; `loc` is the place of that workflow's id."""

    loc: Location
    action_id: str
    workflow_id: str


class WorkflowStarts(msgspec.Struct, frozen=True):
    """What a workflow executes, and how many executions of its own run at once where one more waits for its turn."""

    starts: tuple[WorkflowStart, ...]
    limit: int | None

    @property
    def workflow_ids(self) -> frozenset[str]:
        """The workflows that it executes."""
        return frozenset(start.workflow_id for start in self.starts)


def starts_of(definition: Mapping[str, Any], concurrency: Mapping[str, Any] | None) -> WorkflowStarts:
    """What a stored definition starts, as far as its text says it without a template."""
    limit = None if concurrency is None else ConcurrencyLimit.model_validate(concurrency)
    waits = limit is not None and limit.on_limit is OnLimit.QUEUE
    return WorkflowStarts(tuple(_starts(definition)), limit.limit if limit is not None and waits else None)


def start_warnings(
    workflow_id: str, saved: WorkflowStarts, others: Mapping[str, WorkflowStarts]
) -> Iterator[WorkflowWarning]:
    """Yield a warning for each action by which executions of a workflow lead to more of it.

    `others` are the workflows that it executes, those that they execute, and so on, as far as they are known.
    """
    known = {**others, workflow_id: saved}
    for start in saved.starts:
        way = _way(start.workflow_id, workflow_id, others)
        if way is None:
            continue
        through = "itself" if len(way) == 1 else f"itself, through {' and '.join(way[:-1])}"
        told = f"action '{start.action_id}': the workflow executes {through}"
        message = (
            f"{told}: unless a condition ends that, {MAX_DEPTH} executions deep it fails with "
            f"{ActionErrorCode.TOO_DEEP}"
        )
        yield WorkflowWarning(WarningCode.STARTS_ITSELF, message, start.loc)
        for name in (workflow_id, *way[:-1]):
            if (limit := known[name].limit) is not None:
                message = (
                    f"{told}, and waits for that, but no more than {limit} of {name} run at once: where all of these "
                    "wait for one more, none goes on before its time-out"
                )
                yield WorkflowWarning(WarningCode.WAITS_FOR_ITSELF, message, start.loc)


def _starts(definition: Mapping[str, Any]) -> Iterator[WorkflowStart]:
    for section in SECTIONS:
        for position, action in enumerate(definition.get(section, ())):
            loc: Location = (section, position)
            for place, found in ((loc, action), ((*loc, "compensate"), action.get("compensate") or {})):
                config = found.get("config") or {}
                started = config.get("workflow_id")
                if found.get("action_type") != "sub_workflow" or config.get("version") is not None:
                    continue
                if isinstance(started, str) and "{{" not in started:
                    yield WorkflowStart((*place, "config", "workflow_id"), action["action_id"], started)


def _way(first: str, last: str, others: Mapping[str, WorkflowStarts]) -> list[str] | None:
    """The shortest way from one workflow to another one, both included."""
    ways = deque([[first]])
    seen = {first}
    while ways:
        way = ways.popleft()
        if way[-1] == last:
            return way
        found = others.get(way[-1])
        for following in sorted(found.workflow_ids - seen) if found is not None else ():
            seen.add(following)
            ways.append([*way, following])
    return None
