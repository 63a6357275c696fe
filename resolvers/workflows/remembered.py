"""Remembers the workflows that are executed, so that accepting an execution reads nothing: its commit looks again."""

from collections import OrderedDict

import msgspec

from engine.core.plan import Plan
from engine.journal.bases import DECISIVE, Basis
from models.entities.workflows import WorkflowSummary

MOST = 1_000
"""Workflows that are remembered; the one that was read the longest ago goes first."""

WorkflowKey = tuple[str, str]
"""A tenant and the id of one of its workflows."""


class Remembered(msgspec.Struct, frozen=True):
    """A workflow as it was read last, with its plan."""

    workflow: WorkflowSummary
    plan: Plan
    basis: Basis


class RememberedWorkflows:
    """What this process has read of workflows. What others change meanwhile is found by the commit that rests on it."""

    def __init__(self) -> None:
        self._known: OrderedDict[WorkflowKey, Remembered] = OrderedDict()

    def get(self, key: WorkflowKey) -> Remembered | None:
        """A workflow, where it is remembered."""
        return self._known.get(key)

    def keep(self, key: WorkflowKey, workflow: WorkflowSummary, plan: Plan) -> None:
        """Remember a workflow that was read just now."""
        values = tuple(getattr(workflow, name) for name in DECISIVE)
        self._known[key] = Remembered(workflow, plan, Basis(workflow.id, values))
        self._known.move_to_end(key)
        if len(self._known) > MOST:
            self._known.popitem(last=False)

    def forget(self, key: WorkflowKey) -> None:
        """Read it anew the next time."""
        self._known.pop(key, None)
