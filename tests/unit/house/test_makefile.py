"""`make` on a machine that lacks something, or where an earlier one was interrupted."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[3]


def make_install(folder: Path, python: str) -> subprocess.CompletedProcess[str]:
    """Run `make install` into a folder by a script that stands for Python."""
    program = folder / "python"
    program.write_text(f"#!/bin/sh\n{python}\n")
    program.chmod(0o700)
    command = ["make", "install", f"PYTHON={program}", f"VENV={folder / 'venv'}"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=50, check=False)


def test_an_old_python_is_told_before_anything_is_made(tmp_path: Path) -> None:
    ended = make_install(tmp_path, "exit 1")
    assert ended.returncode != 0
    said, _ = ended.stderr.splitlines()  # the other line is that of make
    assert said.startswith("Python 3.11 or newer is needed, and ")
    assert not (tmp_path / "venv").exists()


def test_an_environment_that_was_left_half_made_is_made_anew(tmp_path: Path) -> None:
    left = tmp_path / "venv" / "bin"
    left.mkdir(parents=True)
    make_install(tmp_path, f'[ "$1" = -c ] && exit 0; echo "$@" > {tmp_path / "asked"}; exit 1')
    assert (tmp_path / "asked").read_text() == f"-m venv --clear {tmp_path / 'venv'}\n"


def test_run_keeps_the_database_unless_it_is_to_be_fresh() -> None:
    def served(*arguments: str) -> list[str]:
        command = ["make", "--dry-run", "--always-make", "run", *arguments]
        said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=50, check=True).stdout
        return [line.split("/")[-1].strip() for line in said.splitlines() if "orchestrator dev" in line]

    assert served() == ["orchestrator dev"]
    assert served("FRESH=1") == ["orchestrator dev --fresh"]
