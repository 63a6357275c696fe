"""Writes a workflow as the text of a file, in YAML."""

from typing import Any

import yaml

from models.entities.workflows import WorkflowSummary
from models.words import WorkflowStatus

WIDTH = 120


class _Dumper(yaml.SafeDumper):
    """Texts of several lines stand as blocks."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    is_block = "\n" in text and not text.startswith((" ", "\n"))
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if is_block else None)


_Dumper.add_representer(str, _text)


def written(workflow: WorkflowSummary, definition: dict[str, Any]) -> str:
    """The file that would save a workflow as it is: read again, it is the same."""
    whole = {
        "name": workflow.name,
        "description": workflow.description,
        "status": None if workflow.status is WorkflowStatus.ACTIVE else workflow.status.value,
        "tags": workflow.tags or None,
        "timeout_seconds": workflow.timeout_seconds,
        "queue_timeout_seconds": workflow.queue_timeout_seconds,
        "concurrency": workflow.concurrency,
        "parameters": definition["parameters"] or None,
        "actions": definition["actions"],
        **{part: definition.get(part) or None for part in ("on_failure", "on_exit", "outputs")},
    }
    given = {name: value for name, value in whole.items() if value is not None}
    return yaml.dump(given, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH)
