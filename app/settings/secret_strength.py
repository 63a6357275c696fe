"""Judges whether a secret could be guessed. What everybody knows, repeats or counts up to is worth nothing."""

import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

MIN_BITS = 64

KNOWN_WORDS = (
    b"orchestrator development placeholder characters passphrase production changeme insecure password default "
    b"example letmein minimum private replace signing testing welcome abc123 change passwd please qwerty sample "
    b"secret string unsafe admin bytes dummy least super token value whsec asdf auth bits demo here long pass root "
    b"test this todo user weak with your 256 512 api bar baz dev foo jwt key not the use me my"
).split()
"""What examples, templates and lists of leaked passwords are made of, longer words first."""


def is_weak(secret: bytes) -> bool:
    """Whether a secret holds less than 64 bits, as far as can be told from the secret alone."""
    rest = secret.lower()
    for word in KNOWN_WORDS:
        rest = rest.replace(word, b"")
    return estimated_bits(rest) < MIN_BITS


def estimated_bits(text: bytes) -> float:
    """How much there is to guess: the entropy of the characters or of the steps between them, once in a repetition."""
    unit = text[: _period(text)]
    steps = [after - before for before, after in pairwise(unit)]
    return len(unit) * min(_entropy(unit), _entropy(steps))


def _entropy(values: Sequence[int]) -> float:
    """Bits in each of the values, by how often each comes."""
    counts = Counter(values).values()
    return -sum(count / len(values) * math.log2(count / len(values)) for count in counts)


def _period(text: bytes) -> int:
    """The length of what the text repeats, which may be the whole of it."""
    return next((size for size in range(1, len(text)) if text.startswith(text[size:])), len(text))
