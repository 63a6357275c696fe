"""What is meant by a word is found among many, however alike they are."""

from difflib import SequenceMatcher

import pytest

from models import nearest_word as module
from models.nearest_word import LONGEST, MOST_COMPARED, nearest_word

FIELDS = ["action_id", "action_type", "config", "depends_on", "on_error", "retry", "run_if", "timeout_seconds"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("acton_type", "action_type"),
        ("depend_on", "depends_on"),
        ("retries", "retry"),
        ("timeout", "timeout_seconds"),
        ("config", "config"),
        ("xyz", None),
        ("", None),
        ("r" * LONGEST, None),
        ("action_type" + "x" * LONGEST, None),
    ],
)
def test_the_word_that_is_most_like_it_is_meant(word: str, meant: str | None) -> None:
    assert nearest_word(word, FIELDS) == meant
    assert nearest_word(word, []) is None


def test_of_words_that_are_all_alike_only_a_few_are_compared_in_earnest(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []

    class Counted(SequenceMatcher[str]):
        def ratio(self) -> float:
            compared.append(self.a)
            return super().ratio()

    monkeypatch.setattr(module, "SequenceMatcher", Counted)
    known = [f"{number:040b}" for number in range(500)]
    assert nearest_word(known[123][::-1], known) in {*known, None}
    assert len(compared) <= MOST_COMPARED
