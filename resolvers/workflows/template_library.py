"""The library of workflow templates, read from the data files beside it (decision W11)."""

from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from models.errors import TemplateNotFound

FILES = Path(__file__).parent / "templates"


class WorkflowTemplate(msgspec.Struct, frozen=True):
    """A workflow that is ready to be adapted. `workflow` is the body that would create it as it is.

    `example_parameters` are those of a first run. `mocks` play its services in the test environment, as
    `POST /test/mock-service` takes them.
    """

    template_name: str
    title: str
    description: str
    example_parameters: dict[str, Any]
    mocks: list[dict[str, Any]]
    workflow: dict[str, Any]


@cache
def templates() -> dict[str, WorkflowTemplate]:
    """All templates by their name, in the order of their names."""
    files = sorted(FILES.glob("*.json"))
    found = [msgspec.json.decode(file.read_bytes(), type=WorkflowTemplate) for file in files]
    return {template.template_name: template for template in found}


def find_template(template_name: str) -> WorkflowTemplate:
    """The template of this name. Raises `TemplateNotFound`."""
    template = templates().get(template_name)
    if template is None:
        raise TemplateNotFound(template_name, list(templates()))
    return template
