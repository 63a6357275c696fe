"""Replays one seed with all that happened in its world: `python -m tests.simulation SEED`."""

import sys

from tests.simulation.promises.invariants import violations
from tests.simulation.world import simulate


def main() -> None:
    """Print the trace of a world and the promises that it broke."""
    world = simulate(int(sys.argv[1]))
    print("\n".join(world.witness.trace))
    found = violations(world)
    print("\n".join(f"BROKEN {fault}" for fault in found) or "every promise was kept")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
