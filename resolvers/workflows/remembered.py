"""Remembers the workflows that are executed, so that accepting an execution reads nothing: its commit looks again."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

import msgspec

from engine.core.plan import Plan
from engine.journal.bases import DECISIVE, Basis, BasisChanged
from models.entities.workflows import WorkflowSummary

MOST = 1_000
"""Workflows that are remembered."""

T = TypeVar("T")

WorkflowKey = tuple[str, str]
"""A tenant and the id of one of its workflows."""


class Remembered(msgspec.Struct, frozen=True):
    """A workflow as it was read last, with its plan."""

    workflow: WorkflowSummary
    plan: Plan
    basis: Basis


def remembered(workflow: WorkflowSummary, plan: Plan) -> Remembered:
    """What is kept of a workflow that was read just now."""
    return Remembered(workflow, plan, basis_of(workflow))


def basis_of(workflow: WorkflowSummary) -> Basis:
    """What an execution is accepted by, of a workflow that was read just now."""
    return Basis(workflow.id, tuple(getattr(workflow, name) for name in DECISIVE))


async def as_it_is(accept_as_read: Callable[[], Awaitable[T]]) -> T:
    """Accept something of a workflow as it is read; where that is changed before the commit, it is read anew."""
    while True:
        with suppress(BasisChanged):
            return await accept_as_read()
