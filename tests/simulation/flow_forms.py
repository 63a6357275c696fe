"""Workflows that pass by items of their lists, each with its end."""

from tests.simulation.forms import SOON, Form, call, tell

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
}
