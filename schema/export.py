"""Writes the schema as SDL, or checks that the committed file is the schema: `python -m schema.export`."""

import argparse
import sys
from pathlib import Path

from schema.schema import build_schema


def sdl() -> str:
    """The schema in the schema definition language."""
    return build_schema(test_environment=True).as_str() + "\n"


def main() -> None:
    """Write the file, or with `--check` exit with 1 where it differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    if not arguments.check:
        arguments.file.write_text(sdl())
    elif not arguments.file.exists() or arguments.file.read_text() != sdl():
        sys.exit(f"{arguments.file} is not the schema any more: look at the difference, then run 'make schema'")


if __name__ == "__main__":
    main()
