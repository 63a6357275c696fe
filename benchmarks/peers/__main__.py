"""Measures us beside Restate, DBOS and Node-RED in one run, each at its durable default (Node-RED keeps nothing)."""

import argparse
import json
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec

from benchmarks.load import Figures, request_bytes
from benchmarks.one_action import answered
from benchmarks.peers.servers import dbos, install, node_red, restate
from benchmarks.ratios import CONNECTIONS, Case, cases_of, figures_of
from benchmarks.servers import bare_server, orchestrator_server

LISTING = "SELECT id, target, status, created_at FROM sys_invocation LIMIT 50"
ONE = {"input": "Hello"}


class System(msgspec.Struct, frozen=True):
    """One system, and what is asked of it: `port` None is that of the case."""

    name: str
    port: int
    cases: Sequence[Case]


def main() -> None:
    """Measure and print a table: the medians of all rounds, and how far they are apart."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--peers", type=Path, default=Path(".peers"), help="where the peers are, or are brought to")
    given = parser.parse_args()
    install(given.peers.absolute())
    found: dict[tuple[str, str], list[Figures]] = {}
    with systems(given.peers.absolute()) as measured:
        for number in range(given.rounds):
            for system in measured if number % 2 == 0 else reversed(measured):
                for case in system.cases:
                    figures = figures_of(system.port, case, given.seconds)
                    found.setdefault((case.name, system.name), []).append(figures)
                    print(f"{number + 1} {system.name:12} {case.name:22} {figures.per_second:8,.0f}/s", flush=True)
    for (case_name, system_name), rounds in sorted(found.items()):
        rates = [figures.per_second for figures in rounds]
        spread = f"({min(rates):,.0f} to {max(rates):,.0f})"
        p50 = statistics.median(figures.p50_ms for figures in rounds)
        print(f"{case_name:22} {system_name:12} {statistics.median(rates):8,.0f}/s {spread:18} p50 {p50:6.2f} ms")


@contextmanager
def systems(peers: Path) -> Iterator[Sequence[System]]:
    """All of them, each on a fresh store of its own, calling the same service."""
    with ExitStack() as stack:
        data = [Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(4)]
        target = stack.enter_context(bare_server())
        url = f"http://127.0.0.1:{target}/"
        services = {"ORCHESTRATOR_SERVICES": json.dumps({"bare": url.rstrip("/")})}
        ours = stack.enter_context(orchestrator_server(data[0], services))
        ingress, admin = stack.enter_context(restate(peers, data[1], url))
        of_dbos = stack.enter_context(dbos(peers, data[2], url))
        of_node_red = stack.enter_context(node_red(peers, data[3], url))
        yield (
            System("ours", ours, cases_of(ours)),
            System("Restate", ingress, _cases("/Bench/one", "/Bench/chain", None)),
            System("Restate", admin, [_listing("/query", {"query": LISTING})]),
            System("DBOS", of_dbos, _cases("/one", "/chain", "/list")),
            System("Node-RED", of_node_red, _cases("/one", "/chain", None)),
        )


def _cases(one: str, chain: str, listing: str | None) -> Sequence[Case]:
    execute = request_bytes("POST", one, ONE)
    return [
        Case("REST execute", execute, _ended),
        Case("REST execute, alone", execute, _ended, connections=1),
        Case("chain of three calls", request_bytes("POST", chain, ONE), _ended, CONNECTIONS),
        *([] if listing is None else [_listing(listing, {})]),
    ]


def _ended(status: int, body: bytes) -> bool:
    return status == 200 and b"completed" in body


def _listing(path: str, body: object) -> Case:
    return Case("REST list of 50", request_bytes("POST", path, body), answered)


if __name__ == "__main__":
    main()
