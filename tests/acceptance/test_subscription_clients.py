"""Clients that others wrote listen to every subscription over every transport, through `kill -9` of the service."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.server.serving import serving
from tests.support.javascript import PATIENCE_SECONDS, Json, Script, script
from tests.support.processes import USER, OrchestratorProcess, Processes, service_call
from tests.support.scripted_service import ScriptedService, hang_until_released

pytestmark = pytest.mark.timeout(180)

TRANSPORTS = {"graphql-transport-ws": "graphql-ws", "server-sent-events": "graphql-sse", "multipart": "apollo"}
"""The client that takes each."""
SUBSCRIPTIONS = {
    "executionEvents": "($id: ID!, $after: Int) { executionEvents(executionId: $id, after: $after) { sequence type } }",
    "execution": "($id: ID!) { execution(id: $id) { id status } }",
    "executions": "($after: String) { executions(after: $after) { cursor execution { id status } } }",
    "activity": "($after: String) { activity(after: $after) { cursor activity { id type executionId } } }",
    "systemMetrics": "{ systemMetrics(intervalSeconds: 1) { timestamp } }",
}
RECORD = """
query ($id: ID!) {
  execution(id: $id) { events { sequence type } }
  executions(first: 100) { nodes { id status } }
  activities(first: 100, filter: {type: [WORKFLOW_EXECUTED, EXECUTION_COMPLETED, EXECUTION_FAILED]}) {
    nodes { id type executionId }
  }
}
"""
NOTE = {"action_id": "note", "action_type": "notification", "config": {"message": "x"}}
AT_THE_KILL = 20
WHILE_AWAY = 5
"""Executions that are accepted just before the service is killed, and before the clients are back."""
LIFE = ["QUEUED", "RUNNING", "COMPLETED"]


class Listener:
    """A client with subscriptions under names.

    `told` has all that it was told, `refused` the codes of errors, `over` how those that ended did, `lost` which were
    lost at the kill, and `back` how much each had been told when the client came back.
    """

    def __init__(self, client: Script) -> None:
        self._client = client
        self.told: dict[str, list[Json]] = defaultdict(list)
        self.over: dict[str, Json] = {}
        self.refused: dict[str, list[str]] = {}
        self.lost: list[str] = []
        self.back: dict[str, int] = {}

    def listen(self, name: str, field: str | None = None, **variables: Any) -> None:
        """Subscribe to a field, the one of that name if no other is given."""
        self.over.pop(name, None)
        query = f"subscription {SUBSCRIPTIONS[field or name]}"
        self._client.tell({"name": name, "query": query, "variables": variables})

    async def until(self, is_reached: Callable[[], bool]) -> None:
        """Take in what the client is told until a state is reached."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            async for line in self._client.lines():
                if "errors" in line.get("next", {}):
                    self.refused[line["name"]] = [error["extensions"]["code"] for error in line["next"]["errors"]]
                elif "next" in line:
                    (value,) = (value for key, value in line["next"]["data"].items() if key != "__typename")
                    self.told[line["name"]].append(value)
                else:
                    self.over[line["name"]] = line
                if is_reached():
                    return
        raise AssertionError("the client ended")

    def is_completed(self, name: str) -> bool:
        """Whether the service itself ended the subscription."""
        return self.over.get(name, {}).get("complete") is True

    def events(self) -> list[tuple[int, str]]:
        """The sequence and the type of each event that was told."""
        return [(told["sequence"], told["type"]) for told in self.told["executionEvents"]]

    def executions(self, name: str = "executions") -> list[tuple[str, str]]:
        """The id and the status of each execution that was told."""
        return [(told["execution"]["id"], told["execution"]["status"]) for told in self.told[name] if told["execution"]]

    def activities(self, name: str = "activity") -> list[tuple[str, str, str]]:
        """The id, type and execution of each activity that was told."""
        return [activity(told["activity"]) for told in self.told[name] if told["activity"]]

    async def await_live(self) -> None:
        """Listen to all that needs no execution until it has said something, and be refused with a wrong cursor."""
        names = ("executions", "activity", "systemMetrics")
        for name in names:
            self.listen(name)
        self.listen("wrong", "executions", after="wrong")
        await self.until(lambda: set(names) <= set(self.told) and "wrong" in self.over)

    async def await_all(self, execution_id: str) -> None:
        """Listen to an execution too, until all five have told that it is under way."""
        self.listen("executionEvents", id=execution_id, after=0)
        self.listen("execution", id=execution_id)
        await self.until(
            lambda: (
                "ACTION_STARTED" in [type_ for _, type_ in self.events()]
                and "RUNNING" in [told["status"] for told in self.told["execution"]]
                and (execution_id, "RUNNING") in self.executions()
                and ("WORKFLOW_EXECUTED", execution_id) in [told[1:] for told in self.activities()]
            )
        )

    async def await_loss(self) -> None:
        """Take in what still comes, until all five are lost."""
        await self.until(lambda: set(SUBSCRIPTIONS) <= set(self.over))
        self.lost = [name for name, line in self.over.items() if "lost" in line]

    async def come_back(self, execution_id: str) -> None:
        """Listen again, each after the last cursor, until those without a cursor have told how things stand."""
        for name in ("executions", "activity"):
            self.listen(name, after=self.told[name][-1]["cursor"])
        self.listen("executionEvents", id=execution_id, after=self.told["executionEvents"][-1]["sequence"])
        self.back = {name: len(told) for name, told in self.told.items()}
        self.listen("execution", id=execution_id)
        self.listen("systemMetrics")
        await self.until(lambda: all(len(self.told[name]) > self.back[name] for name in ("execution", "systemMetrics")))

    async def await_ends(self, accepted: list[str]) -> None:
        """Take in what comes until all that was accepted has been told to be completed."""
        executions = {(id_, "COMPLETED") for id_ in accepted}
        activities = {("EXECUTION_COMPLETED", id_) for id_ in accepted}
        await self.until(
            lambda: (
                self.is_completed("executionEvents")
                and self.is_completed("execution")
                and executions <= set(self.executions())
                and activities <= {told[1:] for told in self.activities()}
            )
        )

    async def replay(self, executions: int, activities: int) -> None:
        """Be told once more of all that changed since the beginning, as one who was away all the time."""
        for name in ("executions", "activity"):
            self.listen(f"all {name}", name, after=self.told[name][0]["cursor"])
        await self.until(
            lambda: (
                len(self.executions("all executions")) >= executions
                and len(self.activities("all activity")) >= activities
            )
        )


def activity(node: Json) -> tuple[str, str, str]:
    """Its id, type and execution."""
    return node["id"], node["type"], node["executionId"]


@dataclass
class Heard:
    """What each client heard, what is on record, and what the service logged."""

    listeners: dict[str, Listener]
    record: Json
    log: str


async def post(client: httpx.AsyncClient, path: str, **body: Any) -> Json:
    """The answer to a call that must succeed."""
    answer: Json = (await client.post(path, json=body)).raise_for_status().json()
    return answer


async def execute(client: httpx.AsyncClient, workflow_id: str, times: int) -> list[str]:
    """The ids of new executions."""
    path = f"/workflows/{workflow_id}/execute"
    return [(await post(client, path))["execution_id"] for _ in range(times)]


async def listen_through_kill(
    service: OrchestratorProcess, scripted: ScriptedService, listeners: list[Listener], client: httpx.AsyncClient
) -> Json:
    """Let all clients listen side by side while the service is killed; what is on record in the end."""
    slow = [service_call("slow", "ledger", "/slow"), {**NOTE, "depends_on": ["slow"]}]
    watched = (await post(client, "/workflows", name="Watched", actions=slow))["workflow_id"]
    brief = (await post(client, "/workflows", name="Brief", actions=[NOTE]))["workflow_id"]
    await asyncio.gather(*(listener.await_live() for listener in listeners))
    [execution_id] = await execute(client, watched, 1)
    await asyncio.gather(*(listener.await_all(execution_id) for listener in listeners))

    accepted = [execution_id, *await execute(client, brief, AT_THE_KILL)]
    await asyncio.to_thread(service.kill)
    await asyncio.gather(*(listener.await_loss() for listener in listeners))
    await asyncio.to_thread(service.start)

    accepted += await execute(client, brief, WHILE_AWAY)
    await asyncio.gather(*(listener.come_back(execution_id) for listener in listeners))
    scripted.released.set()
    await asyncio.gather(*(listener.await_ends(accepted) for listener in listeners))
    answer = await post(client, "/graphql", query=RECORD, variables={"id": execution_id})
    record: Json = answer["data"]
    counts = len(record["executions"]["nodes"]), len(record["activities"]["nodes"])
    await asyncio.gather(*(listener.replay(*counts) for listener in listeners))
    return record


async def hear(processes: Processes, clients: Path) -> Heard:
    """Run it all."""
    scripted = ScriptedService()
    scripted.answers["/slow"] = hang_until_released
    async with AsyncExitStack() as stack:
        scripted.url = await stack.enter_async_context(serving(scripted.app))
        stack.callback(scripted.released.set)
        service = await asyncio.to_thread(processes.orchestrator, {"ledger": scripted.url})
        client = httpx.AsyncClient(base_url=service.url, headers=USER, timeout=30)
        await stack.enter_async_context(client)
        listeners = {}
        for kind in TRANSPORTS.values():
            opened = script(clients, "live.mjs", f"{service.url}/graphql", kind)
            listeners[kind] = Listener(await stack.enter_async_context(opened))
        record = await listen_through_kill(service, scripted, list(listeners.values()), client)
    assert await asyncio.to_thread(service.stop) == 0
    return Heard(listeners, record, service.log)


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory, node_clients: Path) -> Heard:
    """One killing for all: a start of the service takes longer than all that is listened to."""
    processes = Processes(tmp_path_factory.mktemp("heard"))
    try:
        return asyncio.run(hear(processes, node_clients))
    finally:
        processes.end()


@pytest.fixture(params=TRANSPORTS.values(), ids=TRANSPORTS)
def listener(request: pytest.FixtureRequest, heard: Heard) -> Listener:
    """The client of each transport, when all is over."""
    return heard.listeners[request.param]


def test_all_five_deliver_and_are_lost_with_the_service(listener: Listener) -> None:
    assert set(SUBSCRIPTIONS) <= set(listener.told)
    assert sorted(listener.lost) == sorted(SUBSCRIPTIONS)


def test_the_journal_goes_on_after_the_kill_with_each_event_once_and_in_order(heard: Heard, listener: Listener) -> None:
    events = listener.events()
    assert [sequence for sequence, _ in events] == list(range(1, len(events) + 1))
    assert events == [(event["sequence"], event["type"]) for event in heard.record["execution"]["events"]]
    assert "EXECUTION_RESUMED" in [type_ for _, type_ in events]


def test_the_live_list_goes_on_after_the_kill_with_each_change_once_and_in_order(
    heard: Heard, listener: Listener
) -> None:
    lives: dict[str, list[int]] = defaultdict(list)
    for id_, status in listener.executions():
        lives[id_].append(LIFE.index(status))
    assert {id_: life for id_, life in lives.items() if life != sorted(set(life))} == {}
    ends = [change for change in listener.executions() if change[1] == "COMPLETED"]
    assert ends == listener.executions("all executions")
    assert sorted(ends) == sorted((node["id"], node["status"]) for node in heard.record["executions"]["nodes"])


def test_the_feed_goes_on_after_the_kill_with_each_activity_once_and_in_order(heard: Heard, listener: Listener) -> None:
    activities = listener.activities()
    assert activities == listener.activities("all activity")
    assert sorted(activities) == sorted(activity(node) for node in heard.record["activities"]["nodes"])


def test_what_has_no_cursor_begins_anew_with_how_things_stand(listener: Listener) -> None:
    states = [told["status"] for told in listener.told["execution"]]
    assert [states[listener.back["execution"]], states[-1]] == ["RUNNING", "COMPLETED"]
    moments = [datetime.fromisoformat(told["timestamp"]) for told in listener.told["systemMetrics"]]
    assert moments == sorted(set(moments))
    assert len(moments) > listener.back["systemMetrics"]


def test_a_wrong_cursor_is_refused_with_its_code_and_ends_nothing_else(listener: Listener) -> None:
    assert listener.refused == {"wrong": ["VALIDATION_ERROR"]}
    assert listener.is_completed("wrong")


def test_clients_that_come_and_go_leave_nothing_in_the_log(heard: Heard) -> None:
    assert "Traceback" not in heard.log
