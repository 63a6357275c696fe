"""Compares the schema with the released one: a breaking change is refused unless it is recorded with its reason."""

import argparse
import sys
from pathlib import Path

from graphql import GraphQLSchema, build_schema, find_breaking_changes

from schema.export import sdl

RELEASED = Path("schema.released.graphql")
RECORD = Path("schema.breaks.txt")
SEPARATOR = " -- "
HOW_TO_RECORD = f"""\
# Breaking changes of schema.graphql since the release, each deliberate: `what{SEPARATOR}why`, one to a line.
# `make check` prints the left side of what is missing here; a release empties the list.
"""


def recorded_breaks(text: str) -> dict[str, str]:
    """The reasons by change. Raises `ValueError` for a line without a reason."""
    lines = [line.strip() for line in text.splitlines()]
    found = {}
    for line in lines:
        if not line or line.startswith("#"):
            continue
        change, _, reason = line.partition(SEPARATOR)
        if not reason.strip():
            raise ValueError(f"the record has no reason for: {change}")
        found[change.strip()] = reason.strip()
    return found


def breaks(released: GraphQLSchema, present: GraphQLSchema) -> list[str]:
    """What breaks for a client of the released schema, in the words of GraphQL's reference implementation."""
    return sorted({change.description for change in find_breaking_changes(released, present)})


def faults(released: str, present: str, record: str) -> list[str]:
    """Why a schema may not follow the released one: breaks without a record, and records of what is no break.

    `released` and `present` are SDL. Raises `ValueError` for a record without a reason.
    """
    found, recorded = breaks(build_schema(released), build_schema(present)), recorded_breaks(record)
    unrecorded = [f"breaks clients of the release: {change}" for change in found if change not in recorded]
    idle = [f"is recorded, but is no break: {change}" for change in recorded if change not in found]
    return unrecorded + idle


def release(version: str) -> None:
    """Make the present schema the released one, which nothing breaks yet."""
    RELEASED.write_text(f"# The schema as it was released with {version}. Written by schema.stability.\n\n{sdl()}")
    RECORD.write_text(HOW_TO_RECORD)


def main() -> None:
    """Check, or with `--release VERSION` begin anew; exits with 1 where there is a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--release", metavar="VERSION")
    version = parser.parse_args().release
    if version is not None:
        release(version)
        return
    found = faults(RELEASED.read_text(), sdl(), RECORD.read_text())
    if found:
        advice = f"Keep what clients use, or record each in {RECORD} as `what{SEPARATOR}why`."
        sys.exit("\n".join(["schema.graphql:", *(f"  {fault}" for fault in found), advice]))


if __name__ == "__main__":
    main()
