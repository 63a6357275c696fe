"""Refuses what grew too large to be found through: folders of many modules, long files, and an engine of many rooms."""

import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

PRODUCT = ("app", "engine", "models", "resolvers", "rest_compat", "schema")
AROUND_IT = ("benchmarks", "examples", "release", "tests")
NOT_OURS = frozenset({".venv", "__pycache__", "built", "generated", "node_modules"})
"""Folders of what is installed or generated."""

GROWING = Path("models/migrations/versions")
"""It gets a module with every change of the tables, and none is ever taken away or changed."""


class Limits(msgspec.Struct, frozen=True):
    """How large things may be: modules of a folder, lines of a file, rooms of the engine."""

    modules: int = 25
    lines: int = 400
    rooms: int = 12


def faults(root: Path, limits: Limits) -> list[str]:
    """What is too large below `root`, one sentence each."""
    files = sorted(written_files(root))
    modules = Counter(file.parent for file in files if file.parent != GROWING)
    rooms = {file.parts[1] for file in files if file.parts[0] == "engine" and len(file.parts) > 2}
    lines = {file: len((root / file).read_text().splitlines()) for file in files}
    return [
        *(
            f"{folder}/ has {count} modules, at most {limits.modules}"
            for folder, count in _over(modules, limits.modules)
        ),
        *(f"{file} has {count} lines, at most {limits.lines}" for file, count in _over(lines, limits.lines)),
        *([f"engine/ has {len(rooms)} rooms, at most {limits.rooms}"] if len(rooms) > limits.rooms else []),
    ]


def _over(counts: Mapping[Path, int], most: int) -> list[tuple[Path, int]]:
    return [(path, count) for path, count in counts.items() if count > most]


def written_files(root: Path) -> Iterator[Path]:
    """The Python files that are written by hand, relative to `root`."""
    for package in (*PRODUCT, *AROUND_IT):
        for folder, folders, names in os.walk(root / package):
            folders[:] = [name for name in folders if name not in NOT_OURS]
            yield from (Path(folder, name).relative_to(root) for name in names if name.endswith(".py"))


def main() -> None:
    """Check the working directory; exits with 1 where something is too large."""
    found = faults(Path(), Limits())
    if found:
        sys.exit("\n".join([*found, "Split each by what it is about."]))


if __name__ == "__main__":
    main()
