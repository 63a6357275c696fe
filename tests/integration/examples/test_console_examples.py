"""The console's example operations from the first to the last, as somebody would click through them."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.support.calls import PATIENCE_SECONDS, Json, graphql, sse, token
from tests.support.documents.console import EXAMPLES, Example, Ids, examples

pytestmark = pytest.mark.asyncio

ASKED = "41-signals-and-approvals/3-watch-what-waits-for-you"
ENDLESS = {"6-operate/4-watch-all-executions", "6-operate/5-watch-all-activity", "6-operate/6-watch-the-figures"}
CREATED_AND_EXECUTED = {
    "1-define/1-create-a-workflow": "2-execute-and-watch/1-execute-a-workflow",
    "21-versions/1-create-a-workflow": "21-versions/4-execute-an-earlier-version",
    "4-retries-and-waiting/2-create-a-workflow-with-retries": "4-retries-and-waiting/3-execute-it",
    "41-signals-and-approvals/1-create-a-workflow-that-asks": "41-signals-and-approvals/2-execute-it",
    "5-callbacks/1-create-a-workflow": "5-callbacks/2-execute-with-a-callback",
}
BY_AN_ADMIN = {
    "6-operate/8-read-the-audit-log",
    "6-operate/9-see-the-nodes",
    "6-operate/91-see-what-would-be-deleted",
}
USE_CASES = {
    "createWorkflow",
    "updateWorkflow",
    "deleteWorkflow",
    "createWorkflowFromTemplate",
    "executeWorkflow",
    "cancelExecution",
    "labelExecution",
    "pauseExecution",
    "resumeExecution",
    "terminateExecution",
    "resolveAction",
    "deleteExecution",
    "retentionPreview",
    "createBulkOperation",
    "bulkOperation",
    "bulkOperations",
    "bulkOperationProgress",
    "sendSignal",
    "decideApproval",
    "approvals",
    "pendingApprovals",
    "redeliverCallback",
    "setSecret",
    "deleteSecret",
    "setUpTestData",
    "cleanUpTestData",
    "mockService",
    "workflows",
    "searchWorkflows",
    "workflowTemplates",
    "secrets",
    "execution",
    "executions",
    "statistics",
    "activities",
    "health",
    "executionEvents",
    "systemMetrics",
    "viewer",
    "executionsGroupedBy",
    "executionSeries",
    "evaluateExpression",
    "compareExecutions",
    "validateWorkflow",
    "saveWorkflowText",
    "restoreWorkflowVersion",
    "activityChanges",
    "executionChanges",
    "workflow",
    "auditEntries",
    "nodes",
    "createApiKey",
    "apiKeys",
    "rotateApiKey",
    "revokeApiKey",
    "previewRerun",
    "rerunExecution",
}


@contextmanager
def signed_in(client: httpx.AsyncClient, example: Example) -> Iterator[None]:
    """An admin, who signs in by the token that the example tells how to get; else whoever the client is."""
    before = client.headers.copy()
    if example.name in BY_AN_ADMIN:
        client.headers.update(token("root", "default", "admin"))
    yield
    client.headers = before


async def messages(client: httpx.AsyncClient, example: Example, variables: Json) -> list[Json]:
    """What a subscription tells; of one without an end the first message."""
    told = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for message in sse(client, example.query, **variables):
            assert "errors" not in message, (example.name, message)
            told.append(message["data"])
            if example.name in ENDLESS or (example.name == ASKED and message["data"]["approvals"]):
                break
    return told


async def test_every_example_does_what_it_says_with_the_ids_of_those_before_it(client: httpx.AsyncClient) -> None:
    ids, answers = Ids(), {}
    for example in examples():
        variables = ids.variables(example)
        if example.is_subscription:
            told = await messages(client, example, variables)
        else:
            with signed_in(client, example):
                told = [await graphql(client, example.query, **variables)]
        assert told, example.name
        for data in told:
            for name, value in data.items():
                assert value is not None, (example.name, data)
                assert not (isinstance(value, dict) and value.get("userErrors")), (example.name, data)
                answers.setdefault(name, example.name)
            ids.remember(data)
        answers[example.name] = told

    assert set(answers) >= USE_CASES
    steps = [event["executionEvents"]["type"] for event in answers["2-execute-and-watch/2-watch-every-step"]]
    assert steps[-1] == "EXECUTION_COMPLETED"
    waited = answers["2-execute-and-watch/6-execute-and-wait"][0]["executeWorkflow"]["execution"]
    assert waited["result"]["repeat"]["response"]["message"] == "I said: Hello, Grace!"
    once = answers["2-execute-and-watch/8-execute-only-once"][0]["executeWorkflow"]
    assert not once["isReplay"]
    again = answers["2-execute-and-watch/9-read-what-to-run-again"][0]["execution"]
    assert again["parameters"] == {"who": "Ada"}
    assert answers["6-operate/8-read-the-audit-log"][0]["auditEntries"]["edges"]
    found = answers["1-define/3-search-workflows"][0]["searchWorkflows"]
    assert [workflow["name"] for workflow in found["nodes"]] == ["My first workflow"]
    paused = answers["4-retries-and-waiting/41-pause-an-execution"][0]["pauseExecution"]["execution"]
    assert (paused["status"], paused["pause"]["reason"]) == ("PAUSED", "The mailer is being repaired")
    cancelled = answers["4-retries-and-waiting/5-cancel-an-execution"][0]["cancelExecution"]["execution"]
    assert cancelled["status"] == "CANCELLED"
    told = answers["61-many-at-once/3-watch-it"][-1]["bulkOperationProgress"]
    assert (told["status"], told["left"]) == ("COMPLETED", 0)
    told = answers["7-secrets/4-execute-and-see-nothing"][0]["executeWorkflow"]["execution"]
    assert told["result"]["tell"]["response"]["message"] == "The token is [secret:example_token]."
    [asked] = answers["41-signals-and-approvals/31-list-what-waits-for-you"][0]["pendingApprovals"]["edges"]
    assert asked["node"]["execution"]["workflow"]["name"] == "Release"
    released = [event["executionEvents"] for event in answers["41-signals-and-approvals/6-watch-it-end"]]
    assert released[-1]["type"] == "EXECUTION_COMPLETED"
    done_over = answers["42-repair/2-do-it-over"][0]["rerunExecution"]["execution"]
    assert done_over["status"] == "COMPLETED"
    assert [action["reusedFrom"] is not None for action in done_over["actions"]] == [True, True, False]
    assert answers["5-callbacks/3-read-the-deliveries"][0]["execution"]["callbackDeliveries"]


async def test_on_a_second_visit_a_taken_name_leads_to_the_workflow_that_has_it(client: httpx.AsyncClient) -> None:
    ids, by_name = Ids(), {example.name: example for example in examples()}
    for visit in ("first", "second"):
        for creates, executes in CREATED_AND_EXECUTED.items():
            created = await graphql(client, by_name[creates].query, **ids.variables(by_name[creates]))
            codes = [error["code"] for error in created["createWorkflow"]["userErrors"]]
            assert codes == ([] if visit == "first" else ["NAME_TAKEN"])
            ids.remember(created)
            executed = await graphql(client, by_name[executes].query, **ids.variables(by_name[executes]))
            assert executed["executeWorkflow"]["execution"], (visit, executes, executed)


async def test_every_example_says_what_it_is_for_and_has_a_file_of_its_own() -> None:
    found = list(examples())
    assert len(found) == len(list(EXAMPLES.glob("*/*.graphql"))) > 20
    for example in found:
        assert example.query.startswith("# "), example.name
    named = {example.name for example in found}
    assert {f"{file.parent.name}/{file.stem}" for file in EXAMPLES.glob("*/*.json")} <= named
