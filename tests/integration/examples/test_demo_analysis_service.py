"""The analysis service of the demo, over HTTP."""

from pathlib import Path

import httpx
import pytest

from app.demo.analysis_service import MAX_CHARACTERS, create_analysis_service
from tests.support.edges.demo_calls import DOCUMENTS, post


async def analyze(content: str, level: str, documents: Path | None = DOCUMENTS) -> httpx.Response:
    return await post(create_analysis_service(documents), "/analyze", json={"content": content, "type": level})


# --- analysis service ----------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_analyze_answers_each_level() -> None:
    content = (DOCUMENTS / "incident-report.md").read_text(encoding="utf-8")
    basic, comprehensive, detailed = [
        (await analyze(content, level)).json() for level in ("basic", "comprehensive", "detailed")
    ]
    assert basic["sizes"] == {"characters": 3272, "words": 483, "sentences": 27, "paragraphs": 8, "lines": 60}
    assert basic["quality_score"] == 0.436
    assert basic["issue_counts"] == {"total": 8, "error": 2, "warning": 6, "info": 0}
    assert basic["issues"][-2] == {
        "kind": "dead_link",
        "line": 53,
        "message": "Link target “appendix/telemetry.md” does not exist among the documents",
        "severity": "error",
    }
    assert comprehensive["readability"]["level"] == "plain English"
    assert comprehensive["vocabulary"]["top_words"][0] == {"word": "ariane", "count": 6}
    assert detailed == comprehensive | {
        "type": "detailed",
        "sections": detailed["sections"],
        "longest_sentences": detailed["longest_sentences"],
    }
    assert detailed["longest_sentences"][0]["words"] == 82


@pytest.mark.asyncio
async def test_links_are_judged_against_the_folder_and_never_beyond_it(folder: Path) -> None:
    content = (
        "See [a](part/my%20file.md), [b](part/), [c](alias.md), [d](gone.md), [e](../secret.txt), "
        "[f](escape/secret.txt), [g](loop), [h](a%00b) and [i](" + "n" * 5000 + ")."
    )
    issues = (await analyze(content, "basic", folder)).json()["issues"]
    assert [issue["message"].split("”")[0] for issue in issues[:4]] == [
        "Link target “../secret.txt",
        "Link target “a%00b",
        "Link target “escape/secret.txt",
        "Link target “gone.md",
    ]
    assert [issue["kind"] for issue in issues] == ["dead_link"] * 6
    assert (await analyze(content, "basic", None)).json()["issues"] == []


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"content": "x", "type": "thorough"}, "type: Invalid enum value 'thorough'"),
        ({"content": "x"}, "body: Object missing required field `type`"),
        ({"type": "basic"}, "missing required field `content`"),
        ({"content": None, "type": "basic"}, "content: Expected `str`, got `null`"),
        ("text", "Expected `object`, got `str`"),
    ],
)
async def test_analyze_explains_a_bad_body(body: object, message: str) -> None:
    answer = await post(create_analysis_service(None), "/analyze", json=body)
    assert answer.status_code == 422
    assert message in answer.json()["detail"]


@pytest.mark.asyncio
@pytest.mark.parametrize("content", ["", "\x00\x01\x02", "漢" * 1000, "<div>" * 50_000, "\n" * 1000])
async def test_analyze_takes_any_text(content: str) -> None:
    answer = await analyze(content, "detailed")
    assert answer.status_code == 200
    assert 0 <= answer.json()["quality_score"] <= 1


@pytest.mark.asyncio
async def test_analyze_takes_a_full_text_in_its_widest_spelling_and_no_longer_one() -> None:
    app = create_analysis_service(None)
    for length, status in ((MAX_CHARACTERS, 200), (MAX_CHARACTERS + 1, 413)):
        body = b'{"type":"basic","content":"' + b"\\u0001" * length + b'"}'
        assert (await post(app, "/analyze", content=body)).status_code == status
