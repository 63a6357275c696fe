"""The commands about versions of workflows, and about workflows as texts."""

from pydantic import Field

from models.commands.validation import Command
from models.commands.workflows import VersionWord

MAX_TEXT = 1_048_576
"""A text is as long at most as the body that would save it (decision W13)."""


class RestoreWorkflowVersion(Command):
    """`restoreWorkflowVersion`."""

    version: VersionWord = Field(description="The version whose definition is wanted again, such as `1.0`.")
    expected_version: str | None = Field(
        default=None,
        description="Refuse it with VERSION_MISMATCH unless the workflow is at this version, such as `1.3`.",
    )


class SaveWorkflowText(Command):
    """`saveWorkflowText`."""

    text: str = Field(
        max_length=MAX_TEXT,
        description="The workflow as a file has it, YAML or JSON: what it does not name has its default, but for the "
        "status, which stays.",
    )
    expected_version: str | None = Field(
        default=None,
        description="Refuse it with VERSION_MISMATCH unless the workflow is at this version, such as `1.3`.",
    )
