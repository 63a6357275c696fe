"""The terms of the search index: how text becomes words, and which terms a query looks up."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.search_terms import MAX_WORD, conditions, document, words

TEXT = st.text(max_size=60)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Document Analysis", ["document", "analysis"]),
        ("foo-bar_baz.qux/v2", ["foo", "bar", "baz", "qux", "v2"]),
        ("STRASSE straße", ["strasse", "strasse"]),
        ("ＦＵＬＬ ﬁt", ["full", "fit"]),
        ("caf\u00e9 cafe\u0301", ["caf_e9_", "caf_e9_"]),
        ("हिन्दी", ["_939__93f__928__94d__926__940_"]),
        ("\" * ^ NEAR(a) c:d -e +f (g) & | ! < > \\ % _ '", ["near", "a", "c", "d", "e", "f", "g"]),
        ("100% 3.14", ["100", "3", "14"]),
        (" \t\n ", []),
        ("日本語テスト2 ภาษาไทย", [".65e5..672c..8a9e..30c6..30b9..30c8.", "2", ".e20..e32..e29..e32..e44..e17..e22."]),
        ("한국어 a한b", [".d55c..ad6d..c5b4.", "a", ".d55c.", "b"]),
        ("hi👩\u200d👧!❤\ufe0f", ["hi", ".1f469..1f467.", ".2764."]),
        ("cat\u00adnap", ["catnap"]),
        ("", []),
    ],
)
def test_words_are_case_folded_runs_of_letters_digits_and_their_marks(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(TEXT)
def test_a_word_is_ascii_that_means_nothing_to_either_query_language(text: str) -> None:
    assert all(re.fullmatch("[a-z0-9_.]+", word) for word in words(text))


@given(st.text(alphabet="aBßÄéΣςДж 1-"))
def test_the_case_of_a_text_does_not_matter(text: str) -> None:
    assert words(text.upper()) == words(text) == words(text.lower())


@given(st.text(alphabet="abÄñдé", min_size=1, max_size=12), st.integers(min_value=1))
def test_the_beginning_of_a_word_is_spelled_as_the_beginning_of_its_spelling(word: str, length: int) -> None:
    (beginning,) = words(word[: length % len(word) + 1])
    (whole,) = words(word)
    assert whole.startswith(beginning)


@given(st.text(alphabet="abÄñдж", min_size=1), st.text(alphabet="abÄñдж", min_size=1))
def test_words_that_do_not_begin_alike_are_not_spelled_alike(left: str, right: str) -> None:
    assert words(right)[0].startswith(words(left)[0]) is right.casefold().startswith(left.casefold())


@given(st.text(alphabet="日本語👩👧", min_size=1, max_size=4), st.text(alphabet="日本語👩👧", min_size=1, max_size=9))
def test_each_part_of_what_has_no_spaces_is_found_and_what_has_no_such_pairs_is_not(part: str, whole: str) -> None:
    indexed = document("default", "", [], whole).split(" ")
    *_, anywhere = conditions("default", words(part))
    is_found = all(any(term.startswith(sought.text) for term in indexed for sought in group) for group in anywhere)
    assert is_found is all(pair in whole for pair in [part, *map("".join, pairwise(part))][len(part) > 1 :])


def test_a_word_that_no_index_would_take_is_cut() -> None:
    terms = document("default", "x" * 5_000, [], "x" * 5_000 + " " + "語" * 4_000).split(" ")
    assert terms[1:] == [
        f"0.{'x' * MAX_WORD}",
        "1.",
        f"w{'x' * MAX_WORD}",
        f"d{'x' * MAX_WORD}",
        "d.8a9e..8a9e.",
        "d.8a9e.",
    ]


def test_a_workflow_is_indexed_by_place_in_its_name_by_tags_and_by_description() -> None:
    tenant, *terms = document("default", "Ab Cd", ["ef", "ab gh"], "ij ij").split(" ")
    assert tenant.startswith("__")
    assert terms == ["0.ab", "1.cd", "2.", "wab", "wcd", "tef", "tab", "tgh", "dij"]
    assert document("other", "Ab Cd", [], None).split(" ")[0] != tenant
    assert document("default", "%", [], None).split(" ")[1:] == ["0."]


def test_a_query_asks_for_the_name_its_beginning_its_words_the_tags_and_then_the_rest() -> None:
    asked = [
        [[f"{term.text}*" if term.is_prefix else term.text for term in group] for group in condition[1:]]
        for condition in conditions("default", ["ab", "cd"])
    ]
    assert asked == [
        [["0.ab"], ["1.cd"], ["2."]],
        [["0.ab"], ["1.cd*"]],
        [["wab*"], ["wcd*"]],
        [["wab*", "tab*"], ["wcd*", "tcd*"]],
        [["wab*", "tab*", "dab*"], ["wcd*", "tcd*", "dcd*"]],
    ]


def test_every_rank_asks_for_the_tenant_first() -> None:
    own = document("acme", "", [], None).split(" ")[0]
    assert [condition[0][0].text for condition in conditions("acme", ["a"])] == [own] * 5
