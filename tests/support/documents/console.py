"""Reads the example operations of the console, and fills in ids as the console does."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).parents[3] / "console" / "src" / "examples"
IDENTIFIER = re.compile(r'"((wf|exec|cb|key|bulk|view)_[0-9a-f]{16})"')
OF_A_HINT = re.compile(r'"hint": "[^"]*\b((wf)_[0-9a-f]{16})')
PLACEHOLDER = re.compile(r"\b(wf|exec|cb|key|bulk|view)_(?:\.\.\.|…)")


class Example:
    """One operation as it is in its file."""

    def __init__(self, file: Path) -> None:
        self.name = f"{file.parent.name}/{file.stem}"
        self.query = file.read_text()
        beside = file.with_suffix(".json")
        self.text = beside.read_text() if beside.exists() else "{}"
        self.is_subscription = "\nsubscription " in f"\n{self.query}"


class Ids:
    """The ids that were answered last."""

    def __init__(self) -> None:
        self._latest: dict[str, str] = {}

    def remember(self, answer: Any) -> None:
        """Take note of the first id of each kind, and of the workflow that has a taken name."""
        told = json.dumps(answer)
        found = IDENTIFIER.findall(told) + OF_A_HINT.findall(told)
        self._latest.update({kind: whole for whole, kind in reversed(found)})

    def variables(self, example: Example) -> dict[str, Any]:
        """The example's variables with ids in the places of its placeholders."""
        variables: dict[str, Any] = json.loads(self.filled(example.text))
        return variables

    def filled(self, text: str) -> str:
        """A text with ids in the places of its placeholders."""
        return PLACEHOLDER.sub(lambda place: self._latest[place[1]], text)


def examples() -> Iterator[Example]:
    """All of them in the order of the panel."""
    for file in sorted(EXAMPLES.glob("*/*.graphql")):
        yield Example(file)
