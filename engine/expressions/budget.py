"""What the rendering of templates may cost: steps and bytes that are taken from a budget before anything is done."""

import math
from typing import Any, NamedTuple

import msgspec

from engine.expressions.references import ExpressionError

MAX_STEPS = 1_000_000
"""Of one rendering. A step is about a tenth of a microsecond: all of them are less than 200 ms."""

LOOP_STEPS = 5_000
"""Of these, what may be done on the event loop before others have their turn."""

MAX_BYTES = 33_554_432
"""That one rendering makes: what it fills in, and all that expressions make on the way."""

MAX_TEXT = 4_194_304
"""Characters of a text that an expression makes at most."""

NESTED = 100
"""Levels of a value, at most: nothing deeper could be stored."""

CHUNK = 65_536
SHORT = 1_000
TEXT_BYTES = 64
"""Of a text, beside its characters; of a number, too."""

ITEM_BYTES = 9
"""Of a place in a list that grows."""

NOTE_BYTES = 300
"""Of how large a list or an object is: it is noted, so that it is found out once."""

ESCAPED = 6
"""Characters that JSON needs for one character at most."""

BITS_OF_A_WORD = 64
WORDS_OF_A_STEP = 16
"""Of a whole number that is written: so many words are carried into another one."""

FLOAT = 25
"""Characters of a number at most, if it is no integer."""


class TooCostly(ExpressionError):
    """An expression that would cost more than its budget has left; nothing of that was done."""


class Size(NamedTuple):
    """How large a JSON value is: its values within values, and the bytes of its text.

    `digits` are the steps that it takes to write its long numbers: with their length they grow by its square.
    """

    values: int
    json: int
    is_ascii: bool
    digits: int


class Budget:
    """The steps and bytes that one rendering has left; whoever does or makes something takes them first.

    It may be used in a thread, and stopped from another one.
    """

    __slots__ = ("_allowed", "_limit", "_sizes", "bytes", "steps")

    def __init__(self, steps: int = MAX_STEPS) -> None:
        self.steps = 0
        self.bytes = 0
        self._allowed = steps
        self._limit: float = steps
        # With each value itself, or its id could come to mean another one.
        self._sizes: dict[int, tuple[Any, Size]] = {}

    @property
    def has_no_steps_left(self) -> bool:
        """Whether more steps were asked for than there are, so that a larger budget might do."""
        return self.steps > self._limit

    def stop(self) -> None:
        """Have the next step refused: nobody waits for what is rendered any more."""
        self._limit = -math.inf

    def spend(self, steps: int) -> None:
        """Take steps. Raises `TooCostly`."""
        self.steps += steps
        if self.steps > self._limit:
            raise TooCostly(f"takes more than the {self._allowed:,} steps that the templates of an action have")

    def reserve(self, size: int) -> None:
        """Take bytes. Raises `TooCostly`."""
        self.bytes += size
        if self.bytes > MAX_BYTES:
            raise TooCostly(f"makes more than the {MAX_BYTES:,} bytes that the templates of an action have")

    def text(self, characters: int, *, is_ascii: bool) -> None:
        """Take what a text of so many characters needs. Raises `TooCostly`."""
        if characters > MAX_TEXT:
            raise TooCostly(f"makes a text of more than {MAX_TEXT:,} characters")
        self.reserve(TEXT_BYTES + (characters if is_ascii else 4 * characters))
        self.spend(1 + characters // 256)

    def size(self, value: Any) -> Size:
        """How large a JSON value is; a value that is within another one several times counts each time.

        To find out costs steps. Raises `TooCostly`, and `ExpressionError` where it is nested too deep.
        """
        if not isinstance(value, list | dict):
            return Size(1, self._leaf(value), not isinstance(value, str) or value.isascii(), _digits(value))
        known = self._sizes.get(id(value))
        if known is None:
            self.reserve(NOTE_BYTES)
            known = self._sizes[id(value)] = value, self._walk(value)
        return known[1]

    def _walk(self, root: Any) -> Size:
        values, written, is_ascii, digits = 1, 2, True, 0
        level, depth = [root], 0
        while level:
            depth += 1
            if depth > NESTED:
                raise ExpressionError(f"a value is nested more than {NESTED} levels deep")
            below: list[Any] = []
            for item in level:
                self.spend(4 + 3 * len(item))
                values += len(item)
                if isinstance(item, dict):
                    children: Any = item.values()
                    for key in item:
                        written += self._leaf(key) + 1
                        is_ascii = is_ascii and key.isascii()
                else:
                    children = item
                for child in children:
                    if isinstance(child, list | dict):
                        written += 3
                        below.append(child)
                    else:
                        written += self._leaf(child) + 1
                        digits += _digits(child)
                        is_ascii = is_ascii and (not isinstance(child, str) or child.isascii())
            self.reserve(ITEM_BYTES * len(below))
            level = below
        return Size(values, written, is_ascii, digits)

    def _leaf(self, value: Any) -> int:
        """The bytes that JSON needs, at most, for what is no list and no object."""
        if isinstance(value, int):
            return 5 + value.bit_length() // 3
        if not isinstance(value, str):
            return FLOAT
        if len(value) <= SHORT:
            self.spend(1 + len(value) // 64)
            return len(msgspec.json.encode(value))
        self.spend(len(value) // 16)
        return sum(len(msgspec.json.encode(value[at : at + CHUNK])) for at in range(0, len(value), CHUNK))


def _digits(value: Any) -> int:
    return (value.bit_length() // BITS_OF_A_WORD) ** 2 // WORDS_OF_A_STEP if isinstance(value, int) else 0
