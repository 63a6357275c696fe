"""Turns a workflow into the terms of the search index, and a query into terms to look up (decision W10).

Both databases index these terms as they are. A term is ASCII without any character that either query language
gives a meaning to, so the two cannot disagree on where a word ends, and no input is ever read as syntax.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

import msgspec

from models.folding import folded

MAX_WORD = 1_800
"""Longer words are cut: PostgreSQL takes a term of 2,046 bytes at most."""

WITHOUT_SPACES = re.compile(
    "[\u0e00-\u109f\u1100-\u11ff\u1780-\u17ff\u1950-\u1aaf\u1b00-\u1b7f"  # Thai to Myanmar, Jamo, Khmer, Tai, Balinese
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3040-\u31ff"  # radicals, numerals, kana, bopomofo
    "\u3400-\u4dbf\u4e00-\ua4cf\ua960-\ua9ff\uaa60-\uaadf\uac00-\ud7ff"  # Han, Yi, Javanese, Tai Viet, Hangul
    "\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003ffff]"  # compatibility ideographs, old kana, rare Han
)
"""The scripts that set no spaces between words, or join others to them: a part of what stands there is a word too."""

IN_NAME, IN_TAGS, IN_DESCRIPTION = "w", "t", "d"
"""The first letter of a word's term says where the word stands."""


class SearchTerm(msgspec.Struct, frozen=True):
    """One term to look up, or with `is_prefix` every term that begins so."""

    text: str
    is_prefix: bool


Condition = Sequence[Sequence[SearchTerm]]
"""What must be found: at least one term of each group."""


def words(text: str) -> list[str]:
    """The words of a text in their order, folded, spelled in ASCII.

    They are runs of letters, digits and their marks, and runs of what has no spaces between its words or is a symbol.
    """
    return _RUN.findall(folded(text).translate(_ALPHABET))


def document(tenant: str, name: str, tags: Iterable[str], description: str | None) -> str:
    """The terms by which a workflow is found, separated by spaces."""
    name_words = words(name)
    terms = [
        _of_tenant(tenant),
        *(_at(position, word) for position, word in enumerate([*name_words, ""])),
        *(IN_NAME + part for word in name_words for part in _parts(word)),
        *(IN_TAGS + part for tag in tags for word in words(tag) for part in _parts(word)),
        *(IN_DESCRIPTION + part for word in words(description or "") for part in _parts(word)),
    ]
    return " ".join(dict.fromkeys(terms))


def conditions(tenant: str, query: Sequence[str]) -> Iterator[Condition]:
    """What a tenant's workflow meets that matches the words of a query, from the best rank to the worst.

    Each condition holds for all that meet the one before: name equal, name prefix, every word in the name, in the
    name or a tag, anywhere. A word of the query stands for every word that begins with it, and one without spaces
    for wherever its characters follow on each other.
    """
    own = [SearchTerm(_of_tenant(tenant), is_prefix=False)]
    name = [[SearchTerm(_at(position, word), is_prefix=False)] for position, word in enumerate(query)]
    yield [own, *name, [SearchTerm(_at(len(query), ""), is_prefix=False)]]
    yield [own, *name[:-1], [SearchTerm(_at(len(query) - 1, query[-1]), is_prefix=True)]]
    parts = dict.fromkeys(part for word in query for part in _parts(word, is_asked=True))
    for places in (IN_NAME, IN_NAME + IN_TAGS, IN_NAME + IN_TAGS + IN_DESCRIPTION):
        yield [own, *([SearchTerm(place + part, is_prefix=True) for place in places] for part in parts)]


def _at(position: int, word: str) -> str:
    """A name's word at its place, so that how a name begins can be looked up; an empty word is the name's end."""
    return f"{position}.{word[:MAX_WORD]}"


def _parts(word: str, *, is_asked: bool = False) -> list[str]:
    """What of a word is looked up: itself, or where it has no spaces in it each character with the next one.

    The last one stands alone in what is indexed, to be found where one character is asked for.
    """
    if not word.startswith("."):
        return [word[:MAX_WORD]]
    characters = _CHARACTER.findall(word)
    pairs = [first + second for first, second in pairwise(characters)]
    return pairs if is_asked and pairs else [*pairs, characters[-1]]


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
    kind = unicodedata.category(character)[0]
    if (kind == "S" and not character.isascii()) or (kind in "LNM" and WITHOUT_SPACES.match(character)):
        return f".{code:x}."
    if kind not in "LNM":
        return " "
    # Every other character is spelled alike long or longer, and none is the beginning of another: prefixes hold.
    return character if character.isascii() else f"_{code:x}_"


_ALPHABET = _Alphabet()
_CHARACTER = re.compile(r"\.[0-9a-f]+\.")
_RUN = re.compile(rf"(?:{_CHARACTER.pattern})+|[^ .]+")
