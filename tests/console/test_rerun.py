"""What the console says before an execution is done over is what then happens, in graphs drawn at random."""

import random
import re

import httpx

from models.words import WaitReason
from tests.console.driving import assert_nothing_was_refused, in_the_console
from tests.console.seeds import do, execute
from tests.support.browser import Page
from tests.support.calls import Json, events, graphql
from tests.support.processes import OrchestratorProcess

pytestmark = in_the_console

SEEDS = range(8)
LIST = ["tea", "kettle", "cups", "pot"]
SERVICE = "warehouse_of_dreams"
CAME_OF_IT = """query ($id: ID!) { execution(id: $id) { status actions { actionId status reusedFrom
  items { results(first: 20) { nodes { index reusedFrom } } } } } }"""
DECIDE = "mutation ($input: DecideApprovalInput!) { decideApproval(input: $input) { userErrors { message } } }"
FORETOLD = """[...document.querySelectorAll('dialog[open] tbody tr')].map((row) =>
  [...row.querySelectorAll('td')].slice(1).map((cell) => cell.innerText.trim()))"""
BUTTON = """[...document.querySelectorAll('dialog[open] button')].find((button) =>
  /^Rerun: /.test(button.innerText.trim()) && !button.ariaDisabled)"""


def workflow(chance: random.Random) -> tuple[list[Json], str]:
    """Actions of which each depends on earlier ones only, and the one that fails at first."""
    actions: list[Json] = []
    for number in range(chance.randint(4, 8)):
        id_ = f"step{number}"
        earlier = [action["actionId"] for action in actions]
        action: Json = {"actionId": id_, "dependsOn": [name for name in earlier if chance.random() < 0.4]}
        kind = chance.choice(("call", "items", "approval", "transform")) if number else "call"
        call = {"actionType": "service_call", "config": {"service": SERVICE, "endpoint": f"/{id_}"}}
        match kind:
            case "call":
                action |= call
            case "items":
                each = {"service": SERVICE, "endpoint": f"/{id_}/{{{{item}}}}"}
                action |= {"actionType": "service_call", "config": each, "forEach": {"in": LIST, "maxConcurrency": 1}}
            case "approval":
                action |= {"actionType": "approval", "config": {"message": "May it be?"}}
            case "transform":
                action |= {"actionType": "transform", "config": {"output": f"made by {id_}"}}
        if kind in ("call", "items") and chance.random() < 0.4:
            undo = {"service": SERVICE, "endpoint": f"/undo/{id_}"}
            action["compensate"] = {"actionType": "service_call", "config": undo}
        actions.append(action)
    calls = [action for action in actions if action["actionType"] == "service_call"]
    return actions, str(chance.choice(calls[-2:])["actionId"])


async def answers(client: httpx.AsyncClient, actions: list[Json], failing: str | None) -> None:
    """Have the service answer all calls of a workflow, but for those of one action, of its items for the third."""
    for action in actions:
        if action["actionType"] != "service_call":
            continue
        endpoint = action["config"]["endpoint"]
        for item in LIST if "forEach" in action else [""]:
            fails = action["actionId"] == failing and item in ("", LIST[2])
            mock = {"endpoint": endpoint.replace("{{item}}", item), "statusCode": 422 if fails else 200}
            await do(client, "mockService", serviceName=SERVICE, response={"said": item}, **mock)
        if "compensate" in action:
            undo = action["compensate"]["config"]["endpoint"]
            await do(client, "mockService", serviceName=SERVICE, endpoint=undo, response={"undone": True})


async def came_of(client: httpx.AsyncClient, execution_id: str) -> Json:
    """What came of an execution whose approvals are all given."""
    async for event in events(client, execution_id):
        if event["type"] == "ACTION_WAITING" and event["data"]["reason"] == WaitReason.APPROVAL.value.lower():
            # It may have been let go of meanwhile, as another action failed.
            approval = {"executionId": execution_id, "actionId": event["actionId"], "approved": True}
            await graphql(client, DECIDE, input=approval)
    return dict((await graphql(client, CAME_OF_IT, id=execution_id))["execution"])


def fate(run: Json | None) -> str:
    """What became of an action, in the words of the dialog."""
    if run is None:
        return "did not begin"
    if run["status"] == "SKIPPED":
        return "skipped"
    return "reused" if run["reusedFrom"] else "runs"


def reused_items(run: Json) -> int:
    """How many results of items were reused where the action itself ran."""
    return sum(item["reusedFrom"] is not None for item in run["items"]["results"]["nodes"]) if run["items"] else 0


async def test_what_is_foretold_is_what_happens(
    service: OrchestratorProcess, client: httpx.AsyncClient, page: Page
) -> None:
    await page.open(f"{service.url}/ui/executions")
    fates = set()
    for number in SEEDS:
        actions, failing = workflow(random.Random(number))  # noqa: S311 - to be repeatable is its purpose
        await answers(client, actions, failing)
        made = await do(client, "createWorkflow", "workflow { id }", name=f"Graph {number}", actions=actions)
        execution = await execute(client, made["workflow"]["id"])
        assert (await came_of(client, execution))["status"] == "FAILED"
        await answers(client, actions, None)

        await page.evaluate(f"history.pushState(null, '', '/ui/executions/{execution}/rerun')")
        await page.until(f"{BUTTON} && {FORETOLD}.length === {len(actions)}")
        foretold = {id_: (will_be, because) for id_, will_be, because in await page.evaluate(FORETOLD)}
        promised = await page.evaluate(f"{BUTTON}.innerText.trim()")
        await page.evaluate(f"{BUTTON}.click()")
        address = "location.pathname.split('/')[3]"
        await page.until(f"{address} !== '{execution}'")
        after = await came_of(client, await page.evaluate(address))
        runs = {run["actionId"]: run for run in after["actions"]}

        assert after["status"] == "COMPLETED", (number, after)
        happened = {id_: fate(runs.get(id_)) for id_ in foretold}
        assert happened == {id_: will_be for id_, (will_be, _) in foretold.items()}, (number, foretold)
        counts = [sum(word == of for word in happened.values()) for of in ("reused", "runs")]
        assert [int(count) for count in re.findall(r"\d+", promised)] == counts
        for id_, (will_be, because) in foretold.items():
            told = re.search(r"(\d+) of \d+ items are reused", because)
            assert reused_items(runs[id_]) == (int(told[1]) if told else 0) or will_be == "reused", (
                number,
                id_,
                because,
            )
        fates |= {(will_be, because) for will_be, because in foretold.values()}
    # The graphs are worth their time: some of all that there is to be foretold is among them.
    words = " ".join(because for _, because in fates)
    for because in (
        "it failed",
        "it was undone",
        "it follows",
        "same input",
        "people are asked again",
        "of 4 items are reused",
    ):
        assert because in words, (because, fates)
    await assert_nothing_was_refused(page, service)


async def test_a_preview_that_holds_no_longer_is_refused_and_shown_anew(
    service: OrchestratorProcess, client: httpx.AsyncClient, page: Page
) -> None:
    def step(number: int) -> Json:
        config = {"service": SERVICE, "endpoint": f"/step{number}"}
        return {"actionId": f"step{number}", "actionType": "service_call", "config": config}

    steps = [step(number) for number in range(3)]
    await answers(client, steps, "step0")
    id_ = (await do(client, "createWorkflow", "workflow { id }", name="Grows", actions=steps[:1]))["workflow"]["id"]
    execution = await execute(client, id_)
    await came_of(client, execution)
    await answers(client, steps, None)
    await do(client, "updateWorkflow", id=id_, actions=steps[:2])
    await page.open(f"{service.url}/ui/executions/{execution}/rerun")
    await page.click("dialog label", "1.1, the newest")
    await page.until(f"{BUTTON} && {FORETOLD}.length === 2")
    await do(client, "updateWorkflow", id=id_, actions=steps)
    await page.evaluate(f"{BUTTON}.click()")
    await page.until(f"document.querySelector('dialog').innerText.includes('Not rerun') && {FORETOLD}.length === 3")
    reruns = "query ($id: ID!) { execution(id: $id) { reruns { nodes { id } } } }"
    assert (await graphql(client, reruns, id=execution))["execution"]["reruns"]["nodes"] == []
    await page.until(f"{BUTTON} && ({BUTTON}.click(), true)")
    await page.until(f"location.pathname.split('/')[3] !== '{execution}'")
    await assert_nothing_was_refused(page, service)
