"""What becomes of each action where an execution is done over, as GraphQL types, and how that is asked for."""

import strawberry

from engine.core.reuse import Judgement
from models.commands.bulk_operations import BulkRerun
from models.commands.reruns import PreviewRerun, RerunExecution
from models.rerun_words import RerunChildren, RerunDefinition, RerunFrom, ReuseReason, ReuseVerdict
from resolvers.executions import reruns
from schema.derivation import input_of
from schema.mirrors import Mirror
from schema.types.enums import ActionPhase, register

register(
    RerunFrom,
    "From where an execution is done over.",
    {
        "FAILED": "What failed, was not reached, or does not hold any more.",
        "START": "All of it.",
        "ACTIONS": "The actions that are named, and what depends on them; else as FAILED.",
    },
)
register(
    RerunDefinition,
    "By which definition of its workflow an execution is done over.",
    {"ORIGINAL": "The one that it ran on.", "LATEST": "The present one."},
)
register(
    RerunChildren,
    "What becomes of an execution that an action started, and has to start again.",
    {"NESTED": "It goes on from what failed in it, as another execution.", "WHOLE": "It begins anew."},
)
register(
    ReuseVerdict,
    "What becomes of an action.",
    {
        "REUSED": "Its result holds.",
        "GIVEN": "Its result is given by hand.",
        "RUNS_AGAIN": "It runs again, or is skipped if its condition says so by then.",
        "NOT_REACHED": "It was not reached, and runs for the first time if it is reached now.",
    },
)
register(
    ReuseReason,
    "Why that becomes of an action.",
    {
        "SUCCEEDED": "It succeeded, and all that led to its result is the same.",
        "SKIPPED": "It was skipped, and would be again.",
        "GIVEN": "`actionOutputs` has its result.",
        "FROM_START": "All is to run again.",
        "NAMED": "`actionIds` names it.",
        "FAILED": "It failed, or some of its items did.",
        "UNFINISHED": "It did not come to its end.",
        "COMPENSATED": "Its result was undone, or that was begun.",
        "APPROVAL": "People are asked again, unless `reuseApprovals` says otherwise.",
        "DEPENDENCY": "Something that it depends on is not reused: see `becauseOf`.",
        "SEES_ALL": "It uses all results, and not all are reused: see `becauseOf`.",
        "LOST_RACE": "It was cancelled because another one was the first, whose result is reused.",
        "CONDITION_CHANGED": "By its condition it would not have the result that it has.",
        "DEFINITION_CHANGED": "It is of another type or form, or makes another thing of what it is answered.",
        "CONFIG_CHANGED": "Its configuration, once filled in, is another one, or the items that it runs for are.",
        "NOT_COMPARABLE": "To fill its templates in again would take more than may be spent on that.",
        "NEVER_STARTED": "It was not reached.",
        "NEW": "It is new in this version.",
        "CLEAN_UP": "It cleans up, which is decided by how the new execution ends.",
    },
)


@strawberry.type(description="What would become of an action in an execution that does another one over.")
class RerunAction:
    """See `Judgement`."""

    action_id: str = strawberry.field(description="The action's id in the definition.")
    phase: ActionPhase = strawberry.field(description="The part of an execution that it belongs to.")
    verdict: ReuseVerdict = strawberry.field(description="What becomes of it.")
    reason: ReuseReason = strawberry.field(description="Why.")
    because_of: list[str] = strawberry.field(description="The actions that are not reused, where they are the reason.")
    total_items: int | None = strawberry.field(
        description="For how many items it runs, where it does for each of a list and that is known."
    )
    reused_items: list[int] = strawberry.field(
        description="The items whose results are reused though the action runs again, counted from 0."
    )
    continues: list[strawberry.ID] = strawberry.field(
        description="The executions that it had started and whose reruns it starts: `previewRerun` tells more of each."
    )


@strawberry.type(description="What an execution would do that does another one over. Nothing is changed by asking.")
class RerunPreview:
    """See `reruns.RerunPreview`."""

    execution_id: strawberry.ID = strawberry.field(description="The execution that would be done over.")
    version: str = strawberry.field(description="The version of the workflow that the new one would run on.")
    actions: list[RerunAction] = strawberry.field(description="Every action, in the order of the definition.")
    idempotency_keys: str = strawberry.field(
        description="The form of the `Idempotency-Key` that its calls would carry: with the id of the new execution. "
        "So no service takes a call that is made again for the one of the execution that is done over."
    )
    warnings: list[str] = strawberry.field(description="What is to be known before it is done.")
    token: str = strawberry.field(
        description="Stands for the request and all that this rests on: with it as `previewToken`, `rerunExecution` "
        "does what is said here or refuses."
    )


@input_of(BulkRerun, "How many executions are done over.")
class BulkRerunInput:
    """See `BulkRerun`."""


@input_of(PreviewRerun, "How an execution would be done over.")
class PreviewRerunInput:
    """See `PreviewRerun`."""

    id: strawberry.ID = strawberry.field(description="The execution, which has ended.")


@input_of(RerunExecution, "An execution to do over.", instead={"async_execution": "wait"})
class RerunExecutionInput:
    """See `RerunExecution`."""

    id: strawberry.ID = strawberry.field(description="The execution, which has ended.")
    wait: bool | None = strawberry.field(
        default=False, description="Answer when the new execution has ended, or after 60 s with its present state."
    )


ACTION = Mirror(RerunAction, Judgement, "continues", "because_of", "reused_items")


def rerun_preview_type(preview: reruns.RerunPreview) -> RerunPreview:
    """The GraphQL type of a preview."""
    return RerunPreview(
        execution_id=strawberry.ID(preview.execution_id),
        version=preview.version,
        actions=[_action(judgement) for judgement in preview.actions],
        idempotency_keys=preview.idempotency_keys,
        warnings=list(preview.warnings),
        token=preview.token,
    )


def _action(judgement: Judgement) -> RerunAction:
    return ACTION.of(
        judgement,
        because_of=list(judgement.because_of),
        reused_items=list(judgement.reused_items),
        continues=[strawberry.ID(child) for child in judgement.children.values()],
    )
