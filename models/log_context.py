"""What a line of the log says of where it comes from: the request, its user, the execution that is worked on."""

import asyncio
from collections.abc import Coroutine, Mapping
from contextvars import ContextVar, copy_context
from typing import Any, TypeVar

T = TypeVar("T")

_NOTED: ContextVar[Mapping[str, str]] = ContextVar("orchestrator_log_context")


def note(**facts: str) -> None:
    """Have every line that this task logs from now on, and what it begins, say these facts too."""
    _NOTED.set({**_NOTED.get({}), **facts})


def noted() -> Mapping[str, str]:
    """The facts that hold for what is done at this moment."""
    return _NOTED.get({})


def facts(**known: object) -> Mapping[str, Any]:
    """The `extra` of a line that says some facts of its own, beside its message: identifiers, names, numbers.

    Nothing that came in a payload belongs here, and no secret.
    """
    return {"facts": known}


def task_for_all(work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
    """A task that works for whoever comes along: what it logs is not laid at the door of the one who began it."""
    context = copy_context()
    context.run(_NOTED.set, {})
    return asyncio.create_task(work, context=context)
