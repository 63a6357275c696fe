"""Tables of the pages in `docs`, and the tests that they name."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[3]
NAMED_TEST = re.compile(r"`([^`\s]+\.py)::([^`\s]+)`")


def rows(text: str) -> list[str]:
    """The rows of all tables: neither their heads nor the lines below these."""
    lines = text.splitlines()
    heads = {number for number, line in enumerate(lines[1:]) if line.startswith("|---")}
    return [
        line
        for number, line in enumerate(lines)
        if line.startswith("|") and not line.startswith("|---") and number not in heads
    ]


def cells(row: str) -> list[str]:
    """The cells of a row."""
    return [cell.strip() for cell in row.strip().strip("|").split(" | ")]


@cache
def defined_in(file: str) -> frozenset[str]:
    """The tests of a file, by its syntax tree: those of classes as `Class::test`."""
    path = ROOT / file
    if not path.is_file():
        return frozenset()
    return frozenset(_tests(ast.parse(path.read_text(encoding="utf-8")).body))


def _tests(body: list[ast.stmt], prefix: str = "") -> list[str]:
    found: list[str] = []
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            found.append(prefix + node.name)
        elif isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            found += _tests(node.body, f"{node.name}::")
    return found
