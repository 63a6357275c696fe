"""Describes which words a document uses."""

from collections import Counter
from collections.abc import Iterable

from app.demo.analysis.document import one_line

_TOP_WORDS = 10
_LONGEST_WORDS = 5
_SHOWN_CHARACTERS = 60
_SHORTEST_CONTENT_WORD = 3
_FUNCTION_WORD_LIST = """
a about above after again against all also an and any are aren as at be because been before being below
between both but by can could couldn did didn do does doesn doing don down during each few for from
further had hadn has hasn have haven having he her here hers him his how i if in into is isn it its
itself just may me might more most must my no nor not now of off on once one only or other our out over
own same she should shouldn so some such than that the their them then there these they this those
through to too two under until up very was wasn we were weren what when where which while who whom whose
why will with within without would wouldn you your
"""
_FUNCTION_WORDS = frozenset(_FUNCTION_WORD_LIST.split())


def describe_vocabulary(words: Iterable[str]) -> dict[str, object]:
    """Count words, ignoring case: `unique_words`, `type_token_ratio` (0 to 1), the ten most frequent
    content words as `{"word", "count"}`, and the five longest words.

    Content words have three letters or more and are no English function words. Equal counts and lengths
    are ordered alphabetically, so the same words always give the same answer.
    """
    frequencies = Counter(word.casefold() for word in words)
    total = frequencies.total()
    content = [word for word in frequencies if _is_content_word(word)]
    top = sorted(content, key=lambda word: (-frequencies[word], word))[:_TOP_WORDS]
    longest = sorted(filter(str.isalpha, frequencies), key=lambda word: (-len(word), word))[:_LONGEST_WORDS]
    return {
        "unique_words": len(frequencies),
        "type_token_ratio": round(len(frequencies) / total, 3) if total else 0.0,
        "top_words": [{"word": one_line(word, _SHOWN_CHARACTERS), "count": frequencies[word]} for word in top],
        "longest_words": [one_line(word, _SHOWN_CHARACTERS) for word in longest],
    }


def _is_content_word(word: str) -> bool:
    # "don't", "it's" and "they're" are function words too; what precedes the apostrophe tells.
    stem = word.replace("\u2019", "'").partition("'")[0]
    return len(word) >= _SHORTEST_CONTENT_WORD and stem not in _FUNCTION_WORDS and any(map(str.isalpha, word))
