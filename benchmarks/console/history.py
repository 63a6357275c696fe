"""Makes what the console is measured over: a long list, long journals, large graphs, and work that goes on."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.console.histories import Histories
from tests.console.seeds import do, execute, reaches
from tests.support.calls import JWT_SECRET, NO_TLS, Json, token
from tests.support.processes import OrchestratorProcess

ADMIN = token("bench", "default", "admin")
ENVIRON = {"ORCHESTRATOR_JWT_SECRET": JWT_SECRET}
ORDINARY, FAILED, WAITING = 92_000, 5_000, 3_000
EVERYTHING = ORDINARY + FAILED + WAITING
SHARE_JOURNALED = 10
ITEMS = 10_000
ACTIONS, CLEAN_UP = 500, 100
EACH_HELD_MS = 500
AT_ONCE = 25
"""Of calls that are held so long, each with two events: 100 events a second."""


@dataclass(frozen=True)
class History:
    """Ids of executions, named for what there is to see in them."""

    journal: str
    """20,000 events."""

    graph: str
    """500 actions."""

    largest: str
    """As many as there can be: 500, what undoes them, and what comes after."""

    busy: str
    """The workflow that makes 100 events a second."""


def client_of(service: OrchestratorProcess) -> httpx.AsyncClient:
    """The API of the service, as the admin."""
    return httpx.AsyncClient(base_url=service.url, headers=ADMIN, timeout=120, verify=NO_TLS)


async def made(service: OrchestratorProcess) -> History:
    """Fill a service that is empty and runs; it runs again when this returns."""
    async with client_of(service) as client:
        history = History(
            journal=await _ended(client, await _workflow(client, "Archive", _each("transform", {"output": 1}, ITEMS))),
            graph=await _ended(client, await _workflow(client, "Nightly report of all shops", *_columns())),
            largest=await _ended(client, await _largest(client)),
            busy=await _busy(client),
        )
        sources = await _sources(client)
    service.stop()
    with Histories(service.data_dir) as histories:
        for source, copies in zip(sources, (ORDINARY, FAILED, WAITING), strict=True):
            histories.copy(source, copies, 30 * EVERYTHING / copies, journals=copies // SHARE_JOURNALED)
    service.start()
    return history


async def _workflow(client: httpx.AsyncClient, name: str, *actions: Json, **more: Any) -> str:
    saved = await do(client, "createWorkflow", "workflow { id }", name=name, actions=actions, **more)
    return str(saved["workflow"]["id"])


async def _ended(client: httpx.AsyncClient, workflow_id: str) -> str:
    body = {"parameters": {}, "async_execution": False}
    answer = await client.post(f"/workflows/{workflow_id}/execute", json=body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["execution_id"])


async def _sources(client: httpx.AsyncClient) -> tuple[str, str, str]:
    """Executions to be copied: one that went well, one that failed, one that waits."""
    await do(client, "mockService", serviceName="post", endpoint="/parcels", statusCode=422, response={"said": "where"})
    note = _action("tell", "notification", {"message": "The report is there"})
    ship = _action("ship", "service_call", {"service": "post", "endpoint": "/parcels"}, dependsOn=["tell"])
    went_well = await _ended(client, await _workflow(client, "Nightly report", note))
    failed = await _ended(client, await _workflow(client, "Order saga", note, ship))
    waits = await execute(client, await _workflow(client, "Release", _action("go", "wait", {"signal": "go"})))
    await reaches(client, waits, "ACTION_WAITING")
    return went_well, failed, waits


async def begun_busy(client: httpx.AsyncClient, history: History) -> str:
    """The id of an execution that makes 100 events a second, once it does."""
    mock: Json = {"serviceName": "scanner", "endpoint": "/pages", "statusCode": 200, "response": {}}
    await do(client, "mockService", **mock, delayMs=EACH_HELD_MS)  # which the restart has forgotten
    execution = await execute(client, history.busy)
    await reaches(client, execution, "ACTION_SUCCEEDED")
    return execution


async def _busy(client: httpx.AsyncClient) -> str:
    config = {"service": "scanner", "endpoint": "/pages"}
    return await _workflow(client, "Scan the archive", _each("service_call", config, ITEMS, maxConcurrency=AT_ONCE))


async def _largest(client: httpx.AsyncClient) -> str:
    """All are undone, as the last one fails."""
    undo = {"actionType": "transform", "config": {"output": "undone"}}
    *others, last = _columns()
    actions = [{**action, "compensate": undo} for action in others]
    failing = {**last, "config": {"output": "{{missing.value}}"}}
    failing["dependsOn"] = [others[-1]["actionId"]]
    after = {
        place: [_action(f"{name}{number}", "transform", {"output": number}) for number in range(CLEAN_UP)]
        for place, name in (("onFailure", "mend"), ("onExit", "tidy"))
    }
    return await _workflow(client, "Everything at once", *actions, failing, **after)


def _columns() -> list[Json]:
    """Ten columns of fifty actions, each of which needs two of the column before."""

    def one(number: int) -> Json:
        column, row = divmod(number, 50)
        needs = [f"a{(column - 1) * 50 + (row + step) % 50}" for step in (0, 7)] if column else []
        name = f"Step {number} of a long way"
        return _action(f"a{number}", "transform", {"output": number}, name=name, dependsOn=needs)

    return [one(number) for number in range(ACTIONS)]


def _each(action_type: str, config: Json, items: int, **more: Any) -> Json:
    return _action("read", action_type, config, forEach={"in": list(range(items)), **{"maxConcurrency": 1_000, **more}})


def _action(action_id: str, action_type: str, config: Json, **more: Any) -> Json:
    return {"actionId": action_id, "actionType": action_type, "config": config, **more}
