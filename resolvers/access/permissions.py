"""Who may do what: the words that each role grants, and the one check that stands before every use case."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from models.errors import PermissionDenied
from models.words import Permission, Role
from resolvers.context import Context, Viewer

P = ParamSpec("P")
R = TypeVar("R")

_READ = frozenset({Permission.WORKFLOW_READ, Permission.EXECUTION_READ})
_OPERATE = _READ | {
    Permission.WORKFLOW_WRITE,
    Permission.WORKFLOW_DELETE,
    Permission.WORKFLOW_EXECUTE,
    Permission.EXECUTION_CANCEL,
    Permission.EXECUTION_APPROVE,
    Permission.EXECUTION_PAYLOAD,
}

GRANTS: Mapping[Role, frozenset[Permission]] = {
    Role.VIEWER: _READ,
    Role.OPERATOR: _OPERATE,
    Role.EDITOR: _OPERATE | {Permission.SECRET_WRITE},
    Role.ADMIN: frozenset(Permission),
}
"""What each role may do. An editor changes only what is the editor's own, an operator only what is there already."""

CREATORS = frozenset({Role.EDITOR, Role.ADMIN})
OVERSEERS = frozenset({Role.OPERATOR, Role.ADMIN})
"""Who may change what belongs to others (decision X4)."""

NEEDED_TO_RERUN = frozenset({Permission.WORKFLOW_EXECUTE, Permission.EXECUTION_READ, Permission.EXECUTION_PAYLOAD})
"""Whoever chooses what results go into must see them, and could guess at what is hidden by what would be reused."""


def permissions(viewer: Viewer) -> frozenset[Permission]:
    """What the caller may do: what the role grants, narrowed by the scope of the credential (decision X12)."""
    return granted(viewer.role, viewer.scope)


def granted(role: Role, scope: frozenset[Permission] | None) -> frozenset[Permission]:
    """What a role grants, narrowed by a scope; None does not narrow."""
    return GRANTS[role] if scope is None else GRANTS[role] & scope


def scope_of(words: Iterable[str]) -> frozenset[Permission]:
    """The permissions among `words`: those that nobody knows grant nothing (decision X12)."""
    return frozenset(Permission(word) for word in words if word in list(Permission))


def may(viewer: Viewer, permission: Permission) -> bool:
    """Whether the caller has a permission."""
    return permission in permissions(viewer)


def may_create(viewer: Viewer) -> bool:
    """Whether the caller may create workflows."""
    return viewer.role in CREATORS and may(viewer, Permission.WORKFLOW_WRITE)


def may_change(viewer: Viewer, permission: Permission, owner: str) -> bool:
    """Whether the caller may use a permission on what `owner` owns (decision X4)."""
    return may(viewer, permission) and (viewer.user_id == owner or viewer.role in OVERSEERS)


def may_rerun(viewer: Viewer) -> bool:
    """Whether the caller may do executions over."""
    return permissions(viewer) >= NEEDED_TO_RERUN


def require_to_rerun(viewer: Viewer) -> None:
    """Raise `PermissionDenied` unless the caller may do executions over."""
    for permission in sorted(NEEDED_TO_RERUN):
        require(viewer, permission)


def require(viewer: Viewer, permission: Permission) -> None:
    """Raise `PermissionDenied` unless the caller has a permission."""
    if not may(viewer, permission):
        raise PermissionDenied(
            f"This needs the permission {permission}; yours, as {viewer.role}, are: "
            + (", ".join(sorted(permissions(viewer))) or "none")
        )


def require_creator(viewer: Viewer) -> None:
    """Raise `PermissionDenied` unless the caller's role creates workflows."""
    if viewer.role not in CREATORS:
        raise PermissionDenied(f"This needs one of the roles {', '.join(sorted(CREATORS))}; you are {viewer.role}")


def require_overseer(viewer: Viewer) -> None:
    """Raise `PermissionDenied` unless the caller's role sees to what belongs to others."""
    if viewer.role not in OVERSEERS:
        raise PermissionDenied(f"This needs one of the roles {', '.join(sorted(OVERSEERS))}; you are {viewer.role}")


def require_owner(viewer: Viewer, owner: str, what: str) -> None:
    """Raise `PermissionDenied` unless the caller may change what `owner` owns."""
    if viewer.user_id != owner and viewer.role not in OVERSEERS:
        raise PermissionDenied(f"Only the owner of this {what}, an operator or an admin may do this")


def require_within(viewer: Viewer, role: Role, scope: frozenset[Permission] | None) -> None:
    """Raise `PermissionDenied` where a credential of this role and scope could do more than the caller (FAULTS S4)."""
    if not _is_within(role, viewer.role):
        raise PermissionDenied(f"As {viewer.role} you cannot have or give out the role {role}")
    beyond = granted(role, scope) - permissions(viewer)
    if beyond:
        raise PermissionDenied(f"You cannot give out what you do not have: {', '.join(sorted(beyond))}")


def _is_within(role: Role, own: Role) -> bool:
    """Whether `own` may do all that `role` may: neither of an editor and an operator may all that the other one may."""
    return GRANTS[role] <= GRANTS[own] and all(own in rule for rule in (CREATORS, OVERSEERS) if role in rule)


def permits(
    permission: Permission | None,
) -> Callable[[Callable[Concatenate[Context, P], R]], Callable[Concatenate[Context, P], R]]:
    """Make a use case ask who calls before it does anything; None: whoever is signed in may.

    It then raises `Unauthenticated` and `PermissionDenied`, and every refusal is audited. A test fails for a use case
    that carries neither this nor `open_to_all`.
    """

    def decorate(use_case: Callable[Concatenate[Context, P], R]) -> Callable[Concatenate[Context, P], R]:
        def check(ctx: Context) -> None:
            viewer = ctx.user
            if permission is not None:
                require(viewer, permission)

        @wraps(use_case)
        async def awaited(ctx: Context, *args: P.args, **more: P.kwargs) -> Any:
            with ctx.refusals_audited(use_case.__name__):
                check(ctx)
                return await cast(Any, use_case(ctx, *args, **more))

        @wraps(use_case)
        def called(ctx: Context, *args: P.args, **more: P.kwargs) -> R:
            with ctx.refusals_audited(use_case.__name__):
                check(ctx)
            return use_case(ctx, *args, **more)

        guarded: Any = awaited if inspect.iscoroutinefunction(use_case) else called
        guarded.permission = permission
        return cast(Callable[Concatenate[Context, P], R], guarded)

    return decorate


def open_to_all(use_case: Callable[Concatenate[Context, P], R]) -> Callable[Concatenate[Context, P], R]:
    """Mark a use case that anybody may call, known or not."""
    cast(Any, use_case).permission = "open"
    return use_case
