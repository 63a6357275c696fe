"""What the templates of an action see: the results that they name, all of them only where one names all."""

from datetime import UTC, datetime
from typing import Any

import pytest

from engine.core.run import Run
from engine.core.state import ActionState, ExecutionState
from engine.definition.compiling import compile_plan
from engine.expressions import templates
from engine.expressions.budget import Budget
from models.words import ActionStatus

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
STATE = ExecutionState(
    actions={
        "a": ActionState(ActionStatus.SUCCESS, 1, NOW, NOW, response={"x": 1}),
        "b": ActionState(ActionStatus.SUCCESS, 1, NOW, NOW, response={"x": 2}),
        "c": ActionState(ActionStatus.RUNNING, 1, NOW),
    }
)


def run_with(message: Any) -> Run:
    actions = [
        *({"action_id": name, "action_type": "notification", "config": {"message": name}} for name in "abc"),
        {"action_id": "z", "action_type": "notification", "depends_on": ["b"], "config": {"message": message}},
    ]
    return Run(
        execution_id="exec_1",
        tenant="default",
        workflow_id="wf_1",
        revision=1,
        created_by="ada",
        created_at=NOW,
        parameters={"p": "q"},
        timeout_seconds=60,
        plan=compile_plan([{"name": "p", "type": "string"}], actions),
    )


@pytest.mark.parametrize(
    ("message", "rendered"),
    [
        ("{{a.response.x}}", 1),
        ("{{actions.a.response.x}} {{p}} {{parameters.p}}", "1 q q"),
        ('{{actions["b"].response.x}}', 2),
        ("{{actions | keys | sort | join}}", "ab"),
    ],
)
def test_a_template_sees_what_it_names(message: str, rendered: Any) -> None:
    run = run_with(message)
    planned = run.plan.actions[-1]
    assert templates.render(planned.config, run.scope(planned, STATE), Budget()) == {"message": rendered}


def test_results_that_no_template_names_are_left_out() -> None:
    run = run_with("{{a.status}}")
    assert run.scope(run.plan.actions[-1], STATE)["actions"].keys() == {"a", "b"}
    assert run.scope(run.plan.actions[0], STATE)["actions"] == {}
