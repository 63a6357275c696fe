"""Remembers the workflows that are executed, so that accepting an execution reads nothing: its commit looks again."""

import msgspec

from engine.core.plan import Plan
from engine.journal.bases import DECISIVE, Basis
from models.entities.workflows import WorkflowSummary

MOST = 1_000
"""Workflows that are remembered."""

WorkflowKey = tuple[str, str]
"""A tenant and the id of one of its workflows."""


class Remembered(msgspec.Struct, frozen=True):
    """A workflow as it was read last, with its plan."""

    workflow: WorkflowSummary
    plan: Plan
    basis: Basis


def remembered(workflow: WorkflowSummary, plan: Plan) -> Remembered:
    """What is kept of a workflow that was read just now."""
    return Remembered(workflow, plan, Basis(workflow.id, tuple(getattr(workflow, name) for name in DECISIVE)))
