"""The search over workflows through both edges, on both databases (decision W10)."""

from typing import Any

import httpx
import pytest
from sqlalchemy import update

from models.commands.workflows import CreateWorkflow, SearchWorkflows
from models.search_terms import words
from models.words import Role
from resolvers.context import Context, Services, Viewer
from resolvers.workflows import search as workflow_search
from resolvers.workflows.rows import WORKFLOWS
from resolvers.workflows.search import search_workflows
from resolvers.workflows.workflows import create_workflow
from tests.support.calls import Json, assert_envelope, create, faults, graphql, token
from tests.support.edges.searches import SEARCH_QUERY, found, search

pytestmark = pytest.mark.asyncio


async def names(client: httpx.AsyncClient, q: str, **query: Any) -> list[str]:
    """The names that a search finds, in its order."""
    return [workflow["name"] for workflow in (await search(client, q, **query))["workflows"]]


async def test_the_answer_has_list_items_the_total_the_query_and_the_limit(client: httpx.AsyncClient) -> None:
    for number in range(3):
        await create(client, f"report {number}", description="monthly", tags=["finance"])
    await create(client, "other")
    body = await search(client, " Report ", limit=2)
    assert set(body) == {"workflows", "total", "query", "limit"}
    assert (body["total"], body["query"], body["limit"]) == (3, " Report ", 2)
    assert [workflow["name"] for workflow in body["workflows"]] == ["report 2", "report 1"]
    listed = (await client.get("/workflows")).json()["workflows"]
    assert all(workflow in listed for workflow in body["workflows"])
    assert (await search(client, "report"))["limit"] == 50
    assert await search(client, "absent") == {"workflows": [], "total": 0, "query": "absent", "limit": 50}


async def test_matches_are_ranked_by_name_tag_and_description_and_then_newest_first(client: httpx.AsyncClient) -> None:
    await create(client, "Invoice run")
    await create(client, "INVOICE")
    await create(client, "Monthly invoices")
    await create(client, "by description", description="prints the invoice")
    await create(client, "by tag", tags=["other", "Invoices-2024"])
    await create(client, "Daily invoicing")
    await create(client, "invoice archive")
    assert await names(client, "invoice") == [
        "INVOICE",
        "invoice archive",
        "Invoice run",
        "Monthly invoices",
        "by tag",
        "by description",
    ]
    assert (await names(client, "invoic"))[:4] == ["invoice archive", "INVOICE", "Invoice run", "Daily invoicing"]
    for limit in range(1, 7):
        assert await names(client, "invoice", limit=limit) == (await names(client, "invoice"))[:limit]


async def test_every_word_must_be_found_and_the_worst_place_ranks(client: httpx.AsyncClient) -> None:
    await create(client, "in description", description="export customer data")
    await create(client, "Export", tags=["customer", "data"])
    await create(client, "data export for customer")
    await create(client, "Export customer", description="only two words")
    await create(client, "Export customer data daily")
    await create(client, "Export customer data")
    assert await names(client, "export customer data") == [
        "Export customer data",
        "Export customer data daily",
        "data export for customer",
        "Export",
        "in description",
    ]
    assert await names(client, "dat cust exp") == [
        "Export customer data",
        "Export customer data daily",
        "data export for customer",
        "Export",
        "in description",
    ]
    assert await names(client, "export customer d")
    assert await names(client, "xport") == []


async def test_what_is_written_without_spaces_and_pictures_are_found_by_each_part(client: httpx.AsyncClient) -> None:
    await create(
        client, "請求書 日本語テスト2 👩\u200d👧", tags=["東京都"], description="ภาษาไทย und 한국어 cafe\u0301"
    )
    await create(client, "日 本", tags=["都京"])
    whole = "請求書 日本語テスト2 👩\u200d👧"
    for part in (
        "日本",
        "本語",
        "語テ",
        "テスト",
        "ﾃｽﾄ2",
        "京都",
        "👩\u200d👧",
        "👧",
        "ไทย",
        "국어",
        "CAF\u00c9",
        "求書 👩",
    ):
        assert (part, await names(client, part)) == (part, [whole])
    assert await names(client, "本") == ["日 本", whole]
    assert await names(client, "請") == [whole]
    for absent in ("本日", "語日", "都東", "👧👩", "日語"):
        assert (absent, await names(client, absent)) == (absent, [])


async def test_the_same_moment_is_ordered_by_id(ctx: Context) -> None:
    ids = [(await create_workflow(ctx, CreateWorkflow(name=f"twin {number}"))).id for number in range(5)]
    await ctx.services.database.transaction(
        lambda connection: connection.execute(update(WORKFLOWS).values(created_at=ctx.services.clock.now()))
    )
    result = await search_workflows(ctx, SearchWorkflows(q="twin"))
    assert [workflow.id for workflow in result.workflows] == sorted(ids, reverse=True)


HOSTILE = [
    '"',
    '""',
    '"a" OR "b"',
    "*",
    "a*",
    "^a",
    "NEAR(a b)",
    "a NEAR b",
    "document:a",
    "workflow_id:wf",
    "-a",
    "+a",
    "a AND",
    "OR",
    "NOT a",
    "a -- b",
    "(",
    ")",
    "{a b}:c",
    "a & b",
    "a | b",
    "!a",
    "a <-> b",
    "a:*",
    "a:A",
    "'",
    "''",
    "\\",
    "a\\",
    "%",
    "_",
    "%a%",
    "a_b",
    ";",
    "$1",
    ":terms",
    "?",
    "\t\n",
    "\u2028a",
    "🙂",
    "__",
    "0.a",
    "w",
    "d",
]


async def test_no_character_of_a_query_is_syntax(client: httpx.AsyncClient) -> None:
    await create(client, "alpha", description="beta")
    found = {q: (await names(client, q)) if q.strip() else [] for q in HOSTILE}
    matches = {q for q, hits in found.items() if hits}
    assert matches == {q for q in HOSTILE if words(q) and all(word in ("a", "b") for word in words(q))}
    assert {"a*", "^a", "-a", "!a", "%a%", "a_b", "a & b", "a | b", "\u2028a"} <= matches
    assert not matches & {"*", "%", "_", "OR", "document:a", "NEAR(a b)", '"a" OR "b"', "0.a", "w", "d", "__"}


async def test_words_of_every_script_are_found_in_any_case_alike(client: httpx.AsyncClient) -> None:
    await create(client, "Größenprüfung", tags=["ΑΘΉΝΑ"], description="文档 分析 हिन्दी café")
    for q in ("GRÖSSEN", "größenprüfung", "αθή", "文", "档", "分析", "हिन्दी", "CAFÉ", "cafe\u0301", "ｃａｆé"):
        assert await names(client, q) == ["Größenprüfung"], q
    for q in ("grossen", "cafe", "析分", "prüfung"):
        assert await names(client, q) == [], q


async def test_a_long_query_and_a_long_workflow_are_searched_whole(client: httpx.AsyncClient) -> None:
    name = " ".join(f"w{number}" for number in range(52))[:200].strip()
    many = " ".join(f"d{number}" for number in range(700))
    await create(client, name, description=many, tags=[f"tag{number:02} " + "y" * 50 for number in range(50)])
    await create(client, "long word", description="x" * 4_000)
    await create(client, "wide", description="漢" * 4_000)
    assert await names(client, name) == [name]
    assert await names(client, "d699 tag49 w9") == [name]
    assert await names(client, " ".join(f"d{number}" for number in range(40))) == [name]
    assert await names(client, "x" * 200) == ["long word"]
    assert await names(client, "漢" * 200) == ["wide"]


async def test_a_changed_workflow_is_found_by_what_it_says_now(client: httpx.AsyncClient) -> None:
    path = f"/workflows/{(await create(client, 'before', tags=['old'], description='stale'))['workflow_id']}"
    await client.put(path, json={"name": "after", "tags": ["new"], "description": None})
    assert [await names(client, q) for q in ("before", "old", "stale")] == [[], [], []]
    assert [await names(client, q) for q in ("after", "new")] == [["after"], ["after"]]
    await client.put(path, json={"timeout_seconds": 9})
    assert await names(client, "after") == ["after"]
    refused = await client.put(path, json={"name": "ghost", "expected_version": "9.9"})
    assert refused.status_code == 409
    assert await names(client, "ghost") == []


async def test_a_deleted_workflow_never_appears(client: httpx.AsyncClient) -> None:
    created = await create(client, "short-lived", tags=["gone"], description="soon")
    await client.delete(f"/workflows/{created['workflow_id']}")
    assert [(await search(client, q))["total"] for q in ("short", "gone", "soon")] == [0, 0, 0]
    again = await create(client, "short-lived")
    assert [item["workflow_id"] for item in (await search(client, "short-lived"))["workflows"]] == [
        again["workflow_id"]
    ]


async def test_a_refused_workflow_leaves_nothing_in_the_index(client: httpx.AsyncClient) -> None:
    await create(client, "taken", description="first")
    refused = await client.post("/workflows", json={"name": "taken", "description": "second"})
    assert refused.status_code == 409
    assert (await search(client, "taken"))["total"] == 1
    assert (await search(client, "second"))["total"] == 0


async def test_a_tenant_finds_its_own_workflows_alone(client: httpx.AsyncClient) -> None:
    await create(client, "shared word", tags=["default"])
    other = token("eve", "acme", "editor")
    created = await client.post("/workflows", json={"name": "shared word of acme"}, headers=other)
    assert created.status_code == 201
    assert await names(client, "shared") == ["shared word"]
    theirs = await client.get("/workflows/search", params={"q": "shared"}, headers=other)
    assert [item["name"] for item in theirs.json()["workflows"]] == ["shared word of acme"]
    assert theirs.json()["total"] == 1
    viewer = token("eve", "acm", "viewer")
    assert (await client.get("/workflows/search", params={"q": "shared"}, headers=viewer)).json()["total"] == 0


async def test_a_bad_query_is_refused_where_it_is_wrong(server: str, client: httpx.AsyncClient) -> None:
    cases: list[tuple[Json, list[str], str]] = [
        ({}, ["query", "q"], "value_error.missing"),
        ({"q": ""}, ["query", "q"], "value_error"),
        ({"q": " \t "}, ["query", "q"], "value_error"),
        ({"q": "a" * 201}, ["query", "q"], "value_error.any_str.max_length"),
        ({"q": "a\x00"}, ["query", "q"], "value_error.unicode"),
        ({"q": "a", "limit": 0}, ["query", "limit"], "value_error.number.not_ge"),
        ({"q": "a", "limit": 101}, ["query", "limit"], "value_error.number.not_le"),
        ({"q": "a", "limit": "many"}, ["query", "limit"], "type_error.integer"),
    ]
    for query, loc, kind in cases:
        refused = await client.get("/workflows/search", params=query)
        found = faults(refused)
        if query != {"q": ""}:  # a framework may drop an empty parameter, so it is then missing
            assert found == [(loc, kind)], query
        assert found[0][0] == loc
    assert faults(await client.get("/workflows/search?limit=0"))[0][0] == ["query", "q"]
    async with httpx.AsyncClient(base_url=server) as anonymous:
        assert_envelope(await anonymous.get("/workflows/search"), 401, "UNAUTHENTICATED")
        assert_envelope(await anonymous.get("/workflows/search?q=%25"), 401, "UNAUTHENTICATED")


async def test_graphql_names_a_bad_argument_as_its_schema_does(client: httpx.AsyncClient) -> None:
    for variables, loc in (({"q": " "}, ["query"]), ({"q": "a", "limit": 0}, ["limit"])):
        body = (await client.post("/graphql", json={"query": SEARCH_QUERY, "variables": variables})).json()
        (error,) = body["errors"]
        assert error["extensions"]["code"] == "VALIDATION_ERROR"
        assert [fault["loc"] for fault in error["extensions"]["faults"]] == [loc]
    await create(client, "one", {"action_id": "n", "action_type": "notification", "config": {"message": "m"}})
    found = (await graphql(client, SEARCH_QUERY, q="one", limit=None))["searchWorkflows"]
    assert found["nodes"][0]["actions"] == [{"actionId": "n"}]


# --- the index itself ----------------------------------------------------------------------------


async def test_ranks_are_exact_however_many_newer_workflows_match_less_well(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.database.search_index.RECENT", 5)
    monkeypatch.setattr(workflow_search, "MAX_COUNTED", 20)
    first = ["Needle", "Needle work", "a needle"]
    for name in first:
        await create_workflow(ctx, CreateWorkflow(name=name))
    await create_workflow(ctx, CreateWorkflow(name="tagged", tags=["needle"]))
    for number in range(30):
        await create_workflow(ctx, CreateWorkflow(name=f"hay {number}", description="needle"))
    expected = [*first, "tagged", *(f"hay {number}" for number in reversed(range(30)))]
    for limit in (1, 2, 3, 4, 5, 9, 34, 50):
        assert await found(ctx, "needle", limit) == expected[:limit]
    assert (await search_workflows(ctx, SearchWorkflows(q="needle"))).total == 20


async def test_random_workflows_are_found_as_the_rule_says(ctx: Context) -> None:
    vocabulary = ["ab", "abc", "b", "bc", "Ab", "c-d", "é"]
    saved = []
    for number in range(40):
        pick = [vocabulary[(number * step) % 7] for step in (1, 2, 3, 5)]
        command = CreateWorkflow(
            name=f"{pick[0]} {pick[1]} {number}", tags=[pick[2]], description=f"{pick[3]} text" if number % 3 else None
        )
        saved.append(await create_workflow(ctx, command))
    for q in ("ab", "a", "abc b", "b ab", "c d", "d", "É", "te", "ab abc 1", "b bc 1"):
        expected = sorted(
            ((rank, -number) for number, workflow in enumerate(saved) if (rank := _rank(workflow, q)) is not None)
        )
        assert await found(ctx, q, 100) == [saved[-number].name for _, number in expected], q


def _rank(workflow: Any, q: str) -> int | None:
    """The rule in plain words, without any index."""
    query, name = words(q), words(workflow.name)
    tags = [word for tag in workflow.tags for word in words(tag)]
    described = words(workflow.description or "")

    def all_in(places: list[str]) -> bool:
        return all(any(word.startswith(asked) for word in places) for asked in query)

    if name == query:
        return 0
    if " ".join(name).startswith(" ".join(query)):
        return 1
    return next(
        (2 + rank for rank, places in enumerate((name, name + tags, name + tags + described)) if all_in(places)), None
    )


async def test_a_viewer_of_another_tenant_searches_with_the_words_of_this_one(services: Services) -> None:
    ours = Context(Viewer("ada", "a", Role.EDITOR), services)
    theirs = Context(Viewer("eve", "b", Role.VIEWER), services)
    await create_workflow(ours, CreateWorkflow(name="secret"))
    assert await found(ours, "secret") == ["secret"]
    assert await found(theirs, "secret") == []
