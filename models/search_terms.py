"""Turns a workflow into the terms of the search index, and a query into terms to look up (decision W10).

Both databases index these terms as they are. A term is ASCII without any character that either query language
gives a meaning to, so the two cannot disagree on where a word ends, and no input is ever read as syntax.
"""

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import msgspec

MAX_WORD = 1_800
"""Longer words are cut: PostgreSQL takes a term of 2,046 bytes at most."""

IN_NAME, IN_TAGS, IN_DESCRIPTION = "w", "t", "d"
"""The first letter of a word's term says where the word stands."""


class SearchTerm(msgspec.Struct, frozen=True):
    """One term to look up, or with `is_prefix` every term that begins so."""

    text: str
    is_prefix: bool


Condition = Sequence[Sequence[SearchTerm]]
"""What must be found: at least one term of each group."""


def words(text: str) -> list[str]:
    """The words of a text in their order: runs of letters, digits and their marks, case-folded, spelled in ASCII."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return [word[:MAX_WORD] for word in unicodedata.normalize("NFKC", folded).translate(_ALPHABET).split()]


def document(tenant: str, name: str, tags: Iterable[str], description: str | None) -> str:
    """The terms by which a workflow is found, separated by spaces."""
    name_words = words(name)
    terms = [
        _of_tenant(tenant),
        *(_at(position, word) for position, word in enumerate([*name_words, ""])),
        *(IN_NAME + word for word in name_words),
        *(IN_TAGS + word for tag in tags for word in words(tag)),
        *(IN_DESCRIPTION + word for word in words(description or "")),
    ]
    return " ".join(dict.fromkeys(terms))


def conditions(tenant: str, query: Sequence[str]) -> Iterator[Condition]:
    """What a tenant's workflow meets that matches the words of a query, from the best rank to the worst.

    Each condition holds for all that meet the one before: name equal, name prefix, every word in the name, in the
    name or a tag, anywhere. A word of the query stands for every word that begins with it.
    """
    own = [SearchTerm(_of_tenant(tenant), is_prefix=False)]
    name = [[SearchTerm(_at(position, word), is_prefix=False)] for position, word in enumerate(query)]
    yield [own, *name, [SearchTerm(_at(len(query), ""), is_prefix=False)]]
    yield [own, *name[:-1], [SearchTerm(_at(len(query) - 1, query[-1]), is_prefix=True)]]
    for places in (IN_NAME, IN_NAME + IN_TAGS, IN_NAME + IN_TAGS + IN_DESCRIPTION):
        yield [own, *([SearchTerm(place + word, is_prefix=True) for place in places] for word in dict.fromkeys(query))]


def _at(position: int, word: str) -> str:
    """A name's word at its place, so that how a name begins can be looked up; an empty word is the name's end."""
    return f"{position}.{word}"


def _of_tenant(tenant: str) -> str:
    # A digest, because a tenant's name may hold any character and be of any length.
    return "__" + hashlib.sha256(tenant.encode()).hexdigest()[:32]


class _Alphabet:
    """How the index spells a character; what belongs to no word is a space."""

    def __getitem__(self, code: int) -> str:
        return _spelled(code)


@lru_cache(4_096)
def _spelled(code: int) -> str:
    character = chr(code)
    if unicodedata.category(character)[0] not in "LNM":
        return " "
    # Every other character is spelled alike long or longer, and none is the beginning of another: prefixes hold.
    return character if character.isascii() else f"_{code:x}_"


_ALPHABET = _Alphabet()
