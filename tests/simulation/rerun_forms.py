"""Workflows whose executions are done over, each as it is asked for, and the end of that."""

from models.words import ExecutionStatus
from tests.simulation.forms import Form, call, execute, tell, undone

DONE_OVER = {
    "a chain, done over": Form(
        [
            call("a"),
            call("skipped", depends_on=["a"], when="{{a.status == 'failed'}}"),
            call("b", "/ill", depends_on=["a"]),
            tell("c", "{{a.status}} {{b.status}}"),
        ],
        rerun={},
    ),
    "done over with a result by hand": Form(
        [call("a", "/ill"), call("b", depends_on=["a"]), tell("c", "{{b.response.id}}")],
        rerun={"action_outputs": {"b": {"id": "by hand"}}},
    ),
    "for each, done over": Form(
        [
            call("each", "/{{item}}", for_each={"in": ["x", "ill", "y", "ill", "z"], "max_concurrency": 2}),
            tell("after", "{{each.response | length}} items"),
        ],
        rerun={},
    ),
    "a saga that is reused, fails and is undone": Form(
        [
            undone(call("a")),
            undone(call("b", depends_on=["a"])),
            call("c", "/worse", depends_on=["b"]),
        ],
        status=ExecutionStatus.FAILED,
        rerun={"from": "actions", "action_ids": ["c"]},
    ),
    "a saga that was undone, done over": Form(
        [call("a"), undone(call("b", depends_on=["a"])), call("c", "/ill", depends_on=["b"])], rerun={}
    ),
    "another workflow, done over": Form(
        [call("a"), execute("sub", depends_on=["a"]), tell("after", "{{sub.response.result.said.response.message}}")],
        child=[call("inner"), call("last", "/ill", depends_on=["inner"]), tell("said", "{{last.status}}")],
        rerun={},
    ),
    "another workflow for each item, done over": Form(
        [execute("sub", for_each={"in": [1, 2, 3], "max_concurrency": 2})],
        child=[call("inner"), call("last", "/ill", depends_on=["inner"])],
        rerun={},
    ),
}
