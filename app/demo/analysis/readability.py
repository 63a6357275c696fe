"""Measures how hard prose is to read, with the Flesch formulas and a stated syllable heuristic."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from app.demo.analysis.sentences import Sentence

_VOWEL_GROUP = re.compile(r"[aeiouy]++")
_LEVELS = (
    (90.0, "very easy"),
    (80.0, "easy"),
    (70.0, "fairly easy"),
    (60.0, "plain English"),
    (50.0, "fairly difficult"),
    (30.0, "difficult"),
)
_HARDEST_LEVEL = "very difficult"


@dataclass(frozen=True, slots=True)
class Readability:
    """Flesch reading ease (about 0 to 100, higher is easier), US school grade, and what they rest on."""

    reading_ease: float
    grade: float
    level: str
    words_per_sentence: float
    syllables_per_word: float


def measure_readability(sentences: Iterable[Sentence]) -> Readability | None:
    """Measure the sentences, or None where they hold no word with a letter in it.

    Numbers are left out: how many syllables a reader speaks for 1999 cannot be told from its spelling.
    """
    frequencies: Counter[str] = Counter()
    sentence_count = 0
    for sentence in sentences:
        spoken = [word for word in sentence.words if any(map(str.isalpha, word))]
        frequencies.update(spoken)
        sentence_count += bool(spoken)
    words = frequencies.total()
    if words == 0:
        return None
    words_per_sentence = words / sentence_count
    syllables_per_word = sum(count_syllables(word) * times for word, times in frequencies.items()) / words
    ease = 206.835 - 1.015 * words_per_sentence - 84.6 * syllables_per_word
    grade = 0.39 * words_per_sentence + 11.8 * syllables_per_word - 15.59
    return Readability(ease, grade, _level(ease), words_per_sentence, syllables_per_word)


def count_syllables(word: str) -> int:
    """Estimate the syllables of an English word, at least 1.

    Each group of neighbouring vowels (a e i o u y, with any accent) counts once. A final silent "e"
    ("code"), "es" ("makes") or "ed" ("moved") does not count, unless it is spoken: after a consonant
    before "le" ("table"), after s, x, z, ch, sh, c or g before "es", and after t or d before "ed".
    """
    folded = word.casefold()
    decomposed = unicodedata.normalize("NFKD", folded)
    letters = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    groups = sum(1 for _ in _VOWEL_GROUP.finditer(letters))
    if groups > 1 and _ends_silently(folded.removesuffix("'s").removesuffix("\u2019s")):
        groups -= 1
    return max(1, groups)


def _ends_silently(word: str) -> bool:
    if word.endswith("e"):
        return len(word) > 2 and not _is_vowel(word[-2]) and not _is_consonant_le(word)
    if word.endswith("es"):
        spoken_after = ("s", "x", "z", "ch", "sh", "c", "g")
        stem = word[:-2]
        is_spoken = stem.endswith(spoken_after) or _is_consonant_le(word[:-1])
        return bool(stem) and not is_spoken and not _is_vowel(stem[-1])
    if word.endswith("ed"):
        stem = word[:-2]
        return bool(stem) and not stem.endswith(("t", "d")) and not _is_vowel(stem[-1])
    return False


def _is_consonant_le(word: str) -> bool:
    return len(word) > 2 and word.endswith("le") and not _is_vowel(word[-3])


def _is_vowel(letter: str) -> bool:
    return letter in "aeiouy"


def _level(ease: float) -> str:
    return next((label for floor, label in _LEVELS if ease >= floor), _HARDEST_LEVEL)
