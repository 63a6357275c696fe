"""Measures an API process and workers on this machine, and prints or writes what was found."""

import argparse
from pathlib import Path

import msgspec

from benchmarks.cluster.on_machine import measure, show


def main() -> None:
    """Measure both kinds of work."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cluster", description=__doc__)
    parser.add_argument("--json", type=Path, help="Write the figures to this file, for the simulation.")
    arguments = parser.parse_args()
    report = measure()
    show(report)
    if arguments.json is not None:
        arguments.json.write_bytes(msgspec.json.format(msgspec.json.encode(report)))


if __name__ == "__main__":
    main()
