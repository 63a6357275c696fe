"""The analysis of the demo takes any text, in linear time."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.demo.analysis import build_report
from app.demo.analysis.parsing import parse_document
from tests.support.core.demo_texts import kinds_and_texts

# --- safety --------------------------------------------------------------------------------------

MARKUP = st.text(alphabet="# \n\t`~*_[]()!<>/&;\"'=-.|\\aé1:x漢", max_size=300)
HTML = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<li>", "<h2>", "</h2>", "<pre>", "</pre>", "<a href='x'>", "</a>", "<img>", "<title>",
         "<!--", "-->", "<script>", "</script>", "<svg/>", "<svg>", "text", " ", "\n", "<", "&#99999999999;"]
    )
).map(lambda parts: "<html>" + "".join(parts))  # fmt: skip


@settings(deadline=None)
@given(text=st.text() | st.text(alphabet=st.characters(), max_size=50) | MARKUP | HTML)
def test_any_text_gets_a_score_and_lines_inside_the_text(text: str) -> None:
    report = build_report(text, "detailed", lambda _path: False)
    score, issues = report["quality_score"], report["issues"]
    assert isinstance(score, float)
    assert 0.0 <= score <= 1.0
    assert isinstance(issues, list)
    sizes = report["sizes"]
    assert isinstance(sizes, dict)
    assert all(1 <= issue["line"] <= max(1, sizes["lines"]) for issue in issues)
    assert report == build_report(text, "detailed", lambda _path: False)
    json.dumps(report, allow_nan=False)


@pytest.mark.parametrize(
    "unit",
    ["a", "a ", ".", "\n", "[", "[a](", "![", "`", "# \n", "<a ", "<", "<!--", "</", "&#1", "*", "\\", "\x00",
     "the ", "\u0301", "漢", "x\n\n", "[a](b \"", "<div>", "<img src=x>", "<p a='"],
)  # fmt: skip
@pytest.mark.parametrize("prefix", ["", "<html>"])
def test_hostile_repetition_costs_linear_time_and_a_small_answer(unit: str, prefix: str) -> None:
    size = 100_000
    started = time.perf_counter()
    report = build_report(prefix + unit * (size // len(unit)), "detailed", lambda _path: False)
    # Linear code needs about half a second for the slowest of these; quadratic code needs minutes.
    assert time.perf_counter() - started < 10
    assert len(json.dumps(report)) < 200_000


def test_a_megabyte_of_one_character() -> None:
    report = build_report("a" * 1_000_000)
    assert report["sizes"] == {
        "characters": 1_000_000,
        "words": 1,
        "sentences": 1,
        "paragraphs": 1,
        "lines": 1,
    }


def test_a_decimal_reference_beyond_the_integer_limit_is_replaced() -> None:
    assert kinds_and_texts(parse_document("<html>" + "&#" + "1" * 5000 + ";")) == [("paragraph", "\ufffd")]
