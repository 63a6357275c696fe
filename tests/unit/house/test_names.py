"""One name is one thing: a class of the product has a name of its own; and no module needs one that needs it."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[3]
PACKAGES = ("app", "engine", "models", "resolvers", "rest_compat", "schema")
SHOWN = ("schema", "types")
"""A GraphQL type has the name of the entity that it shows: what it is called by everybody outside."""


def modules() -> Iterator[tuple[Path, ast.Module]]:
    """The modules of the product, by their places."""
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            if "versions" not in file.parts:
                yield file.relative_to(ROOT), ast.parse(file.read_text())


def test_no_two_classes_share_a_name() -> None:
    places = defaultdict(list)
    for file, module in modules():
        is_shown = file.parts[:2] == SHOWN
        for node in ast.walk(module):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name, is_shown].append(str(file))
    assert {name: found for (name, _), found in places.items() if len(found) > 1} == {}


def test_a_table_is_a_row_by_its_name_and_nothing_else_is() -> None:
    for file, module in modules():
        for node in ast.walk(module):
            if isinstance(node, ast.ClassDef):
                is_table = any(isinstance(word, ast.keyword) and word.arg == "table" for word in node.keywords)
                assert node.name.endswith("Row") is is_table, f"{file}: {node.name}"


def test_no_module_needs_one_that_needs_it() -> None:
    """A room may use another one both ways; two modules may not, late imports included."""
    house = grimp.build_graph(*PACKAGES, cache_dir=None)
    needs = {module: house.find_modules_directly_imported_by(module) for module in house.modules}
    TopologicalSorter(needs).prepare()  # tells the circle
