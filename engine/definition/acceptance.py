"""What is fixed of an execution when it is accepted: for whoever asks for one, a caller or another execution."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from engine.core.plan import Plan
from engine.core.run import Parent, Run
from engine.definition.concurrency_key import group_key
from engine.definition.parameters import bind

DEFAULT_TIMEOUT_SECONDS = 3_600
NO_LABELS: Mapping[str, str] = {}
NO_COLUMNS = ("execution_id", "plan", "parent", "labels", "workflow_name")
SAME_COLUMNS = tuple(name for name in Run.__struct_fields__ if name not in NO_COLUMNS)
"""What of a run is a column of the execution's row by the same name."""


def accepted_run(
    workflow: Any,
    plan: Plan,
    values: Mapping[str, Any],
    *,
    execution_id: str,
    tenant: str,
    created_by: str,
    now: datetime,
    callback_url: str | None = None,
    parent: Parent | None = None,
    labels: Mapping[str, str] = NO_LABELS,
    rerun_of: str | None = None,
) -> tuple[Run, list[str]]:
    """A run of a workflow's version with its parameters bound, and the warnings about them.

    `workflow` has the attributes of `WorkflowSummary`. Raises `InvalidInput`.
    """
    parameters, warnings = bind(plan.parameters, values)
    limit = workflow.concurrency
    run = Run(
        execution_id=execution_id,
        tenant=tenant,
        workflow_id=workflow.id,
        revision=workflow.revision,
        created_by=created_by,
        created_at=now,
        parameters=parameters,
        timeout_seconds=workflow.timeout_seconds or DEFAULT_TIMEOUT_SECONDS,
        plan=plan,
        queue_timeout_seconds=workflow.queue_timeout_seconds,
        callback_url=callback_url,
        concurrency_key=None if limit is None else group_key(limit["key"], {**plan.parameters_not_given, **parameters}),
        parent=parent,
        labels=labels,
        rerun_of=rerun_of,
        workflow_name=workflow.name,
    )
    return run, warnings


def new_row(run: Run, idempotency_key: str | None = None, fingerprint: str | None = None) -> dict[str, Any]:
    """The row of an execution that nobody has in hand yet: a node may take it at once, or when its turn has come."""
    parent = run.parent
    labels = {"labels": run.labels} if run.labels else {}
    return {
        "id": run.execution_id,
        **{name: getattr(run, name) for name in SAME_COLUMNS},
        "idempotency_key": idempotency_key,
        "idempotency_fingerprint": fingerprint,
        "total_actions": run.plan.total_actions,
        "parent_id": None if parent is None else parent.execution_id,
        "root_id": None if parent is None else parent.root_id,
        "on_parent_end": None if parent is None else parent.on_end.value,
        "depth": run.depth,
        "node_id": None,
        "runnable_at": run.created_at if run.group is None else None,
        **labels,
    }


def accepted_facts(run: Run, warnings: Sequence[str] = ()) -> dict[str, Any]:
    """What the first event of a run says, where there is anything to say."""
    facts: dict[str, Any] = {"warnings": list(warnings)} if warnings else {}
    if run.labels:
        facts["labels"] = dict(run.labels)
    if run.plan.names_workflow:
        facts["workflow_name"] = run.workflow_name
    return facts
