"""What the templates of an action see: the results that they name, all of them only where one names all."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from engine.core.run import Run
from engine.core.state import ActionState, ExecutionState, fold
from engine.definition.compiling import compile_plan
from engine.expressions import templates
from engine.expressions.budget import Budget
from models.entities.executions import Event
from models.words import ActionStatus, EventType

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


# --- the time, and what the execution says of itself ----------------------------------------------

MINUTE = timedelta(minutes=1)


def event(sequence: int, kind: EventType, action_id: str | None = None, **data: Any) -> Event:
    return Event(sequence, kind, NOW + sequence * MINUTE, action_id, data)


BEGUN = [
    event(1, EventType.EXECUTION_QUEUED, workflow_name="Orders"),
    event(2, EventType.EXECUTION_STARTED),
    event(3, EventType.ACTION_STARTED, "b", attempt=1),
    event(4, EventType.ACTION_SUCCEEDED, "b", response=None),
]
AGAIN = [
    event(5, EventType.ACTION_STARTED, "z", attempt=1),
    event(6, EventType.EXECUTION_RESUMED),
    event(7, EventType.ACTION_STARTED, "z", attempt=2),
    event(
        8, EventType.ACTION_RETRY_SCHEDULED, "z", due_at="2026-01-01T13:00:00+00:00", reason="retry_backoff", error={}
    ),
    event(9, EventType.ACTION_STARTED, "z", attempt=3),
]


def test_now_is_when_an_action_could_begin_however_often_its_templates_are_filled_in() -> None:
    run = run_with("{{now}}")
    planned = run.plan.actions[-1]
    for count in range(len(AGAIN) + 1):
        scope = run.scope(planned, fold([*BEGUN, *AGAIN[:count]]))
        assert templates.render(planned.config, scope, Budget()) == {"message": "2026-01-01T12:04:00Z"}


def test_now_goes_on_with_each_iteration_of_a_repeat() -> None:
    run = run_with("{{now}}")
    planned = run.plan.actions[-1]
    state = fold(
        [
            *BEGUN,
            event(5, EventType.ACTION_STARTED, "z", attempt=1),
            event(
                6,
                EventType.ACTION_REPEAT_SCHEDULED,
                "z",
                response=None,
                due_at="2026-01-01T13:00:00+00:00",
                reason="repeat_delay",
            ),
            event(7, EventType.ACTION_STARTED, "z", attempt=2),
        ]
    )
    assert run.scope(planned, state, since=state.actions["z"].iterated_at)["now"] == "2026-01-01T12:06:00Z"


def test_now_is_the_start_where_nothing_came_before_and_the_last_end_for_the_outputs() -> None:
    run, state = run_with("x"), fold(BEGUN)
    assert run.scope(run.plan.actions[0], state)["now"] == "2026-01-01T12:02:00Z"
    assert run.scope(None, state)["now"] == "2026-01-01T12:04:00Z"


def test_an_execution_says_what_it_is_of() -> None:
    run = run_with("{{workflow.name}}")
    scope = run.scope(run.plan.actions[-1], fold(BEGUN), attempt=3)
    assert run.plan.names_workflow
    assert scope["workflow"] == {"id": "wf_1", "name": "Orders", "version": 1}
    assert {name: scope["execution"][name] for name in ("workflow", "version", "attempt", "started_at")} == {
        "workflow": "Orders",
        "version": 1,
        "attempt": 3,
        "started_at": "2026-01-01T12:02:00Z",
    }


@pytest.mark.parametrize(
    ("message", "asks"),
    [("{{execution.workflow}}", True), ("{{execution | json}}", True), ("{{execution.id}}", False), ("{{p}}", False)],
)
def test_the_name_is_kept_only_where_a_template_asks_for_it(message: str, asks: bool) -> None:
    assert run_with(message).plan.names_workflow is asks


def test_a_parameter_that_is_called_so_hides_what_came_later() -> None:
    run = msgspec.structs.replace(run_with("x"), parameters={"now": 1, "workflow": 2})
    scope = run.scope(run.plan.actions[-1], fold(BEGUN))
    assert (scope["now"], scope["workflow"]) == (1, 2)
