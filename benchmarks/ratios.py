"""What an execution costs beside a bare ASGI hello in the same run: sync and in chains, over both edges, and lists.

A ratio says how many of ours fit into the time of one hello: machines differ in it less than in anything that a clock
says. The cases go in turns, so that a machine whose speed drifts is fair to all.
"""

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.load import Figures, measure, request_bytes
from benchmarks.one_action import EXECUTION, answered, completed, create_workflow
from benchmarks.servers import bare_server, orchestrator_server

COMMITTED = Path(__file__).with_name("ratios.json")
MOST_LOST = 0.2
"""A case that falls by more than this share of what is committed is slower, and no noise."""

CONNECTIONS = 32
CHAIN = 3
EXECUTE = """mutation ($input: ExecuteWorkflowInput!) {
  executeWorkflow(input: $input) { execution { id status } userErrors { code } } }"""
LIST = "{ executions(first: 50) { nodes { id status createdAt workflow { name } } } }"


class Case(msgspec.Struct, frozen=True):
    """Something that is asked for again and again."""

    name: str
    request: bytes
    accept: Callable[[int, bytes], bool] = completed
    connections: int = CONNECTIONS


def main() -> None:
    """Measure, print, and compare with what is committed, or commit it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--check", action="store_true", help="fail where a case is slower than what is committed")
    parser.add_argument("--write", action="store_true", help="commit what was measured")
    given = parser.parse_args()
    found = measured(given.rounds, given.seconds)
    if given.write:
        COMMITTED.write_text(json.dumps(found, indent=2) + "\n")
    if given.check:
        slower = falls(found, json.loads(COMMITTED.read_text()))
        print("\n".join(slower) or "no case is slower than what is committed")
        sys.exit(1 if slower else 0)


def measured(rounds: int, seconds: float) -> dict[str, float]:
    """The median ratio of each case, by its name; each round is printed as it ends."""
    with tempfile.TemporaryDirectory() as folder, bare_server() as bare:
        services = {"ORCHESTRATOR_SERVICES": json.dumps({"bare": f"http://127.0.0.1:{bare}"})}
        with orchestrator_server(Path(folder), services) as ours:
            cases = cases_of(ours)
            ratios: dict[str, list[float]] = {case.name: [] for case in cases}
            hello = Case("hello", cases[0].request, answered)
            for number in range(rounds):
                reference = figures_of(bare, hello, seconds)
                print(f"round {number + 1}: {reference.per_second:,.0f} hellos/s")
                for case in cases if number % 2 == 0 else reversed(cases):
                    figures = figures_of(ours, case, seconds)
                    ratios[case.name].append(figures.per_second / reference.per_second)
                    print(f"  {case.name:22} {_words(figures)}")
    for name, of_rounds in ratios.items():
        print(f"{name:22} {statistics.median(of_rounds):.4f} of a hello ({min(of_rounds):.4f} to {max(of_rounds):.4f})")
    return {name: round(statistics.median(of_rounds), 4) for name, of_rounds in ratios.items()}


def cases_of(port: int) -> Sequence[Case]:
    """What is asked of the server at `port`, whose service `bare` answers at once."""
    one = create_workflow(port)
    chain = create_workflow(port, {"name": "Chain", "actions": [_call(number) for number in range(CHAIN)]})
    execute = {"id": one, "parameters": {"input": "Hello"}, "wait": True}
    rest = request_bytes("POST", f"/workflows/{one}/execute", EXECUTION)
    return (
        Case("REST execute", rest),
        Case("REST execute, alone", rest, connections=1),
        Case("GraphQL execute", _graphql(EXECUTE, input=execute)),
        Case("chain of three calls", request_bytes("POST", f"/workflows/{chain}/execute", {"async_execution": False})),
        Case("REST list of 50", request_bytes("GET", f"/workflows/{one}/executions?page_size=50"), answered),
        Case("GraphQL list of 50", _graphql(LIST), answered),
    )


def falls(found: Mapping[str, float], committed: Mapping[str, float]) -> list[str]:
    """What is to be said of each case that is slower than what is committed, or is gone."""
    return [
        f"{name}: {found.get(name, 0.0):.4f} of a hello, and {before:.4f} is committed"
        for name, before in committed.items()
        if found.get(name, 0.0) < before * (1 - MOST_LOST)
    ]


def _call(number: int) -> dict[str, Any]:
    config = {"service": "bare", "endpoint": "/", "parameters": {"number": number}}
    after = [f"call_{number - 1}"] if number else []
    return {"action_id": f"call_{number}", "action_type": "service_call", "config": config, "depends_on": after}


def _graphql(query: str, **variables: Any) -> bytes:
    return request_bytes("POST", "/graphql", {"query": query, "variables": variables})


def figures_of(port: int, case: Case, seconds: float) -> Figures:
    """What a case comes to in so many seconds."""
    return measure(port, case.request, connections=case.connections, seconds=seconds, accept=case.accept)


def _words(figures: Figures) -> str:
    return f"{figures.per_second:8,.0f}/s   p50 {figures.p50_ms:6.2f} ms   p99 {figures.p99_ms:6.2f} ms"


if __name__ == "__main__":
    main()
