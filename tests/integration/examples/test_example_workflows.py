"""The example workflows, run against the systems that they call: what these were asked, and what came of it."""

import httpx
import pytest

from examples.workflows.pictures import FOLDER, picture
from examples.workflows.services import SILENCE, Services
from examples.workflows.systems import WAREHOUSE_TOKEN, Systems
from tests.support.calls import ended, graphql, run, start
from tests.support.documents.example_calls import confirm, decide, save, statuses, waiting
from tests.support.secrets.secret_calls import SET

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("outside")]


DRAWN = "query ($id: ID!) { workflow(id: $id) { dag { mermaid } } }"


async def test_each_example_is_saved_without_a_warning_and_looks_as_in_its_picture(client: httpx.AsyncClient) -> None:
    await graphql(client, SET, input={"name": "warehouse_token", "value": WAREHOUSE_TOKEN})
    names = [file.stem for file in FOLDER.glob("*.yaml")]
    assert len(names) >= 14
    for name in names:
        drawn = await graphql(client, DRAWN, id=await save(client, name))
        assert drawn["workflow"]["dag"]["mermaid"] == picture(name)


# --- order_saga -----------------------------------------------------------------------------------


async def test_an_order_is_reserved_charged_and_shipped(client: httpx.AsyncClient, systems: Systems) -> None:
    execution = await run(client, await save(client, "order_saga"))
    assert (execution["status"], execution["outputs"]) == ("completed", {"tracking": "T3", "charge": "P2"})
    assert systems.lines() == ["stock POST /reservations", "payments POST /charges", "shipping POST /parcels"]


async def test_an_order_that_cannot_be_shipped_is_paid_back_and_its_goods_are_released(
    client: httpx.AsyncClient, outside: Services, systems: Systems
) -> None:
    outside.fail("payments POST /refunds", 503, times=2)
    execution = await run(client, await save(client, "order_saga"), address="nowhere")
    assert (execution["status"], execution["error"]["action_id"]) == ("failed", "ship")
    assert systems.lines()[2:] == [
        "shipping POST /parcels",
        "payments POST /refunds",
        "payments POST /refunds",
        "payments POST /refunds",
        "stock DELETE /reservations/R1",
        "mail POST /messages",
    ]
    assert systems.sent("payments POST /refunds")[-1] == {"charge": "P2"}
    keys = {call.headers["idempotency-key"] for call in systems.calls if call.path == "/refunds"}
    assert keys == {f"{execution['execution_id']}:charge.compensate"}
    [mail] = systems.sent("mail POST /messages")
    assert mail["text"] == "We could not take your order: shipping answered 422 to POST /parcels"


async def test_of_an_order_that_is_not_paid_nothing_is_paid_back(client: httpx.AsyncClient, systems: Systems) -> None:
    execution = await run(client, await save(client, "order_saga"), card="declined")
    assert execution["status"] == "failed"
    assert systems.lines()[2:] == ["stock DELETE /reservations/R1", "mail POST /messages"]


# --- page_report ----------------------------------------------------------------------------------


async def test_a_report_adds_up_all_pages(client: httpx.AsyncClient, outside: Services, systems: Systems) -> None:
    outside.fail("catalogue GET /pages/2", 503, times=1)
    execution = await run(client, await save(client, "page_report"))
    summary = {"pages": 3, "items": 5, "value": 44, "most_valuable": 20}
    assert execution["outputs"] == {"summary": summary}
    assert systems.sent("reports PUT /nightly") == [{"summary": summary}]
    assert sorted(systems.lines()).count("catalogue GET /pages/2") == 2
    assert len(systems.calls) == 6


async def test_a_report_is_not_stored_where_a_page_is_missing(
    client: httpx.AsyncClient, outside: Services, systems: Systems
) -> None:
    outside.fail("catalogue GET /pages/2", 500)
    execution = await run(client, await save(client, "page_report"))
    assert execution["error"]["code"] == "ITEMS_FAILED"
    assert "reports PUT /nightly" not in systems.lines()


# --- release --------------------------------------------------------------------------------------


async def test_a_release_is_deployed_when_two_have_agreed(client: httpx.AsyncClient, systems: Systems) -> None:
    execution_id = await start(client, await save(client, "release"))
    await waiting(client, execution_id, "ask")
    await decide(client, execution_id, "ann", True, risk="low")
    assert systems.lines() == ["ci POST /builds", "ci POST /tests"]
    await decide(client, execution_id, "cid", True, risk="high")
    execution = await ended(client, execution_id)
    assert execution["outputs"] == {"image": "shop@4f2a91c", "released": True}
    assert systems.sent("deployer PUT /applications/shop/release") == [{"image": "shop@4f2a91c", "risk": "high"}]
    assert statuses(execution)["tell"] == "skipped"


async def test_a_release_that_one_rejects_is_told_and_not_deployed(client: httpx.AsyncClient, systems: Systems) -> None:
    execution_id = await start(client, await save(client, "release"))
    await waiting(client, execution_id, "ask")
    await decide(client, execution_id, "bob", False)
    execution = await ended(client, execution_id)
    assert (execution["status"], execution["outputs"]["released"]) == ("completed", False)
    assert systems.lines()[2:] == ["chat POST /messages"]
    assert systems.sent("chat POST /messages")[0]["text"] == "shop@4f2a91c is not released: rejected by bob"


# --- slow_job -------------------------------------------------------------------------------------


async def test_a_job_is_asked_after_until_it_is_done(client: httpx.AsyncClient, systems: Systems) -> None:
    execution = await run(client, await save(client, "slow_job"))
    assert execution["outputs"] == {"state": "done", "rows": 1204}
    assert systems.lines() == ["jobs POST /jobs", *["jobs GET /jobs/J1"] * 3, "jobs GET /jobs/J1/result"]


async def test_a_job_that_failed_is_reported(client: httpx.AsyncClient, systems: Systems) -> None:
    execution = await run(client, await save(client, "slow_job"), kind="doomed")
    assert execution["outputs"] == {"state": "failed", "rows": 0}
    [ticket] = systems.sent("tickets POST /tickets")
    assert ticket == {"title": "Job doomed-1 failed", "reason": "out of memory"}


# --- incident -------------------------------------------------------------------------------------


async def test_all_are_told_of_an_incident(client: httpx.AsyncClient, systems: Systems) -> None:
    execution = await run(client, await save(client, "incident"), severity="low")
    told = {"page": "success", "chat": "success", "ticket": "success", "publish": "skipped", "escalated": False}
    assert execution["outputs"] == {"told": told}
    assert sorted(systems.lines()) == ["chat POST /messages", "pager POST /pages", "tickets POST /tickets"]


async def test_somebody_is_called_where_a_system_cannot_be_told(
    client: httpx.AsyncClient, outside: Services, systems: Systems
) -> None:
    outside.fail("pager POST /pages", 503)
    execution = await run(client, await save(client, "incident"))
    assert (execution["status"], execution["outputs"]["told"]["escalated"]) == ("completed", True)
    assert len(systems.calls) == 5
    text = "Checkout is slow. Page failed, chat success, ticket success"
    assert systems.sent("telephone POST /calls") == [{"text": text}]


# --- document_batch -------------------------------------------------------------------------------


async def test_a_document_that_cannot_be_read_is_left_to_somebody(client: httpx.AsyncClient, systems: Systems) -> None:
    execution = await run(client, await save(client, "document_batch"))
    assert execution["status"] == "completed"
    summary = {"read": ["lease", "invoice", "letter", "contract"], "words": 2600, "failed": 1}
    assert execution["outputs"] == {"summary": summary}
    assert systems.sent("tickets POST /tickets") == [{"title": "1 of 5 documents could not be read"}]


async def test_too_many_documents_that_cannot_be_read_fail_the_batch(
    client: httpx.AsyncClient, systems: Systems
) -> None:
    documents = ["lease", "blurred-1", "blurred-2", "letter"]
    execution = await run(client, await save(client, "document_batch"), documents=documents)
    assert execution["error"]["code"] == "ITEMS_FAILED"
    assert set(systems.lines()) == {"documents POST /readings"}


# --- onboarding -----------------------------------------------------------------------------------


async def test_a_user_who_confirms_is_activated(client: httpx.AsyncClient, systems: Systems) -> None:
    execution_id = await start(client, await save(client, "onboarding"))
    await waiting(client, execution_id, "confirmed")
    assert systems.sent("mail POST /messages")[0]["execution"] == execution_id
    await confirm(client, execution_id)
    execution = await ended(client, execution_id)
    assert execution["outputs"] == {"account": "U1", "active": True}
    assert systems.lines() == ["accounts POST /accounts", "mail POST /messages", "accounts PATCH /accounts/U1"]


async def test_a_user_who_does_not_confirm_is_reminded_and_at_last_the_account_is_closed(
    client: httpx.AsyncClient, systems: Systems
) -> None:
    late_id = await start(client, await save(client, "onboarding", confirmed=1))
    never_id = await start(client, await save(client, "onboarding", "Nobody", confirmed=1, confirmed_late=1))
    await waiting(client, late_id, "confirmed_late")
    await confirm(client, late_id)
    late, never = await ended(client, late_id), await ended(client, never_id)
    assert (late["status"], late["outputs"]["active"]) == ("completed", True)
    assert (never["status"], never["outputs"]["active"]) == ("completed", False)
    closed = never["result"]["account"]["response"]["id"]
    assert f"accounts PATCH /accounts/{late['result']['account']['response']['id']}" in systems.lines()
    assert f"accounts DELETE /accounts/{closed}" in systems.lines()
    subjects = [mail["subject"] for mail in systems.sent("mail POST /messages")]
    assert sorted(subjects) == ["Please confirm", "Please confirm", "Welcome", "Welcome"]


# --- nightly_backup -------------------------------------------------------------------------------


async def test_a_backup_is_checked_and_its_snapshot_dropped(client: httpx.AsyncClient, systems: Systems) -> None:
    execution = await run(client, await save(client, "nightly_backup"))
    assert (execution["status"], execution["outputs"]) == ("completed", {"object": "orders-2026-01-31"})
    assert systems.lines() == [
        "database POST /snapshots",
        "storage PUT /objects/orders-2026-01-31",
        "storage POST /objects/orders-2026-01-31/verifications",
        "database DELETE /snapshots/S1",
    ]


async def test_a_backup_that_cannot_be_stored_wakes_somebody_and_leaves_no_snapshot(
    client: httpx.AsyncClient, outside: Services, systems: Systems
) -> None:
    outside.fail("storage PUT /objects/orders-2026-01-31", 507)
    execution = await run(client, await save(client, "nightly_backup"))
    assert (execution["status"], execution["error"]["action_id"]) == ("failed", "upload")
    assert systems.lines()[2:] == ["pager POST /pages", "database DELETE /snapshots/S1"]
    assert systems.sent("pager POST /pages") == [{"title": "No backup of orders: HTTP_ERROR"}]


async def test_a_second_backup_of_a_database_is_refused_and_that_of_another_is_not(
    client: httpx.AsyncClient, outside: Services, systems: Systems
) -> None:
    outside.fail("database POST /snapshots", SILENCE, times=1)
    workflow_id = await save(client, "nightly_backup")
    first = await start(client, workflow_id)
    refused = await client.post(f"/workflows/{workflow_id}/execute", json={"parameters": {}})
    assert (refused.status_code, refused.json()["error_code"]) == (409, "CONCURRENCY_LIMIT")
    await client.post(f"/workflows/executions/{first}/cancel")
    assert (await ended(client, first))["status"] == "cancelled"
    assert (await run(client, workflow_id))["status"] == "completed"


# --- canary_deployment ----------------------------------------------------------------------------

CANARY = "deployer PUT /applications/shop/canary"
TAKEN_BACK = "deployer DELETE /applications/shop/canary"
ERRORS = "metrics GET /applications/shop/errors"
PROMOTED = "deployer PUT /applications/shop/release"


async def test_a_version_with_few_errors_is_promoted(client: httpx.AsyncClient, systems: Systems) -> None:
    execution = await run(client, await save(client, "canary_deployment"), soak_seconds=0.01)
    assert execution["outputs"] == {"version": "2.4.0", "error_percentage": 0.2}
    assert systems.lines() == [CANARY, ERRORS, PROMOTED]
    assert systems.sent(CANARY) == [{"version": "2.4.0", "percent": 10}]


async def test_a_version_with_many_errors_is_taken_back(client: httpx.AsyncClient, systems: Systems) -> None:
    execution = await run(client, await save(client, "canary_deployment"), version="2.5-bad", soak_seconds=0)
    assert (execution["status"], execution["error"]["code"]) == ("failed", "REPEAT_EXHAUSTED")
    assert systems.lines() == [CANARY, ERRORS, ERRORS, ERRORS, TAKEN_BACK, "chat POST /messages"]
    assert systems.sent("chat POST /messages") == [{"text": "shop 2.5-bad was taken back: REPEAT_EXHAUSTED"}]


async def test_a_deployment_that_is_cancelled_is_taken_back_and_the_next_begins(
    client: httpx.AsyncClient, systems: Systems
) -> None:
    workflow_id = await save(client, "canary_deployment")
    first = await start(client, workflow_id)
    await waiting(client, first, "soak")
    second = await start(client, workflow_id, soak_seconds=0)
    queued = (await client.get(f"/workflows/executions/{second}")).json()
    assert queued["status"] == "queued"
    assert systems.lines() == [CANARY]
    await client.post(f"/workflows/executions/{first}/cancel")
    assert (await ended(client, first))["status"] == "cancelled"
    assert (await ended(client, second))["status"] == "completed"
    assert systems.lines() == [CANARY, TAKEN_BACK, CANARY, ERRORS, PROMOTED]


# --- rollout --------------------------------------------------------------------------------------


async def test_a_version_is_rolled_out_region_after_region(client: httpx.AsyncClient, systems: Systems) -> None:
    canary = await save(client, "canary_deployment")
    execution = await run(client, await save(client, "rollout"), canary_deployment=canary, soak_seconds=0)
    assert execution["outputs"] == {"regions": ["shop-eu", "shop-us"]}
    each = [CANARY, ERRORS, PROMOTED]
    assert systems.lines() == [line.replace("shop", region) for region in ("shop-eu", "shop-us") for line in each]


async def test_a_version_that_fails_in_one_region_does_not_reach_the_next(
    client: httpx.AsyncClient, systems: Systems
) -> None:
    given = {"canary_deployment": await save(client, "canary_deployment"), "version": "2.5-bad", "soak_seconds": 0}
    execution = await run(client, await save(client, "rollout"), **given)
    assert (execution["status"], execution["error"]["code"]) == ("failed", "ITEMS_FAILED")
    assert TAKEN_BACK.replace("shop", "shop-eu") in systems.lines()
    assert "shop-us" not in str(systems.lines())
    assert len(systems.sent("chat POST /messages")) == 2


# --- price_comparison -----------------------------------------------------------------------------


async def test_the_best_of_three_offers_is_taken(client: httpx.AsyncClient, systems: Systems) -> None:
    execution = await run(client, await save(client, "price_comparison"))
    best = {"supplier": "south", "sku": "tea", "price": 11.9}
    assert execution["outputs"] == {"best": best, "offers": 3}
    assert sorted(systems.lines()) == ["east GET /quotes", "north GET /quotes", "south GET /quotes"]


async def test_who_does_not_answer_in_time_or_not_at_all_is_left_out(
    client: httpx.AsyncClient, outside: Services
) -> None:
    outside.fail("south GET /quotes", SILENCE)
    outside.fail("north GET /quotes", 503)
    execution = await run(client, await save(client, "price_comparison", south=1))
    assert execution["outputs"] == {"best": {"supplier": "east", "sku": "tea", "price": 13.0}, "offers": 1}
    assert execution["result"]["south"]["error"]["code"] == "TIMEOUT"


async def test_without_an_offer_the_comparison_fails(client: httpx.AsyncClient, outside: Services) -> None:
    for supplier in ("north", "south", "east"):
        outside.fail(f"{supplier} GET /quotes", 503)
    execution = await run(client, await save(client, "price_comparison"))
    assert (execution["status"], execution["error"]["code"]) == ("failed", "EXPRESSION_ERROR")
    assert statuses(execution)["offers"] == "skipped"


# --- order_statistics -----------------------------------------------------------------------------


async def test_orders_are_loaded_with_a_secret_that_no_result_shows(
    client: httpx.AsyncClient, outside: Services, systems: Systems
) -> None:
    await graphql(client, SET, input={"name": "warehouse_token", "value": WAREHOUSE_TOKEN})
    load = "warehouse PUT /tables/orders/partitions/2026-01-31"
    outside.fail(load, 503, times=2)
    execution = await run(client, await save(client, "order_statistics"))
    assert execution["outputs"] == {"rows": 2, "total": 42}
    assert systems.lines() == ["orders GET /orders", load, load, load]
    assert [row["id"] for row in systems.sent(load)[-1]["rows"]] == [1, 3]
    assert len({call.headers["idempotency-key"] for call in systems.calls[1:]}) == 1
    assert WAREHOUSE_TOKEN not in str(execution)


async def test_a_wrong_token_is_not_tried_again(client: httpx.AsyncClient, systems: Systems) -> None:
    await graphql(client, SET, input={"name": "warehouse_token", "value": "another-token"})
    execution = await run(client, await save(client, "order_statistics"))
    assert (execution["status"], execution["error"]["code"], len(systems.calls)) == ("failed", "HTTP_ERROR", 2)
