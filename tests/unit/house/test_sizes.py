"""What is too large is refused by `make check`, and what is not ours to split is passed by."""

from pathlib import Path

import pytest

from release.sizes import Limits, faults

LIMITS = Limits(modules=2, lines=3, rooms=2)


def house(root: Path, *files: str, lines: int = 1) -> Path:
    """A house of files that have so many lines."""
    for file in files:
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("line\n" * lines)
    return root


@pytest.mark.parametrize(
    ("files", "lines", "fault"),
    [
        (("app/__init__.py", "app/a.py", "app/b.py"), 1, "app/ has 3 modules, at most 2"),
        (("tests/unit/a.py", "tests/unit/b.py", "tests/unit/c.py"), 1, "tests/unit/ has 3 modules, at most 2"),
        (("models/a.py",), 4, "models/a.py has 4 lines, at most 3"),
        (("examples/a/__init__.py",), 4, "examples/a/__init__.py has 4 lines, at most 3"),
        (("engine/a/x.py", "engine/b/x.py", "engine/c/__init__.py"), 1, "engine/ has 3 rooms, at most 2"),
    ],
)
def test_what_is_too_large_is_refused(tmp_path: Path, files: tuple[str, ...], lines: int, fault: str) -> None:
    assert faults(house(tmp_path, *files, lines=lines), LIMITS) == [fault]


def test_what_is_just_large_enough_passes(tmp_path: Path) -> None:
    root = house(tmp_path, "app/__init__.py", "app/a.py", "engine/a/x.py", "engine/b/x.py", lines=3)
    house(root, "examples/clients/python/generated/long.py", "tests/clients/node_modules/long.py", lines=9)
    house(root, *(f"models/migrations/versions/000{number}_x.py" for number in range(3)))
    assert faults(root, LIMITS) == []
