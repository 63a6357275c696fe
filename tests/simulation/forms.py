"""Workflows that together use every form of control flow, each with what comes to it from outside, and its end."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import msgspec

from models.commands.by_hand import ActionNotResolvable, ResolveAction
from models.commands.messages import DecideApproval, SendSignal
from models.commands.validation import parse
from models.errors import AlreadyDecided, ExecutionFinished, NotWaiting, PermissionDenied
from models.words import ExecutionStatus, Role
from resolvers.approvals import decide_approval
from resolvers.context import Context, Viewer
from resolvers.executions.by_hand import pause_execution, resolve_action, resume_execution, terminate_execution
from resolvers.executions.executions import cancel_execution, get_execution
from resolvers.signals import send_signal

Send = Callable[[Context, str], Awaitable[bool]]
"""Sends something to the execution with this id; False: it is too early for that."""


class Input(msgspec.Struct, frozen=True):
    """What somebody sends to an execution, `at` so many seconds after it was asked for."""

    at: float
    send: Send


class Form(msgspec.Struct, frozen=True):
    """A workflow, what is sent to its execution, and the status in which that ends.

    Calls of `/flaky` fail the first time, those of `/broken` always. `clean_up` are the fields of the workflow beside
    its actions, and `child` the actions of another workflow, which an action of type `sub_workflow` executes. Where it
    is to be done over, as `rerun` says, it runs once in peace before, in which calls of `/ill` fail and none of those
    of `/worse`; then it is the other way round.
    """

    actions: list[dict[str, Any]]
    inputs: tuple[Input, ...] = ()
    status: ExecutionStatus = ExecutionStatus.COMPLETED
    clean_up: dict[str, Any] = {}
    child: list[dict[str, Any]] = []
    rerun: dict[str, Any] | None = None


def cancel(at: float) -> Input:
    """Somebody cancels it."""

    async def send(ctx: Context, execution_id: str) -> bool:
        with suppress(ExecutionFinished):
            await cancel_execution(ctx, execution_id)
        return True

    return Input(at, send)


def by_hand(at: float, *changes: Callable[[Context, str], Awaitable[Any]]) -> Input:
    """Somebody sets it right by one change after the other, and from the first one where an answer was lost."""

    async def send(ctx: Context, execution_id: str) -> bool:
        for change in changes:
            try:
                await change(ctx, execution_id)
            except ActionNotResolvable as refusal:
                if not refusal.message.endswith(CHANGED):
                    return False
            except ExecutionFinished:
                return True
        return True

    return Input(at, send)


CHANGED = ("has succeeded: a result is never changed", "was skipped: that is never changed")
"""What is said of an action that was set right the first time."""


async def pause(ctx: Context, execution_id: str) -> None:
    """Somebody pauses it."""
    await pause_execution(ctx, execution_id, "to be looked at")


async def resume(ctx: Context, execution_id: str) -> None:
    """Somebody has it go on."""
    await resume_execution(ctx, execution_id)


async def terminate(ctx: Context, execution_id: str) -> None:
    """Somebody ends it at once."""
    await terminate_execution(ctx, execution_id, "it hangs")


def resolve(action_id: str, outcome: str, **more: Any) -> Callable[[Context, str], Awaitable[Any]]:
    """Somebody makes something of an action."""

    async def change(ctx: Context, execution_id: str) -> None:
        asked = {"execution_id": execution_id, "action_id": action_id, "outcome": outcome, "reason": "it hangs", **more}
        await resolve_action(ctx, parse(ResolveAction, asked))

    return change


def signal(at: float, name: str, payload: Any = None) -> Input:
    """A signal, which comes twice where the first had no answer."""

    async def send(ctx: Context, execution_id: str) -> bool:
        try:
            await send_signal(ctx, SendSignal(execution_id=execution_id, name=name, payload=payload))
        except ExecutionFinished:
            return True  # it came the first time
        return True

    return Input(at, send)


def decision(at: float, user_id: str, **fields: Any) -> Input:
    """What one person decides on the action `ask`."""

    async def send(ctx: Context, execution_id: str) -> bool:
        own = msgspec.structs.replace(ctx, viewer=Viewer(user_id, "default", Role.EDITOR))
        try:
            await decide_approval(own, DecideApproval(execution_id=execution_id, action_id="ask", **fields))
        except (AlreadyDecided, ExecutionFinished):
            return True
        except (NotWaiting, PermissionDenied):
            return (await get_execution(ctx, execution_id)).status.is_terminal
        return True

    return Input(at, send)


def call(action_id: str, endpoint: str = "/echo", **more: Any) -> dict[str, Any]:
    """An action that calls a service."""
    config = {"service": "alpha", "endpoint": endpoint, "method": "POST"}
    return {"action_id": action_id, "action_type": "service_call", "config": config, **more}


def tell(action_id: str, message: str, **more: Any) -> dict[str, Any]:
    """An action that calls nobody."""
    return {"action_id": action_id, "action_type": "notification", "config": {"message": message}, **more}


def wait(action_id: str, **more: Any) -> dict[str, Any]:
    """An action that waits."""
    config = {key: more.pop(key) for key in ("seconds", "signal") if key in more}
    return {"action_id": action_id, "action_type": "wait", "config": config, **more}


def ask(**more: Any) -> dict[str, Any]:
    """An action that waits for people."""
    keys = ("approvers", "quorum", "form", "escalation")
    config = {"message": "Ship it?"} | {key: more.pop(key) for key in keys if key in more}
    return {"action_id": "ask", "action_type": "approval", "config": config, **more}


def undone(action: dict[str, Any]) -> dict[str, Any]:
    """An action with a compensation."""
    config = {
        "service": "alpha",
        "endpoint": "/undo",
        "method": "POST",
        "parameters": {"of": f"{{{{{action['action_id']}.status}}}}"},
    }
    return {**action, "compensate": {"action_type": "service_call", "config": config}}


def execute(action_id: str, **more: Any) -> dict[str, Any]:
    """An action that executes the child."""
    return {"action_id": action_id, "action_type": "sub_workflow", "config": {"workflow_id": CHILD}, **more}


CHILD = "the child"
"""What stands for the id of the child until it is known."""

SOON = {"max_attempts": 3, "backoff": "fixed", "initial_delay_seconds": 1, "jitter": False, "retry_on": ["5xx"]}
AT_WILL = {key: value for key, value in SOON.items() if key != "retry_on"}
LATE = {**SOON, "initial_delay_seconds": 30}

FORMS = {
    "a chain with conditions": Form(
        [
            call("a"),
            tell("b", "{{a.status}}", when="{{actions.a.status == 'success'}}"),
            call("c", "/broken", depends_on=["b"], on_error="continue"),
            call("d", when="{{c.status == 'success'}}"),
            call("e", depends_on=["c"], run_if="any_failed"),
            tell("f", "{{e.status}}", depends_on=["c", "d", "e"], run_if="all_done"),
        ]
    ),
    "a fan that fails": Form(
        [
            call("a"),
            call("b", depends_on=["a"]),
            call("c", "/broken", depends_on=["a"]),
            call("d", depends_on=["b", "c"]),
        ],
        status=ExecutionStatus.FAILED,
    ),
    "for each, some fail": Form(
        [
            call(
                "each",
                "/{{item}}",
                for_each={
                    "in": ["x", "broken", "y", "z", "broken"],
                    "max_concurrency": 2,
                    "tolerated_failure_percentage": 40,
                },
            ),
            tell("after", "{{each.response | length}} items"),
        ]
    ),
    "for each, too many fail": Form(
        [
            call("each", "/{{item}}", for_each={"in": ["x", "broken", "y"], "max_concurrency": 1}),
            tell("after", "{{each}}"),
        ],
        status=ExecutionStatus.FAILED,
    ),
    "for each with retries": Form(
        [
            call("each", "/{{item}}", retry=SOON, for_each={"in": ["x", "flaky", "y", "flaky"], "max_concurrency": 3}),
            tell("after", "{{each.response | length}} items"),
        ]
    ),
    "for each, calling nobody": Form(
        [
            call("a"),
            tell("each", "item {{index}}", depends_on=["a"], for_each={"in": list(range(20))}),
            call("b", depends_on=["each"]),
        ]
    ),
    "for each waits": Form(
        [
            wait("each", seconds="{{item}}", for_each={"in": [7, 1, 9], "max_concurrency": 2}),
            call("a", depends_on=["each"]),
        ]
    ),
    "repeat": Form(
        [call("again", repeat={"until": "{{iteration == 4}}", "delay_seconds": 0.5}), tell("after", "{{again.status}}")]
    ),
    "repeat with failures and long delays": Form(
        [call("again", "/flaky", retry=SOON, repeat={"until": "{{iteration == 3}}", "delay_seconds": 20})]
    ),
    "repeat that collects": Form(
        [
            call(
                "again",
                "/flaky",
                retry=SOON,
                repeat={"until": "{{iteration == 3}}", "collect": "{{response}}", "delay_seconds": 1},
            ),
            tell("after", "{{again.response | length}} {{again.http.status}}"),
        ]
    ),
    "what came back decides": Form(
        [
            call("a", "/flaky", retry={**AT_WILL, "when": "{{http.status == 500}}"}),
            call("b", "/broken", success_when="{{http.status == 500}}"),
            call(
                "each",
                "/{{item}}",
                success_when="{{http.status != 200}}",
                for_each={"in": ["x", "broken"], "max_concurrency": 1, "tolerated_failure_percentage": 50},
            ),
            tell(
                "after",
                "{{a.http.headers.content-type}} {{b.http.status}} {{each.items | map('http') | map('status')}}",
            ),
            call("c", "/{{b.http.status}}", when="{{a.http.status == 200}}"),
        ]
    ),
    "repeat in vain": Form(
        [call("again", repeat={"until": "{{iteration == 9}}", "max_iterations": 3, "delay_seconds": 1})],
        status=ExecutionStatus.FAILED,
    ),
    "for each with repeat": Form(
        [
            call(
                "each",
                "/{{item}}",
                retry=SOON,
                for_each={"in": ["x", "flaky", "y"], "max_concurrency": 2},
                repeat={"until": "{{iteration == 2}}", "delay_seconds": 1},
            )
        ]
    ),
    "wait for seconds": Form(
        [wait("short", seconds=2), wait("long", seconds=40, depends_on=["short"]), call("a", depends_on=["long"])]
    ),
    "wait for a signal": Form(
        [
            call("a"),
            wait("go", signal="go", depends_on=["a"]),
            wait("on", signal="on", depends_on=["go"]),
            call("b", "/{{on.response.payload}}"),
        ],
        (signal(9, "go"), signal(3, "on", "echo")),
    ),
    "wait for a signal in vain": Form(
        [
            wait("go", signal="go", timeout_seconds=20, on_error="continue"),
            call("b", depends_on=["go"], run_if="all_failed"),
        ]
    ),
    "approval by two, after an escalation": Form(
        [
            ask(
                approvers=["ada", "bob"],
                quorum=2,
                form=[{"name": "reason", "type": "string", "required": True}],
                escalation={"after_seconds": 30, "approvers": ["eve"]},
                timeout_seconds=250,
            ),
            tell("after", "{{ask.response.form.reason}}"),
        ],
        (
            decision(5, "bob", approved=True, form={"reason": "good"}),
            decision(40, "eve", approved=True, form={"reason": "late"}),
        ),
    ),
    "approval refused": Form(
        [call("a"), ask(depends_on=["a"], on_error="continue"), call("b", depends_on=["ask"], run_if="any_failed")],
        (decision(6, "bob", approved=False, comment="no"),),
    ),
    "approval in vain": Form([ask(timeout_seconds=30)], status=ExecutionStatus.FAILED),
    "an output": Form(
        [
            call("a", output={"seen": "{{response.token}}", "by": "{{execution.created_by}}"}),
            tell("b", "{{a.response.by}}", output="{{response.message | upper}}"),
        ]
    ),
    "an output without a value": Form(
        [call("a", output="{{response.nothing}}"), call("b", depends_on=["a"])], status=ExecutionStatus.FAILED
    ),
    "a saga that fails": Form(
        [undone(call("a")), undone(call("b", depends_on=["a"])), call("c", "/broken", depends_on=["b"])],
        status=ExecutionStatus.FAILED,
        clean_up={
            "on_failure": [call("alarm"), tell("told", "{{execution.error.code}}", depends_on=["alarm"])],
            "on_exit": [call("tidy"), tell("end", "{{execution.status}} {{tidy.status}}")],
        },
    ),
    "a saga that is cancelled": Form(
        [undone(call("a")), undone(call("b", depends_on=["a"])), wait("c", signal="never", depends_on=["b"])],
        (cancel(60),),
        status=ExecutionStatus.CANCELLED,
        clean_up={"on_exit": [wait("pause", seconds=8), tell("end", "{{execution.status}}", depends_on=["pause"])]},
    ),
    "an end with outputs": Form(
        [call("a")],
        clean_up={"on_exit": [call("tidy", "/flaky", retry=SOON)], "outputs": {"seen": "{{a.status}}"}},
    ),
    "another workflow": Form(
        [call("a"), execute("sub", depends_on=["a"]), tell("after", "{{sub.response.result.said.response.message}}")],
        child=[call("inner"), tell("said", "{{inner.status}}")],
    ),
    "another workflow for each item, which fails for all": Form(
        [execute("sub", for_each={"in": [1, 2, 3], "max_concurrency": 2, "tolerated_failure_percentage": 100})],
        child=[call("inner", "/broken")],
    ),
    "paused, set right, and resumed": Form(
        [
            call("a"),
            wait("hangs", signal="never", depends_on=["a"]),
            wait("other", signal="never", depends_on=["a"]),
            execute("sub", depends_on=["a"]),
            call("z", "/{{hangs.response.by}}", depends_on=["other", "sub"]),
        ],
        (
            by_hand(
                40,
                pause,
                resolve("hangs", "succeed", output={"by": "hand"}),
                resolve("other", "skip"),
                resume,
                resolve("sub", "skip"),
            ),
        ),
        child=[wait("inner", signal="never")],
    ),
    "terminated amid its clean-up": Form(
        [undone(call("a")), wait("b", signal="never", depends_on=["a"])],
        (cancel(40), by_hand(70, terminate)),
        status=ExecutionStatus.CANCELLED,
        clean_up={"on_exit": [wait("hangs", signal="never")]},
    ),
    "long back-off": Form(
        [
            call("a", "/flaky", retry=LATE),
            call("b", "/broken", retry=LATE, on_error="continue"),
            call("c", depends_on=["a", "b"]),
        ]
    ),
}
