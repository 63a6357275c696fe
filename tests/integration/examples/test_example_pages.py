"""The example workflows that go through pages, run against the systems that have them."""

import httpx
import pytest

from examples.workflows.services import Services
from examples.workflows.systems import Systems
from tests.support.calls import run
from tests.support.documents.example_calls import save

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("outside")]


async def test_customers_are_imported_page_after_page(
    client: httpx.AsyncClient, outside: Services, systems: Systems
) -> None:
    outside.fail("importer POST /pages", 429, times=1)
    execution = await run(client, await save(client, "customer_import"))
    assert execution["outputs"] == {"customers": 87}
    assert execution["result"]["tell"]["response"]["message"] == "87 customers were imported."
    assert systems.sent("importer POST /pages") == [
        {"cursor": "", "imported_so_far": 0},
        {"cursor": "", "imported_so_far": 0},
        {"cursor": "c2", "imported_so_far": 40},
        {"cursor": "c3", "imported_so_far": 80},
    ]


async def test_an_import_that_is_refused_ends(client: httpx.AsyncClient, outside: Services, systems: Systems) -> None:
    outside.fail("importer POST /pages", 403)
    execution = await run(client, await save(client, "customer_import"))
    assert (execution["status"], execution["error"]["code"], len(systems.calls)) == ("failed", "HTTP_ERROR", 1)


async def test_all_pages_are_read_and_kept(client: httpx.AsyncClient, outside: Services, systems: Systems) -> None:
    outside.fail("directory GET /people", 429, times=1)
    execution = await run(client, await save(client, "all_pages"))
    assert execution["outputs"] == {"pages": [["Ada", "Bob"], ["Cleo", "Dan"], ["Eve"]]}
    asked = [dict(sent) for sent in systems.sent("directory GET /people")]
    assert asked == [{"size": "2"}, {"size": "2"}, {"size": "2", "cursor": "p2"}, {"size": "2", "cursor": "p3"}]


async def test_what_is_no_page_ends_it(client: httpx.AsyncClient, outside: Services, systems: Systems) -> None:
    outside.fail("directory GET /people", 200)
    execution = await run(client, await save(client, "all_pages"))
    assert (execution["status"], execution["error"]["code"], len(systems.calls)) == ("failed", "UNSUCCESSFUL", 1)
