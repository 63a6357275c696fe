"""Generates the typed clients from schema.graphql and openapi.json, and builds them:
`python -m examples.clients.generate [folder]`.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hatch_build import npm_command

HERE = Path(__file__).parent
NPM_INSTALL = ("ci", "--prefer-offline", "--loglevel=error")
UV = Path(sys.executable).with_name("uv")
OPENAPI_GENERATORS = {
    "rest-python": (
        "openapi-python-client generate --path openapi.json --output-path generated/orchestrator_attrs --meta none "
        "--overwrite --fail-on-warning",
        "openapi-generator-cli generate -g python -i openapi.json -o generated/openapi-generator "
        "--package-name orchestrator_pydantic",
    ),
    "rest-typescript": (
        "npx openapi-typescript openapi.json --output generated/openapi-typescript.ts",
        "openapi-generator-cli generate -g typescript-fetch -i openapi.json -o generated/typescript-fetch "
        "-p importFileExtension=.js",
    ),
}
"""The commands as the documentation has them, by the folder that what they make goes into."""

QUICK_JAVA = "-XX:TieredStopAtLevel=1"  # it runs for seconds only: compiling it well costs more than that gains


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


def run_npm(folder: Path, *words: str) -> None:
    """Run npm in a folder."""
    npm, environment = npm_command()
    run(folder, [*npm, *words], environment)


def install_python(folder: Path) -> Path:
    """What the lock file of a folder names, into its `.venv`. Returns where the programs are."""
    interpreter = folder / ".venv" / "bin" / "python"
    run(folder, [UV, "venv", "--quiet", "--allow-existing", "--python", sys.executable, ".venv"])
    install = [UV, "pip", "install", "--quiet", "--python", interpreter, "--require-hashes"]
    run(folder, [*install, "-r", "requirements.lock"])
    return interpreter.parent


def generate_graphql(folder: Path) -> None:
    """Of schema.graphql: types and documents for TypeScript, a package for Python."""
    typescript, python = folder / "typescript", folder / "python"
    for words in (NPM_INSTALL, ("run", "generate"), ("run", "build")):
        run_npm(typescript, *words)
    run(python, [install_python(python) / "ariadne-codegen"], {**os.environ, "PYTHONUTF8": "1"})


def generate_rest(folder: Path) -> None:
    """Of openapi.json: two clients for Python and two for TypeScript, by the generators that people use."""
    typescript = folder / "rest-typescript"
    run_npm(typescript, *NPM_INSTALL)
    path = f"{install_python(folder / 'rest-python')}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "JAVA_OPTS": QUICK_JAVA}
    for name, commands in OPENAPI_GENERATORS.items():
        for command in commands:
            program, *words = command.replace("openapi.json", "../../../openapi.json").split()
            if program == "npx":
                run_npm(folder / name, "exec", "--", *words)
            else:
                run(folder / name, [program, *words], environment)
    run_npm(typescript, "run", "build")


MAKERS = {"graphql": generate_graphql, "rest": generate_rest}


def main() -> None:
    """Generate those of both edges, or of one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=HERE)
    parser.add_argument("--edge", choices=MAKERS)
    arguments: Any = parser.parse_args()
    for edge in [arguments.edge] if arguments.edge else MAKERS:
        MAKERS[edge](arguments.folder)


if __name__ == "__main__":
    main()
