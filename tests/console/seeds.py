"""Fills a service with what a busy week leaves in it: the example workflows, and executions of them in every state."""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import httpx

from examples.workflows.services import Services
from tests.support.calls import NO_TLS, PATIENCE_SECONDS, Json, ended, events, graphql
from tests.support.command_line import EXAMPLES

DOCUMENTS = ["lease", "invoice-4711", "letter", "contract", "blurred-receipt", "invoice-4712", "minutes"]
REGIONS = ["shop-eu", "shop-us", "shop-asia"]
NOWHERE = {"order": "A-1008", "address": "nowhere", "amount": 249}


@dataclass(frozen=True)
class Seeds:
    """Ids of what is there; an execution is named for what became of it."""

    workflows: dict[str, str]
    """By the names of the files in `examples/workflows`."""

    completed: str
    undone: str
    """An order that no carrier takes: what it reserved and charged was given back."""

    not_undone: str
    """The same, but the money was not given back."""

    rerun: str
    """Of `undone`, with another address."""

    batch: str
    """Of a list of documents, one of which could not be read."""

    running: str
    approval: str
    approved: str
    signal: str
    rollout: str
    """Waits for `soaking`, which it has started."""

    soaking: str
    queued: str
    """Behind `soaking`."""

    paused: str
    cancelled: str
    circuit: str
    bulk: str


async def do(client: httpx.AsyncClient, mutation: str, selection: str = "", **input_: Any) -> Json:
    """The payload of a mutation that must succeed: what is selected of it."""
    kind = f"{mutation[0].upper()}{mutation[1:]}Input"
    done = f"done: {mutation}(input: $input) {{ {selection} userErrors {{ code message path }} }}"
    payload: Json = (await graphql(client, f"mutation ($input: {kind}!) {{ {done} }}", input=input_))["done"]
    assert payload["userErrors"] == [], (mutation, input_, payload)
    return payload


async def saved(client: httpx.AsyncClient, text: str, id_: str | None = None) -> str:
    """The id of a workflow that is written as a file has it, new or in the place of another one."""
    made = await do(client, "saveWorkflowText", "workflow { id }", text=text, **({"id": id_} if id_ else {}))
    return str(made["workflow"]["id"])


async def execute(client: httpx.AsyncClient, workflow_id: str, labels: Json | None = None, **parameters: Any) -> str:
    """The id of a new execution."""
    given = {"id": workflow_id, "parameters": parameters, "labels": labels or {}}
    return str((await do(client, "executeWorkflow", "execution { id }", **given))["execution"]["id"])


async def reaches(client: httpx.AsyncClient, execution_id: str, type_: str, action_id: str | None = None) -> None:
    """Wait until an execution has come to an event of a type, of an action where one is named."""
    async with asyncio.timeout(PATIENCE_SECONDS), aclosing(events(client, execution_id)) as journal:
        async for event in journal:
            if event["type"] == type_ and action_id in (None, event["actionId"]):
                return
    raise AssertionError(f"{execution_id} has ended without {type_}")


async def fill(client: httpx.AsyncClient, systems: Services) -> Seeds:
    """Fill an empty service, by the public API alone."""
    texts = {file.stem: file.read_text() for file in sorted(EXAMPLES.glob("*.yaml"))}
    texts["release"] = texts["release"].replace("[ann, bob, cid]", "[ann, bob, demo-user]")
    workflows = {name: await saved(client, text) for name, text in texts.items()}
    await saved(client, texts["order_saga"].replace("max_attempts: 3", "max_attempts: 4"), workflows["order_saga"])
    orders = await _orders(client, systems, workflows["order_saga"])
    people = await _approvals(client, workflows["release"])
    rollout = await execute(
        client,
        workflows["rollout"],
        {"team": "shop"},
        canary_deployment=workflows["canary_deployment"],
        regions=REGIONS,
    )
    await reaches(client, rollout, "ACTION_WAITING")
    soaking = await _child(client, rollout)
    await reaches(client, soaking, "ACTION_WAITING", "soak")
    queued = await execute(client, workflows["canary_deployment"], {"team": "shop"}, application="shop-eu")
    batch = await execute(client, workflows["document_batch"], {"team": "archive"}, documents=DOCUMENTS)
    await ended(client, batch)
    signal = await execute(client, workflows["onboarding"], email="grace@example.org")
    await reaches(client, signal, "ACTION_WAITING", "confirmed")
    await _keys_and_secrets(client)
    await _what_only_ran_well(client, workflows)
    return Seeds(
        workflows=workflows,
        **orders,
        **people,
        rollout=rollout,
        soaking=soaking,
        queued=queued,
        batch=batch,
        signal=signal,
        **await _backups(client, systems, workflows["nightly_backup"]),
        bulk=await _bulk(client, workflows["order_saga"]),
    )


async def _orders(client: httpx.AsyncClient, systems: Services, saga: str) -> dict[str, str]:
    begun = [
        await execute(client, saga, {"shop": "eu"}, order=f"A-{1000 + number}", sku=sku, amount=amount)
        for number, (sku, amount) in enumerate((("tea", 24.9), ("kettle", 89), ("mug", 12.5), ("pot", 45)), start=1)
    ]
    refused = await execute(client, saga, {"shop": "us"}, order="A-1007", card="declined")
    undone = await execute(client, saga, {"shop": "eu", "priority": "high"}, **NOWHERE)
    for execution_id in (*begun, refused, undone):
        await ended(client, execution_id)
    # It is no service's fault, so it is not tried again: the money is out, and somebody has to know.
    systems.fail("payments POST /refunds", 409)
    not_undone = await execute(client, saga, {"shop": "eu"}, **{**NOWHERE, "order": "A-1009"})
    await ended(client, not_undone)
    systems.fail("payments POST /refunds", 409, 0)
    harbour = {"parameters": {"address": "1 Harbour Street"}, "reason": "the customer gave another address"}
    again = await do(client, "rerunExecution", "execution { id }", id=undone, **harbour)
    rerun = str(again["execution"]["id"])
    await ended(client, rerun)
    return {"completed": begun[0], "undone": undone, "not_undone": not_undone, "rerun": rerun}


async def _approvals(client: httpx.AsyncClient, release: str) -> dict[str, str]:
    """Four releases: one waits for the second of two people, one was agreed on, one is paused, one was called off."""
    begun = {}
    for name, commit in (
        ("approval", "4f2a91c"),
        ("approved", "77b0e1d"),
        ("paused", "c0ffee1"),
        ("cancelled", "0badcab"),
    ):
        begun[name] = await execute(client, release, {"team": "shop"}, commit=commit)
        await reaches(client, begun[name], "ACTION_WAITING", "ask")
    for user, name in (("ann", "approval"), ("ann", "approved"), ("bob", "approved")):
        decision = {"executionId": begun[name], "actionId": "ask", "approved": True, "form": {"risk": "low"}}
        async with httpx.AsyncClient(base_url=client.base_url, headers={"X-User-ID": user}, verify=NO_TLS) as person:
            await do(person, "decideApproval", **decision)
    await ended(client, begun["approved"])
    await do(client, "pauseExecution", id=begun["paused"], reason="until the incident is over")
    await do(client, "cancelExecution", id=begun["cancelled"])
    await ended(client, begun["cancelled"])
    return begun


async def _backups(client: httpx.AsyncClient, systems: Services, backup: str) -> dict[str, str]:
    """One that is under way for as long as it is looked at, and one that wakes somebody, whose pager is away."""
    systems.fail("storage PUT /objects/orders-2026-01-31", 0)
    running = await execute(client, backup, {"team": "platform"}, database="orders")
    await reaches(client, running, "ACTION_STARTED", "upload")
    systems.fail("storage POST /objects/customers-2026-01-31/verifications", 409)
    systems.fail("pager POST /pages", 503)
    circuit = await execute(client, backup, {"team": "platform"}, database="customers")
    await reaches(client, circuit, "ACTION_RETRY_SCHEDULED", "alarm")
    return {"running": running, "circuit": circuit}


async def _child(client: httpx.AsyncClient, parent: str) -> str:
    query = "query ($id: [ID!]!) { executions(filter: {parentId: $id}) { nodes { id } } }"
    (child,) = (await graphql(client, query, id=parent))["executions"]["nodes"]
    return str(child["id"])


async def _keys_and_secrets(client: httpx.AsyncClient) -> None:
    for name, role in (("Deployment pipeline", "OPERATOR"), ("Status page", "VIEWER"), ("Old laptop", "EDITOR")):
        key = (await do(client, "createApiKey", "apiKey { id }", name=name, role=role))["apiKey"]["id"]
    await do(client, "revokeApiKey", id=key)
    for name in ("payments_token", "smtp_password", "warehouse_token"):
        await do(client, "setSecret", name=name, value="kept for the tests of the console")


async def _what_only_ran_well(client: httpx.AsyncClient, workflows: dict[str, str]) -> None:
    for name in ("hello", "incident", "customer_import", "price_comparison"):
        await execute(client, workflows[name])


async def _bulk(client: httpx.AsyncClient, saga: str) -> str:
    given = {"kind": "LABEL", "filter": {"workflowId": saga}, "labels": {"set": {"reviewed": "yes"}}}
    made = await do(client, "createBulkOperation", "bulkOperation { id }", reason="end of the month", **given)
    return str(made["bulkOperation"]["id"])
