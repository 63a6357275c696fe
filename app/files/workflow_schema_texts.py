"""The words of the workflow's JSON Schema: those of GraphQL, which describes every field, in the spelling of files."""

import re
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

from models import words
from schema.types import inputs
from schema.types.enums import TEXTS

JsonSchema = dict[str, Any]

DECISION = re.compile(r"\s*\((?:decision )?[EWX]\d+\)")
UPPER_WORD = re.compile(r"\b[A-Z][A-Z_]{3,}\b")
CAMEL = re.compile(r"\b[a-z]+(?:[A-Z][a-z]+)+\b")

EXAMPLES: Mapping[str, Mapping[str, list[Any]]] = {
    "CreateWorkflow": {
        "name": ["Document analysis"],
        "tags": [["analysis", "document"]],
        "timeout_seconds": [300],
        "queue_timeout_seconds": [60],
    },
    "ParameterDefinition": {
        "name": ["document_url"],
        "default_value": ["https://example.org/document"],
        "allowed_values": [["pdf", "html"]],
        "pattern": ["^[A-Z]{2}[0-9]{4}$"],
        "schema": [{"type": "object", "properties": {"sku": {"type": "string"}}, "required": ["sku"]}],
    },
    "ActionDefinition": {
        "action_id": ["fetch_document"],
        "depends_on": [["fetch_document"]],
        "timeout_seconds": [30],
        "retry": [{"max_attempts": 5, "initial_delay_seconds": 2}],
        "when": ["{{check.response.score > 0.5}}", False],
    },
    "ForEach": {"in": ["{{list.response.entries}}", [1, 2, 3]], "as": ["document"], "max_concurrency": [5]},
    "Repeat": {"until": ["{{response.state == 'done'}}"], "delay_seconds": [10]},
    "RetryPolicy": {"retry_on": [["CONNECTION_ERROR", "503", "5xx"]], "never_retry_on": [["404"]]},
}
"""By model and field."""


def describe(name: str, model: JsonSchema) -> None:
    """Add to an object's schema what GraphQL says of the input of the same name, and the examples."""
    for title in (f"{name}Input", f"{name.removesuffix('Definition')}Input"):
        found = getattr(inputs, title, None)
        if found is not None:
            definition = found.__strawberry_definition__
            model["description"] = _in_files(definition.description)
            described = {field.python_name.rstrip("_"): field.description for field in definition.fields}
            for field, value in model["properties"].items():
                if described.get(field):
                    value.pop("description", None)  # it goes behind the rest
                    value["description"] = _in_files(described[field])
    for field, examples in EXAMPLES.get(name, {}).items():
        model["properties"][field]["examples"] = examples


def describe_words(name: str, model: JsonSchema) -> None:
    """Add to the schema of a closed set of words what each of them means; editors show it beside the word."""
    model["description"] = DECISION.sub("", model.get("description", ""))
    for enum in (known for known in TEXTS if known.__name__ == name):
        meanings = {word.value: TEXTS[enum][word.name] for word in enum}
        model["enumDescriptions"] = [_in_files(meanings[word]) for word in model["enum"]]


def _enum_words(enums: Iterable[type[Enum]]) -> Mapping[str, str]:
    return {word.name: word.value for enum in enums for word in enum}


IN_FILES = _enum_words((words.WorkflowStatus, words.ErrorPolicy, words.Backoff, words.RunIf, words.ParameterType))


def _in_files(text: str) -> str:
    """Words and names as files spell them: `depends_on` for `dependsOn`, `fail` for FAIL."""
    text = CAMEL.sub(lambda found: re.sub("[A-Z]", lambda upper: f"_{upper.group().lower()}", found.group()), text)
    return UPPER_WORD.sub(lambda found: IN_FILES.get(found.group(), found.group()), text)
