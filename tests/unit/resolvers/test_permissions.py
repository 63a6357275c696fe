"""Permissions: what each role grants, and that no use case is without a word on who may call it."""

import importlib
import inspect
import itertools
import pkgutil
from collections.abc import AsyncGenerator, Callable, Iterator
from typing import Any, get_origin, get_type_hints

import pytest

import resolvers
from models.errors import PermissionDenied, Unauthenticated
from models.words import AuditOutcome, Permission, Role
from resolvers.access.permissions import (
    GRANTS,
    may,
    may_change,
    may_create,
    may_rerun,
    open_to_all,
    permissions,
    permits,
    require_to_rerun,
)
from resolvers.context import Context, Viewer

OPEN = {"get_health", "get_metrics", "execution_counts", "open_approval", "decide_by_link"}
"""What anybody may call: a new one is put here on purpose."""


def use_cases() -> Iterator[Callable[..., Any]]:
    """The public functions of resolvers that take a caller's context and do something that is awaited."""
    for found in pkgutil.walk_packages(resolvers.__path__, "resolvers."):
        module = importlib.import_module(found.name)
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("_") or function.__module__ != module.__name__:
                continue
            hints = get_type_hints(inspect.unwrap(function))
            parameters = list(inspect.signature(function).parameters)
            takes_context = bool(parameters) and hints.get(parameters[0]) is Context
            if takes_context and (is_awaited(function) or get_origin(hints.get("return")) is AsyncGenerator):
                yield function


def is_awaited(function: Callable[..., Any]) -> bool:
    plain = inspect.unwrap(function)
    return inspect.iscoroutinefunction(plain) or inspect.isasyncgenfunction(plain)


def test_every_use_case_says_who_may_call_it() -> None:
    found = list(use_cases())
    assert len(found) > 30
    assert [f"{one.__module__}.{one.__name__}" for one in found if not hasattr(one, "permission")] == []
    assert {one.__name__ for one in found if one.permission == "open"} == OPEN  # type: ignore[attr-defined]  # the decorator sets it


def test_a_use_case_that_forgets_is_found() -> None:
    async def forgetful(ctx: Context) -> None:
        del ctx

    assert not hasattr(forgetful, "permission")
    assert is_awaited(forgetful)
    assert permits(Permission.ADMIN)(forgetful).permission is Permission.ADMIN  # type: ignore[attr-defined]  # the decorator sets it
    assert is_awaited(permits(Permission.ADMIN)(forgetful))


def test_each_role_grants_what_the_weaker_one_does() -> None:
    ranked = [GRANTS[role] for role in (Role.VIEWER, Role.OPERATOR, Role.EDITOR, Role.ADMIN)]
    assert all(weaker < stronger for weaker, stronger in itertools.pairwise(ranked))
    assert GRANTS[Role.ADMIN] == set(Permission)
    assert Permission.EXECUTION_PAYLOAD not in GRANTS[Role.VIEWER]


def test_a_scope_narrows_and_never_widens() -> None:
    scope = frozenset({Permission.WORKFLOW_READ, Permission.ADMIN})
    assert permissions(Viewer("a", "t", Role.VIEWER, scope)) == {Permission.WORKFLOW_READ}
    assert permissions(Viewer("a", "t", Role.ADMIN, scope)) == scope
    assert permissions(Viewer("a", "t", Role.ADMIN, frozenset())) == set()
    assert permissions(Viewer("a", "t", Role.VIEWER)) == GRANTS[Role.VIEWER]


@pytest.mark.parametrize(
    ("role", "creates", "own", "others"),
    [
        (Role.VIEWER, False, False, False),
        (Role.OPERATOR, False, True, True),
        (Role.EDITOR, True, True, False),
        (Role.ADMIN, True, True, True),
    ],
)
def test_who_changes_what_is_whose(role: Role, creates: bool, own: bool, others: bool) -> None:
    viewer = Viewer("ada", "default", role)
    assert may_create(viewer) is creates
    assert may_change(viewer, Permission.WORKFLOW_WRITE, "ada") is own
    assert may_change(viewer, Permission.WORKFLOW_WRITE, "bob") is others
    narrowed = Viewer("ada", "default", role, frozenset({Permission.WORKFLOW_READ}))
    assert not may_create(narrowed)
    assert not may_change(narrowed, Permission.WORKFLOW_WRITE, "ada")
    assert may(narrowed, Permission.WORKFLOW_READ)


@pytest.mark.asyncio
async def test_the_check_comes_before_the_work_and_a_refusal_is_noted_once() -> None:
    done: list[str] = []

    @permits(Permission.WORKFLOW_WRITE)
    async def inner(ctx: Context) -> None:
        done.append(ctx.user.user_id)

    @permits(None)
    async def outer(ctx: Context) -> None:
        await inner(ctx)

    @permits(Permission.EXECUTION_READ)
    async def stream(ctx: Context) -> AsyncGenerator[int, None]:
        yield len(ctx.user.user_id)

    noted: list[tuple[str, AuditOutcome]] = []

    class Noting:
        clock = type("Clock", (), {"now": lambda self: None})()
        audit_log = type("Log", (), {"note": lambda self, note: noted.append((note.action, note.outcome))})()

    def caller(role: Role | None) -> Context:
        return Context(None if role is None else Viewer("ada", "default", role), Noting())  # type: ignore[arg-type]  # all that is asked of it is to note

    with pytest.raises(PermissionDenied, match="workflow:write"):
        await outer(caller(Role.VIEWER))
    with pytest.raises(Unauthenticated):
        await outer(caller(None))
    with pytest.raises(Unauthenticated):
        stream(caller(None))  # at once, not when the first item is asked for
    assert done == []
    assert noted == [
        ("inner", AuditOutcome.DENIED),
        ("authenticate", AuditOutcome.UNAUTHENTICATED),
        ("authenticate", AuditOutcome.UNAUTHENTICATED),
    ]
    await outer(caller(Role.EDITOR))
    assert done == ["ada"]
    assert [item async for item in stream(caller(Role.VIEWER))] == [3]


def test_what_is_open_is_marked_as_such() -> None:
    @open_to_all
    async def anybody(ctx: Context) -> None:
        del ctx

    assert anybody.permission == "open"  # type: ignore[attr-defined]  # the decorator sets it


def test_who_may_not_see_payloads_does_no_execution_over() -> None:
    words = frozenset({Permission.WORKFLOW_EXECUTE, Permission.EXECUTION_READ})
    assert may_rerun(Viewer("ada", "default", Role.EDITOR))
    assert not may_rerun(Viewer("ada", "default", Role.VIEWER))
    blind = Viewer("ada", "default", Role.EDITOR, scope=words)
    assert not may_rerun(blind)
    with pytest.raises(PermissionDenied, match="execution:payload"):
        require_to_rerun(blind)
