"""The page of an approval in a real browser on a telephone in the dark, under the real content security policy."""

from pathlib import Path

import httpx
import pytest

from tests.support.browser import browser_page
from tests.support.calls import create, ended, graphql, start
from tests.support.credentials.approval_link_calls import MAKE
from tests.support.edges.approvals import ask, waits
from tests.support.processes import Processes

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(180)]

WIDTH = 360
FORM = [
    {"name": "risk", "type": "string", "required": True, "allowed_values": ["low", "high"]},
    {"name": "reason", "type": "string", "description": "In a few words " + "long" * 60},
]
MESSAGE = "Release registry.example/shop-with-a-long-name:4f2a91c?\n  - two\n" + "w" * 300
BACKGROUND = "getComputedStyle(document.body).backgroundColor"
PRESS_ENTER = """
(() => { const field = document.querySelector("input[type=text]"); field.focus(); field.value = "kept"; })()
"""


async def test_a_person_decides_on_a_telephone_in_the_dark(processes: Processes, tmp_path: Path) -> None:
    service = processes.orchestrator()
    async with (
        httpx.AsyncClient(base_url=service.url, headers={"X-User-ID": "grace"}, timeout=30) as client,
        browser_page(tmp_path / "profile") as page,
    ):
        workflow = await create(client, "Release", ask("ask", MESSAGE, approvers=["grace", "bob"], form=FORM))
        execution_id = await start(client, workflow["workflow_id"])
        await waits(client, execution_id)
        made = await graphql(client, MAKE, input={"executionId": execution_id, "actionId": "ask"})

        await page.command(
            "Emulation.setDeviceMetricsOverride", width=WIDTH, height=740, deviceScaleFactor=1, mobile=True
        )
        for scheme, background in (("light", "rgb(245, 245, 247)"), ("dark", "rgb(9, 9, 11)")):
            features = [{"name": "prefers-color-scheme", "value": scheme}]
            await page.command("Emulation.setEmulatedMedia", features=features)
            await page.open(made["done"]["url"])
            assert await page.evaluate(BACKGROUND) == background
        assert await page.evaluate("document.documentElement.scrollWidth") == WIDTH
        assert await page.evaluate("document.querySelectorAll(':checked:not(option)').length") == 0

        # Neither Enter in a field nor an approval without what is required decides anything.
        await page.evaluate(PRESS_ENTER)
        for kind in ("keyDown", "keyUp"):
            await page.command("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", text="\r")
        await page.click("button.approve")
        assert await page.evaluate("document.querySelector('fieldset input:invalid') !== null")
        assert await page.evaluate("document.querySelector('form') !== null")
        assert (await client.get(f"/workflows/executions/{execution_id}")).json()["status"] == "running"

        await page.click("fieldset label", "low")
        await page.follow("button.approve")
        assert await page.evaluate("document.querySelector('h1').innerText") == "You have approved it"
        assert await page.evaluate("window.violations") == []
        response = (await ended(client, execution_id))["result"]["ask"]["response"]
        assert response["form"] == {"risk": "low", "reason": "kept"}
