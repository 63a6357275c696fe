"""A wrong definition of a megabyte is refused, and a doubtful one saved, without much work and in a short answer."""

from collections.abc import Iterable
from typing import Any

import httpx
import pytest

from models.nearest_word import nearest_word

pytestmark = pytest.mark.asyncio

NOTE = {"action_type": "transform", "config": {"output": 1}}


@pytest.mark.parametrize(
    "wrong",
    [
        {"actions": [{**NOTE, "action_id": "a" * 100, "depends_on": ["b"] * 200_000}]},
        {"actions": [{**NOTE, "action_id": "a", **{f"k{number}": 1 for number in range(50_000)}}]},
        {"x" * 100_000: ["\0"] * 50_000},
    ],
    ids=["edges", "names", "places"],
)
async def test_hundreds_of_thousands_of_faults_are_a_short_answer(client: httpx.AsyncClient, wrong: Any) -> None:
    response = await client.post("/workflows", json={"name": "wrong", **wrong})
    assert response.status_code == 422
    assert len(response.content) < 60_000
    *_, last = response.json()["detail"]
    assert (last["loc"], last["type"]) == (["body"], "value_error.more")


async def test_what_was_meant_is_looked_for_as_often_as_it_is_told(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []

    def near(word: str, known: Iterable[str]) -> str | None:
        looks.append(word)
        return nearest_word(word, known)

    monkeypatch.setattr("engine.definition.reference_warnings.nearest_word", near)
    unknown = [f"{{{{number{number}}}}}" for number in range(10_000)]
    actions = [{"action_id": "note", "action_type": "transform", "config": {"output": unknown}}]
    parameters = [{"name": "numbers", "type": "array"}]
    sent = {"name": "doubtful", "actions": actions, "parameters": parameters}
    response = await client.post("/workflows", json=sent)
    body = response.json()
    assert response.status_code == 201
    assert len(looks) == len(body["warnings"]) == 101
    assert "did you mean 'numbers'" in body["warnings"][0]
    assert body["warnings"][-1] == "there are more than these 100 warnings: mend them first"
    assert (body["warning_details"][-1]["code"], body["warning_details"][-1]["path"]) == ("more_warnings", [])
