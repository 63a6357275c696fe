"""Generates the typed clients from schema.graphql and builds them: `python -m examples.clients.generate [folder]`."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from hatch_build import npm_command

HERE = Path(__file__).parent
UV = Path(sys.executable).with_name("uv")


def run(folder: Path, command: Sequence[str | Path], environment: dict[str, str] | None = None) -> None:
    """Run a command in a folder, silent unless it fails; raises `SystemExit` with what it said."""
    done = subprocess.run(  # noqa: S603 - the commands are this module's own
        [str(word) for word in command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} in {folder} failed:\n{done.stdout}")


def generate_typescript(folder: Path) -> None:
    """Types and documents in `generated/`, the program with its types checked in `built/`."""
    npm, environment = npm_command()
    for words in (("ci", "--prefer-offline", "--loglevel=error"), ("run", "generate"), ("run", "build")):
        run(folder, [*npm, *words], environment)


def generate_python(folder: Path) -> None:
    """A package in `generated/`; the generator and what the client needs are in the folder's own `.venv`."""
    interpreter = folder / ".venv" / "bin" / "python"
    run(folder, [UV, "venv", "--quiet", "--allow-existing", "--python", sys.executable, ".venv"])
    install = [UV, "pip", "install", "--quiet", "--python", interpreter, "--require-hashes"]
    run(folder, [*install, "-r", "requirements.lock"])
    run(folder, [interpreter.with_name("ariadne-codegen")], {**os.environ, "PYTHONUTF8": "1"})


def main() -> None:
    """Generate both."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    generate_typescript(folder / "typescript")
    generate_python(folder / "python")


if __name__ == "__main__":
    main()
