"""A workflow that executes itself, or waits for a turn that it holds itself, is warned of where it does."""

from typing import Any

from engine.definition.start_warnings import WorkflowStarts, start_warnings, starts_of
from models.workflow_warnings import WarningCode

Json = dict[str, Any]
ONE_AT_ONCE = {"key": None, "limit": 1, "on_limit": "queue"}


def sub(workflow_id: str, **more: Any) -> Json:
    config = {"workflow_id": workflow_id, **more.pop("config", {})}
    return {"action_id": "sub", "action_type": "sub_workflow", "config": config, **more}


def workflow(*actions: Json, concurrency: Json | None = None, **sections: list[Json]) -> WorkflowStarts:
    return starts_of({"actions": list(actions), "on_failure": [], "on_exit": [], **sections}, concurrency)


def warned(saved: WorkflowStarts, **others: WorkflowStarts) -> list[tuple[Any, str]]:
    return [(warning.path, warning.code) for warning in start_warnings("wf_self", saved, others)]


PLACE = ("actions", 0, "config", "workflow_id")


def test_one_that_executes_itself() -> None:
    assert warned(workflow(sub("wf_self"))) == [(PLACE, WarningCode.STARTS_ITSELF)]
    [warning] = start_warnings("wf_self", workflow(sub("wf_self")), {})
    assert warning.message == (
        "action 'sub': the workflow executes itself: unless a condition ends that, 20 executions deep it fails with "
        "TOO_DEEP"
    )


def test_one_that_executes_itself_through_others() -> None:
    a, b = workflow(sub("wf_b")), workflow(sub("wf_c"), sub("wf_self"))
    assert warned(workflow(sub("wf_a")), wf_a=a, wf_b=b) == [(PLACE, WarningCode.STARTS_ITSELF)]
    [warning] = start_warnings("wf_self", workflow(sub("wf_a")), {"wf_a": a, "wf_b": b})
    assert "executes itself, through wf_a and wf_b:" in warning.message


def test_every_section_is_looked_at() -> None:
    undone = {"action_id": "step", "action_type": "notification", "compensate": sub("wf_self")}
    found = warned(workflow(undone, on_failure=[sub("wf_self")], on_exit=[sub("wf_self")]))
    assert [loc for loc, _ in found] == [
        ("actions", 0, "compensate", "config", "workflow_id"),
        ("on_failure", 0, "config", "workflow_id"),
        ("on_exit", 0, "config", "workflow_id"),
    ]


def test_what_leads_elsewhere_or_to_a_pinned_version_or_is_not_known_yet_gives_no_warning() -> None:
    assert warned(workflow(sub("wf_a")), wf_a=workflow(sub("wf_b")), wf_b=workflow(sub("wf_a"))) == []
    assert warned(workflow(sub("wf_self", config={"version": "1.0"}))) == []
    assert warned(workflow(sub("{{which}}"))) == []


def test_one_that_waits_for_a_turn_that_it_holds() -> None:
    assert warned(workflow(sub("wf_self"), concurrency=ONE_AT_ONCE)) == [
        (PLACE, WarningCode.STARTS_ITSELF),
        (PLACE, WarningCode.WAITS_FOR_ITSELF),
    ]
    others = {"wf_a": workflow(sub("wf_self"), concurrency=ONE_AT_ONCE)}
    *_, warning = start_warnings("wf_self", workflow(sub("wf_a")), others)
    assert "no more than 1 of wf_a run at once" in warning.message


def test_one_that_is_refused_or_cancelled_instead_does_not_wait() -> None:
    for on_limit in ("fail", "cancel_newest", "cancel_oldest"):
        limit = {**ONE_AT_ONCE, "on_limit": on_limit}
        assert warned(workflow(sub("wf_self"), concurrency=limit)) == [(PLACE, WarningCode.STARTS_ITSELF)]
