"""Finds which of the words that are known somebody meant by one that is not, in little time whatever the words are."""

from collections.abc import Iterable
from difflib import SequenceMatcher
from heapq import nlargest

LONGEST = 40
"""Characters of a word that is looked for: a longer one is meant by nobody."""

ALIKE = 0.6
"""How much of two words has to be the same, from 0 to 1."""

MOST_COMPARED = 3
"""So many of the words that have the most letters in common are compared in earnest, which takes the square of them."""


def nearest_word(word: str, known: Iterable[str], alike: float = ALIKE) -> str | None:
    """The known word that is most like this one, if one is like it at all."""
    if len(word) > LONGEST:
        return None
    matcher = SequenceMatcher(b=word)
    found = []
    for other in known:
        matcher.set_seq1(other)
        if matcher.real_quick_ratio() >= alike and (ratio := matcher.quick_ratio()) >= alike:
            found.append((ratio, other))
    compared = []
    for _, other in nlargest(MOST_COMPARED, found):
        matcher.set_seq1(other)
        compared.append((matcher.ratio(), other))
    best = max(compared, default=(0.0, ""))
    return best[1] if best[0] >= alike else None
