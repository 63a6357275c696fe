"""What is asked for where an execution is done over, by another one."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints, field_validator, model_validator

from models.commands.parameters import Identifier
from models.commands.validation import Command
from models.commands.workflows import MAX_ACTIONS, IdempotencyKey, VersionWord, is_web_address
from models.error_codes import ErrorCode
from models.errors import Conflict
from models.rerun_words import RerunChildren, RerunDefinition, RerunFrom

MAX_REASON = 1_000
MAX_PREVIEW_TOKEN = 64

RerunFromWord = Annotated[RerunFrom, Field(strict=False)]
RerunDefinitionWord = Annotated[RerunDefinition, Field(strict=False)]
RerunChildrenWord = Annotated[RerunChildren, Field(strict=False)]


class PreviewRerun(Command):
    """`previewRerun`: what would be reused of an execution, and what would run again."""

    from_: RerunFromWord = Field(
        default=RerunFrom.FAILED,
        alias="from",
        description="From where: what failed or was not reached (the default), the start, or `actionIds`.",
    )
    action_ids: list[Identifier] = Field(
        default_factory=list,
        max_length=MAX_ACTIONS,
        description="With `from` ACTIONS: these run again, and all that depends on them.",
    )
    parameters: dict[str, Any] = Field(
        default_factory=dict,
        description="An object: values that replace those of the execution. What they make no difference to is reused.",
    )
    action_outputs: dict[Identifier, Any] = Field(
        default_factory=dict,
        description="An object: results by hand, by the ids of actions, which do not run. What depends on them does.",
    )
    definition: RerunDefinitionWord | None = Field(
        default=None,
        description="By the version that the execution ran on (ORIGINAL, the default), or by the present one (LATEST).",
    )
    version: VersionWord | None = Field(
        default=None, description="By this version, such as `1.2`, in place of `definition`."
    )
    children: RerunChildrenWord = Field(
        default=RerunChildren.NESTED,
        description="Whether an execution that an action started, and has to start again, goes on from what failed in "
        "it (NESTED, the default), or begins anew (WHOLE).",
    )
    reuse_approvals: bool = Field(
        default=False, description="Whether what people have approved still holds. Else they are asked again."
    )

    @model_validator(mode="after")
    def _goes_together(self) -> "PreviewRerun":
        if (self.from_ is RerunFrom.ACTIONS) != bool(self.action_ids):
            raise ValueError("give action_ids with `from` actions, and with no other")
        if self.definition is not None and self.version is not None:
            raise ValueError("give a definition or a version, and not both")
        if both := sorted(set(self.action_ids) & self.action_outputs.keys()):
            raise ValueError(f"{', '.join(both)}: an action runs again, or its result is given, and not both")
        return self


class RerunExecution(PreviewRerun):
    """`rerunExecution` and `POST /workflows/executions/{id}/rerun`: another execution that does this one over."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=MAX_REASON)] | None = Field(
        default=None, description="Why, for the record: at most 1000 characters."
    )
    async_execution: bool = Field(default=True, description="Answer at once. Else when it has ended, or after 60 s.")
    callback_url: Annotated[str, StringConstraints(max_length=2048)] | None = Field(
        default=None,
        description="Where its end is to be reported, as with an execute. Default: where that of the execution is.",
    )
    idempotency_key: IdempotencyKey | None = Field(
        default=None,
        description="1 to 255 characters: repeating your request with the same key gives the same execution.",
    )

    preview_token: Annotated[str, StringConstraints(min_length=1, max_length=MAX_PREVIEW_TOKEN)] | None = Field(
        default=None,
        description="The `token` of a `previewRerun`: refuse it with PREVIEW_OUTDATED if that would say another thing "
        "now, or was of another request.",
    )

    @field_validator("callback_url")
    @classmethod
    def _is_web_address(cls, url: str | None) -> str | None:
        if url is not None and not is_web_address(url):
            raise ValueError("callback_url must be an http or https URL with a host, and without a user")
        return url


class PreviewOutdated(Conflict):
    """What would become of the actions is not what the caller was shown."""

    code = ErrorCode.PREVIEW_OUTDATED

    def __init__(self) -> None:
        super().__init__("The rerun would not do what its preview said, so nothing was done")
        self.hint = "ask for the preview of the same request again, and send its token"
