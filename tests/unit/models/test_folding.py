"""Searches fold texts alike, whatever their case, their composition and their invisible characters are."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.folding import folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Straße", "STRASSE"),
        ("café", "CAFE\u0301"),
        ("ΛΌΓΟΣ", "λόγος"),
        ("ＦＵＬＬ ﬁt", "full fit"),
        ("ｶﾞ", "ガ"),
        ("👩\u200d👧 ❤\ufe0f", "👩👧 ❤"),
        ("re\u00adread", "reread"),
    ],
)
def test_texts_that_people_read_alike_are_folded_alike(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@given(st.text())
def test_composition_does_not_matter_and_what_is_folded_stays_so(text: str) -> None:
    whole = folded(text)
    assert folded(unicodedata.normalize("NFC", text)) == folded(unicodedata.normalize("NFD", text)) == whole
    assert folded(whole) == whole
