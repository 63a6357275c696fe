"""The demo's pure text analysis: exact answers for small texts, and safety on any text."""

from pathlib import Path

import pytest

from app.demo.analysis import DETAIL_LEVELS, build_report
from app.demo.analysis.document import Block, BlockKind
from app.demo.analysis.finding import Issue, Severity
from app.demo.analysis.issues import find_issues
from app.demo.analysis.parsing import parse_document
from app.demo.analysis.quality import quality_score
from app.demo.analysis.readability import count_syllables, measure_readability
from app.demo.analysis.sentences import sentences_of, split_sentences
from app.demo.analysis.structure_issues import relative_path
from app.demo.analysis.vocabulary import describe_vocabulary
from app.demo.confined_folder import ConfinedFolder
from tests.support.core.demo_texts import kinds_and_texts

DOCUMENTS = Path(__file__).parents[3] / "examples" / "documents"


def issues_of(text: str, existing: frozenset[str] = frozenset()) -> list[tuple[str, int]]:
    document = parse_document(text)
    issues = find_issues(document, sentences_of(document.blocks), existing.__contains__)
    return [(issue.kind, issue.line) for issue in issues]


# --- parsing -------------------------------------------------------------------------------------


def test_markdown_blocks_links_and_lines() -> None:
    document = parse_document(
        "---\nauthor: Ada\n---\n"
        "# A **bold** title #\n"
        "\n"
        "See [the\nguide](guide.md#top \"Guide\") and ![A map](map.svg) of `a[0](x)`.\n"
        "Visit https://example.org/a_b.\n"
        "\n"
        "1. first\n"
        "   wrapped\n"
        "2. second\n"
        "\n"
        "> quoted\n"
        "\n"
        "| a | b |\n"
        "| - | - |\n"
        "\n"
        "Under\n"
        "-----\n"
        "~~~python\n# no heading\n~~~\n"
        "<!-- hidden -->\n"
        "[ref]: other.md\n"
    )  # fmt: skip
    assert (document.format, document.title, document.lines) == ("markdown", "A bold title", 25)
    assert kinds_and_texts(document) == [
        ("heading", "A bold title"),
        ("paragraph", "See the guide and A map of a[0](x). Visit —."),
        ("list_item", "first wrapped"),
        ("list_item", "second"),
        ("quote", "quoted"),
        ("table", "a b - -"),
        ("heading", "Under"),
        ("code", ""),
        ("comment", "<!-- hidden -->"),
    ]
    assert [(link.target, link.text, link.line) for link in document.links] == [
        ("guide.md#top", "the guide", 6),
        ("https://example.org/a_b", "https://example.org/a_b", 8),
        ("other.md", "ref", 25),
    ]
    assert [(image.target, image.alt, image.line) for image in document.images] == [("map.svg", "A map", 7)]
    assert [(code.language, code.line, code.lines, code.closed) for code in document.code_blocks] == [
        ("python", 21, 1, True)
    ]
    assert document.lists == 1


def test_html_blocks_links_and_lines() -> None:
    document = parse_document(
        "<!-- licence -->\n<!DOCTYPE html>\n<html><head><title>A &amp; B</title>\n"
        "<style>p { color: red }</style><script>if (a<b) { x('</p>') }</script></head>\n"
        "<body><h1>Hello</h1>\n"
        "<p>One <em\n>two</em> <a href='x.html'>three\nfour</a>.\n"
        "<ul><li>item<li>next</ul>\n"
        "<img src=a.png><img src=b.png alt=''>\n"
        "<pre>code\ncode</pre>1 < 2 &#233;\n"
    )
    assert (document.format, document.title) == ("html", "A & B")
    assert kinds_and_texts(document) == [
        ("comment", "licence"),
        ("heading", "Hello"),
        ("paragraph", "One two three four."),
        ("list_item", "item"),
        ("list_item", "next"),
        ("media", ""),
        ("media", ""),
        ("code", ""),
        ("paragraph", "1 < 2 é"),
    ]
    assert [block.line for block in document.blocks] == [1, 5, 6, 9, 9, 10, 10, 11, 12]
    assert [(link.target, link.text, link.line) for link in document.links] == [("x.html", "three four", 7)]
    assert [image.alt for image in document.images] == [None, ""]
    assert [(code.line, code.lines, code.closed) for code in document.code_blocks] == [(11, 2, True)]
    assert document.lists == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "plain"),
        ("Just words.\nSee https://example.org.\n\n- one\n- two\n", "plain"),
        ("Title\n=====\n", "markdown"),
        ("[a](b)", "markdown"),
        ("<p align=center>logo</p>\n\n# Readme\n", "markdown"),
        ("\ufeff  <!doctype HTML>x", "html"),
        ("<?xml version='1.0'?><html/>", "html"),
    ],
)
def test_format_is_told_from_the_text(text: str, expected: str) -> None:
    assert parse_document(text).format == expected


def test_line_ends_of_every_system_count_alike() -> None:
    reports = [build_report(text) for text in ("a b.\n\nc d.\n", "a b.\r\n\r\nc d.\r\n", "a b.\r\rc d.\r")]
    sizes = [report["sizes"] for report in reports]
    assert all(isinstance(size, dict) and (size["lines"], size["paragraphs"]) == (3, 2) for size in sizes)


# --- sentences, readability, vocabulary ----------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Dr. J. L. Lions wrote it. He did.", ["Dr. J. L. Lions wrote it.", "He did."]),
        ("Use pears, plums etc. for this. Or buy etc. Then stop.",
         ["Use pears, plums etc. for this.", "Or buy etc.", "Then stop."]),
        ("See e.g. Python 3.11 at a.b.c. Fine...", ["See e.g. Python 3.11 at a.b.c.", "Fine..."]),
        ("He said “Go.” She went.", ["He said “Go.”", "She went."]),
        ("一。二！三", ["一。", "二！", "三"]),
        ("... !!! —", []),
    ],
)  # fmt: skip
def test_sentences(text: str, expected: list[str]) -> None:
    sentences = list(split_sentences(Block(BlockKind.PARAGRAPH, text, 1)))
    assert [sentence.text for sentence in sentences] == expected


def test_sentences_know_their_line() -> None:
    sentences = split_sentences(Block(BlockKind.PARAGRAPH, "One\ntwo. Three.\nFour.", 10))
    assert [sentence.line for sentence in sentences] == [10, 11, 12]


@pytest.mark.parametrize(
    ("word", "syllables"),
    [
        ("code", 1), ("table", 2), ("tables", 2), ("makes", 1), ("boxes", 2), ("moved", 1), ("tested", 2),
        ("the", 1), ("rhythm", 1), ("beautiful", 3), ("analysis", 4), ("café", 2), ("it's", 1), ("x", 1),
        ("漢字", 1),
    ],
)  # fmt: skip
def test_syllables(word: str, syllables: int) -> None:
    assert count_syllables(word) == syllables


def test_readability_follows_the_flesch_formulas() -> None:
    # 6 words, 2 sentences, 7 syllables; the number is left out.
    blocks = [Block(BlockKind.PARAGRAPH, "The cat sat. Tables move 7 things.", 1)]
    measured = measure_readability(sentences_of(blocks))
    assert measured is not None
    assert measured.words_per_sentence == 3.0
    assert measured.syllables_per_word == pytest.approx(7 / 6)
    assert measured.reading_ease == pytest.approx(206.835 - 1.015 * 3 - 84.6 * 7 / 6)
    assert measured.grade == pytest.approx(0.39 * 3 + 11.8 * 7 / 6 - 15.59)
    assert measured.level == "very easy"
    assert measure_readability([]) is None
    assert measure_readability(sentences_of([Block(BlockKind.PARAGRAPH, "1 2 3.", 1)])) is None


def test_vocabulary() -> None:
    text = "The wind and the Wind don't blow a windmill blows well-known blow 42"
    assert describe_vocabulary(text.split()) == {
        "unique_words": 10,
        "type_token_ratio": 0.769,
        "top_words": [
            {"word": "blow", "count": 2},
            {"word": "wind", "count": 2},
            {"word": "blows", "count": 1},
            {"word": "well-known", "count": 1},
            {"word": "windmill", "count": 1},
        ],
        "longest_words": ["windmill", "blows", "blow", "wind", "and"],
    }
    assert describe_vocabulary([])["type_token_ratio"] == 0.0


# --- issues --------------------------------------------------------------------------------------

CLEAN = "# Title\n\nThis is fine.\n\n## Part\n\nSo is this.\n"


def test_a_clean_text_has_no_issue() -> None:
    assert issues_of(CLEAN) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [("no_prose", 1)]),
        ("# Only\n", [("empty_section", 1), ("no_prose", 1)]),
        ("# A\n\nText.\n\n### B\n\nText.\n", [("heading_jump", 5)]),
        ("### A\n\nText.\n\n# B\n\nText.\n", []),
        ("# A\n\nText.\n\n# B\n\nText.\n", [("several_titles", 5)]),
        ("# A\n\n## B\n\n## C\n\nText.\n", [("empty_section", 3)]),
        ("# A\n\nText.\n\n## B\n\n<!-- later -->\n", [("empty_section", 5)]),
        ("# A\n\nText.\n\n## B\n\n```\ncode\n```\n", []),
        ("Text.\n\n```python\ncode\n# x\n", [("unclosed_code_block", 3)]),
        ("See ![](pic.png).", [("dead_link", 1), ("image_without_alt", 1)]),
        ("See ![A cat](here.md).", []),
        ("See [a](gone.md),\n[b](here.md#x), [c](#top), [d](/root), [e](mailto:a@b) and [f](?q).",
         [("dead_link", 1)]),
        ("See [a](my%20file.md) and [b](<my file.md>).", []),
        ("Say [the\nthe](here.md) word.", [("repeated_word", 2)]),
        ("He had had it. I know that that is so. In Walla Walla 10 10 is. The the.", [("repeated_word", 1)]),
        ("Not https://a.example/ not, `not` not.", [("repeated_word", 1)]),
        ("Done.\nTODO: more. A todo list.\n", [("leftover_marker", 2)]),
        ("Done.\n\n<!-- a\nFIXME -->\n", [("leftover_marker", 4)]),
        ("Run this.\n\n```\nTODO the the\n```\n", []),
        ("w" + " x y" * 19 + " z.", []),
        ("w" + " x y" * 20 + ".", [("long_sentence", 1)]),
        ("x y. " * 100 + "z.", [("long_paragraph", 1)]),
        ("<html><base href='https://a.example/'><p>See <a href='gone'>it</a>.", []),
        ("<html><p>See <a href='gone'>it</a> <img src='https://a.example/x.png'>.",
         [("dead_link", 1), ("image_without_alt", 1)]),
        ("<html><p>See.<pre>code", [("unclosed_code_block", 1)]),
    ],
)  # fmt: skip
def test_issues_and_their_lines(text: str, expected: list[tuple[str, int]]) -> None:
    assert issues_of(text, frozenset({"here.md", "my file.md"})) == expected


def test_links_are_not_judged_without_a_folder() -> None:
    document = parse_document("See [a](gone.md).")
    assert find_issues(document, sentences_of(document.blocks), None) == []


def test_each_target_is_looked_up_once() -> None:
    asked: list[str] = []

    def exists(path: str) -> bool:
        asked.append(path)
        return False

    build_report("[a](x.md) [b](x.md#y) [c](../z.md) ![d](x.md)", "basic", exists)
    assert asked == ["x.md", "../z.md"]


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("a.md", "a.md"), ("../a.md?x=1#y", "../a.md"), ("a%2Fb", "a/b"), ("", None), ("#a", None),
        ("/a", None), ("//host/a", None), ("https://a", None), ("data:text/plain,x", None),
        ("C:\\a", None), ("\\a", None),
    ],
)  # fmt: skip
def test_relative_paths(target: str, path: str | None) -> None:
    assert relative_path(target) == path


# --- score and report ----------------------------------------------------------------------------


def test_score_follows_its_formula() -> None:
    readability = measure_readability(sentences_of([Block(BlockKind.PARAGRAPH, "The table is able.", 1)]))
    assert readability is not None
    ease = min(1.0, readability.reading_ease / 100)
    issues = [Issue("a", 1, "", Severity.ERROR), Issue("b", 1, "", Severity.WARNING)]
    assert quality_score([], 500, readability) == round(0.7 + 0.3 * ease, 3)
    # 5 points in 500 words are a density of 10.
    assert quality_score(issues, 500, readability) == round(0.7 / 1.5 + 0.3 * ease, 3)
    assert quality_score(issues, 1, readability) == quality_score(issues, 200, readability)
    assert quality_score([], 0, None) == 0.0


def test_each_level_adds_to_the_one_before() -> None:
    basic, comprehensive, detailed = (build_report(CLEAN, level) for level in DETAIL_LEVELS)
    assert basic == {
        "type": "basic",
        "format": "markdown",
        "title": "Title",
        "sizes": {"characters": 45, "words": 8, "sentences": 2, "paragraphs": 2, "lines": 7},
        "reading_time_minutes": 0.0,
        "quality_score": 1.0,
        "issue_counts": {"total": 0, "error": 0, "warning": 0, "info": 0},
        "issues": [],
    }
    assert set(comprehensive) - set(basic) == {"readability", "vocabulary", "structure"}
    assert set(detailed) - set(comprehensive) == {"sections", "longest_sentences"}
    assert comprehensive["structure"] == {
        "headings": {
            "count": 2,
            "items": [
                {"level": 1, "text": "Title", "line": 1},
                {"level": 2, "text": "Part", "line": 5},
            ],
        },
        "links": {"count": 0, "items": []},
        "images": {"count": 0, "items": []},
        "code_blocks": {"count": 0, "items": []},
        "lists": {"count": 0, "items": 0},
    }
    assert detailed["longest_sentences"] == [
        {"line": 3, "words": 3, "text": "This is fine."},
        {"line": 7, "words": 3, "text": "So is this."},
    ]
    sections = detailed["sections"]
    assert isinstance(sections, list)
    assert [(section["heading"], section["words"], section["sentences"]) for section in sections] == [
        ("Title", 3, 1),
        ("Part", 3, 1),
    ]


def test_the_incident_report_has_exactly_its_deliberate_faults() -> None:
    text = (DOCUMENTS / "incident-report.md").read_text(encoding="utf-8")
    document = parse_document(text)
    issues = find_issues(document, sentences_of(document.blocks), ConfinedFolder(DOCUMENTS).contains)
    assert [(issue.kind, issue.line) for issue in issues] == [
        ("dead_link", 7),
        ("image_without_alt", 7),
        ("heading_jump", 9),
        ("repeated_word", 24),
        ("long_sentence", 27),
        ("leftover_marker", 51),
        ("dead_link", 53),
        ("empty_section", 56),
    ]
    assert issues[2].message == "Heading “Timeline” jumps from level 1 to level 3; use level 2"
    assert issues[6].severity is Severity.ERROR


def test_every_example_document_scores_differently_and_the_faulty_one_worst() -> None:
    exists = ConfinedFolder(DOCUMENTS).contains
    reports = {
        path.name: build_report(path.read_text(encoding="utf-8"), "detailed", exists)
        for path in sorted(DOCUMENTS.iterdir())
    }
    scores = {name: report["quality_score"] for name, report in reports.items()}
    assert list(scores) == ["field-guide.html", "incident-report.md", "minutes.txt", "release-notes.md"]
    assert len(set(scores.values())) == len(scores)
    assert scores.pop("incident-report.md") == 0.436
    assert [report["issues"] for name, report in reports.items() if name in scores] == [[], [], []]
    formats = [report["format"] for report in reports.values()]
    assert formats == ["html", "markdown", "plain", "markdown"]
