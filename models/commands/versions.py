"""The commands about versions of workflows."""

from pydantic import Field

from models.commands.validation import Command
from models.commands.workflows import VersionWord


class RestoreWorkflowVersion(Command):
    """`restoreWorkflowVersion`."""

    version: VersionWord = Field(description="The version whose definition is wanted again, such as `1.0`.")
    expected_version: str | None = Field(
        default=None,
        description="Refuse it with VERSION_MISMATCH unless the workflow is at this version, such as `1.3`.",
    )
