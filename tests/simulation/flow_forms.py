"""Workflows that pass by items of their lists, each with its end."""

from typing import Any

from models.words import ExecutionStatus
from tests.simulation.forms import SOON, Form, call, execute, tell, undone, wait


def end(action_type: str, depends_on: list[str], config: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An action that ends its execution."""
    return {"action_id": "end", "action_type": action_type, "depends_on": depends_on, "config": config, **more}


FLOW = {
    "for each, some items are passed by": Form(
        [
            call("a"),
            call(
                "each",
                "/{{item}}",
                depends_on=["a"],
                retry=SOON,
                for_each={
                    "in": ["x", "no", "flaky", "no", "y", "broken"],
                    "when": "{{item != 'no'}}",
                    "max_concurrency": 2,
                    "tolerated_failure_percentage": 20,
                },
            ),
            tell("after", "{{each.items | map('status') | join(' ')}}"),
        ]
    ),
    "for each, all items are passed by": Form(
        [
            call("each", "/{{item}}", for_each={"in": ["x", "y"], "when": "{{index > 1}}", "max_concurrency": 1}),
            call("after", "/{{each.items.0.status}}", depends_on=["each"]),
        ]
    ),
    "a failure on purpose": Form(
        [
            undone(call("a")),
            end("fail", ["a"], {"code": "NO_STOCK", "message": "none of {{a.status}}", "data": {"left": 0}}),
            call("never", depends_on=["end"]),
            call("beside", depends_on=["a"]),
        ],
        status=ExecutionStatus.FAILED,
        clean_up={"on_failure": [tell("told", "{{execution.error.own_code}} {{end.response.left}}")]},
    ),
    "a failure on purpose that is borne": Form(
        [
            call("a"),
            end("fail", ["a"], {"message": "no"}, when="{{a.status == 'success'}}", on_error="continue"),
            call("after", "/{{end.error.code}}", depends_on=["end"], run_if="any_failed"),
        ]
    ),
    "a race": Form(
        [
            wait("slow", seconds=300, on_error="continue"),
            wait("never", signal="never", on_error="continue"),
            wait("won", seconds=2),
            {**call("first", depends_on=["slow", "never", "won"], run_if="first_success"), "cancel_losers": True},
            tell("after", "{{first.status}} {{slow.status}} {{never.status}}"),
        ]
    ),
    "a race that nobody wins": Form(
        [
            call("a", "/broken", on_error="continue"),
            wait("b", signal="never", timeout_seconds=20, on_error="continue"),
            {**call("first", depends_on=["a", "b"], run_if="first_success"), "cancel_losers": True},
            tell("after", "{{first.status}}"),
        ]
    ),
    "a race with a child and a list": Form(
        [
            wait("won", seconds=3),
            execute("sub", on_error="continue"),
            wait("each", signal="never", for_each={"in": [1, 2]}, on_error="continue"),
            {**tell("first", "won", depends_on=["won", "sub", "each"], run_if="first_success"), "cancel_losers": True},
        ],
        child=[wait("inner", signal="never")],
    ),
    "an early end": Form(
        [
            call("a"),
            wait("long", seconds=300),
            end("finish", ["a"], {"outputs": {"seen": "{{a.status}}"}}),
            call("never", depends_on=["end"]),
            call("nor", depends_on=["long"]),
        ],
        clean_up={"outputs": {"unused": "{{nor.response}}"}, "on_exit": [call("tidy", "/{{end.response.seen}}")]},
    ),
    "an end that does not come": Form(
        [call("a"), end("finish", ["a"], {}, when="{{a.status == 'failed'}}"), call("after", depends_on=["end"])],
        clean_up={"outputs": {"seen": "{{after.status}}"}},
    ),
}
