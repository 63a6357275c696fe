"""A stream that is closed gives nothing more: no generator of ours yields where it handles an error or tidies up.

To close one that awaits may fail on its way, for reasons of what it reads from. A handler that answers each error with
a result would then answer the close with one, which Python takes for a refusal to end.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
PACKAGES = ("app", "engine", "models", "resolvers", "rest_compat", "schema")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def yields_in_handlers(tree: ast.AST) -> Iterator[int]:
    """The lines of what an asynchronous generator yields in an `except` or a `finally`."""
    for function in ast.walk(tree):
        if isinstance(function, ast.AsyncFunctionDef):
            for node in parts_of(function):
                if isinstance(node, ast.Try):
                    handling = (each for part in (*node.handlers, *node.finalbody) for each in (part, *parts_of(part)))
                    yield from (each.lineno for each in handling if isinstance(each, ast.Yield))


def parts_of(node: ast.AST) -> Iterator[ast.AST]:
    """All that is below a node and belongs to the same function."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, FUNCTIONS):
            yield child
            yield from parts_of(child)


def test_no_asynchronous_generator_yields_while_it_handles_an_error_or_tidies_up() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{line}"
        for package in PACKAGES
        for file in sorted((ROOT / package).rglob("*.py"))
        for line in yields_in_handlers(ast.parse(file.read_text()))
    ]
    assert found == []


def test_the_rule_finds_what_breaks_it() -> None:
    faulty = "async def f():\n try:\n  yield 1\n except Exception:\n  yield 2\n finally:\n  yield 3\n"
    sound = "async def f():\n try:\n  yield 1\n except Exception:\n  def g():\n   yield 2\n"
    assert list(yields_in_handlers(ast.parse(faulty))) == [5, 7]
    assert list(yields_in_handlers(ast.parse(sound))) == []
