"""Attacks by GraphQL documents: what costs too much (S1), what tells of the schema (S2), what a page sends (S13)."""

import itertools
import time
from typing import Any

from models.error_codes import ErrorCode
from schema.transport.transport import OperationType
from tests.attacks.target import EDITOR, Target, attack, patched, set_to
from tests.support.edges.hostile_documents import against_the_schema, over_the_limits

LIMITS_ON_THE_FORM = ("depth", "aliases", "directives", "repeats", "fragments within fragments")
HTML = {"Accept": "text/html"}
INTROSPECTION = "{ __schema { queryType { name } types { name fields { name } } } }"
SIGNED_OUT = [ErrorCode.UNAUTHENTICATED.value]


_unread = itertools.count(1)


def unread(query: str) -> str:
    """The same operation as a text that no server has read before, and so remembers nothing of."""
    return query + " " * next(_unread)


def codes(answer: dict[str, Any]) -> list[str]:
    return [error["extensions"]["code"] for error in answer.get("errors", ())]


@attack("S1", patched("schema.transport.reading.form_errors", lambda _document: []))
async def operations_of_a_costly_form(target: Target) -> None:
    for name, (query, code) in over_the_limits().items():
        if name in LIMITS_ON_THE_FORM:
            assert (name, codes(await target.graphql(unread(query), EDITOR))) == (name, [code])


@attack("S1", patched("schema.transport.reading.MAX_CHARACTERS", 10**9))
async def a_text_that_never_ends(target: Target) -> None:
    query, code = over_the_limits()["characters"]
    assert codes(await target.graphql(unread(query), EDITOR)) == [code]


@attack("S1", set_to(graphql_max_cost=10**12))
async def lists_within_lists(target: Target) -> None:
    query, code = over_the_limits()["cost"]
    assert codes(await target.graphql(unread(query), EDITOR)) == [code]


@attack("S1", patched("schema.transport.reading.MAX_ERRORS", 10_000))
async def documents_that_are_slow_to_refuse(target: Target) -> None:
    await target.graphql("{ __typename }", EDITOR)
    for name, query in {**{name: case[0] for name, case in over_the_limits().items()}, **against_the_schema()}.items():
        took = []
        for _ in range(3):  # the best of three
            began = time.thread_time()  # client and server share a thread, and nobody else's work counts
            answer = await target.graphql(unread(query), EDITOR)
            took.append(time.thread_time() - began)
            assert (name, bool(codes(answer)) or "subscription" in name) == (name, True)
        assert (name, min(took) < 0.05) == (name, True), took


@attack("S2", patched("schema.transport.guard.is_hidden_from", lambda _context, _options: False))
async def a_stranger_asks_for_the_schema(target: Target) -> None:
    for query in (INTROSPECTION, '{ __type(name: "Query") { name } }', "{ worklows { id } }", "{ health { statu } }"):
        answer = await target.graphql(query)
        assert codes(answer) == SIGNED_OUT
        assert "did you mean" not in str(answer).lower()


@attack("S2", patched("app.api_routes.signed_in", lambda _request: _anybody()))
async def a_stranger_opens_graphiql(target: Target) -> None:
    answer = await target.client.get("/graphql", headers=HTML)
    assert answer.status_code == 401
    assert "<script" not in answer.text


async def _anybody() -> bool:
    return True


@attack("S13", patched("schema.transport.transport.GraphQLOverHttp._kind", lambda *_: OperationType.QUERY))
async def a_link_that_changes_something(target: Target) -> None:
    query = 'mutation { createWorkflow(input: { name: "by a link" }) { workflow { id } } }'
    await target.client.get("/graphql", params={"query": query}, headers=EDITOR)
    assert (await target.client.get("/workflows", headers=EDITOR)).json()["workflows"] == []


@attack("S13", patched("schema.transport.request.JSON_TYPE", "text/plain"))
async def a_form_of_another_site(target: Target) -> None:
    body = '{"query": "mutation { createWorkflow(input: { name: \\"by a form\\" }) { workflow { id } } }"}'
    headers = {**EDITOR, "Content-Type": "text/plain"}
    answer = await target.client.post("/graphql", content=body, headers=headers)
    assert answer.status_code == 415
    assert "set-cookie" not in answer.headers
