"""Makes the documented identifiers: a prefix and 16 hexadecimal digits (decision X11)."""

import secrets
import threading
from collections.abc import Callable
from datetime import datetime

WORKFLOW_PREFIX = "wf_"
EXECUTION_PREFIX = "exec_"
ACTIVITY_PREFIX = "act_"
ERROR_PREFIX = "err_"
REQUEST_PREFIX = "req_"
OWNER_PREFIX = "own_"
CALLBACK_PREFIX = "cb_"
API_KEY_PREFIX = "key_"
AUDIT_PREFIX = "aud_"
NODE_PREFIX = "node_"
MESSAGE_PREFIX = "msg_"
APPROVAL_LINK_PREFIX = "link_"
BULK_OPERATION_PREFIX = "bulk_"
SAVED_VIEW_PREFIX = "view_"
ACTION_RUN_PREFIX = "action_"
APPROVAL_PREFIX = "approval_"
"""These two stand before the id of an execution, a colon, and what is meant of it."""

NewId = Callable[[str], str]
"""Takes a prefix and returns a fresh identifier; injected, so that tests can make identifiers predictable."""


BUFFERED = 512


class _RandomBytes:
    """Asks the kernel for many random bytes at once: one system call serves many identifiers."""

    def __init__(self) -> None:
        self._chunks: list[str] = []

    def take(self) -> str:
        """16 hexadecimal digits."""
        while True:
            try:
                return self._chunks.pop()
            except IndexError:
                digits = secrets.token_hex(8 * BUFFERED)
                self._chunks = [digits[start : start + 16] for start in range(0, len(digits), 16)]

    def below(self, bound: int) -> int:
        """A number from 0 on, each as likely as any other; `bound` is a power of two."""
        return int(self.take(), 16) % bound


_RANDOM = _RandomBytes()


def new_id(prefix: str) -> str:
    """Return `prefix` followed by 16 random hexadecimal digits; safe to call from any thread."""
    return prefix + _RANDOM.take()


IN_ORDER = frozenset({EXECUTION_PREFIX, ACTIVITY_PREFIX})
"""What many rows are stored by: those of one moment lie on the same few pages where their ids follow each other."""

SHARD_BITS = 10
NUMBER_BITS = 12
SHARDS = 1 << SHARD_BITS
NUMBERS = 1 << NUMBER_BITS
IDS = 1 << 64


class IdsInOrder:
    """Makes the ids of `IN_ORDER` so that they follow each other in time, and all others as `new_id` does.

    They are 42 bits of milliseconds, 10 of the node's shard, and 12 that begin anywhere in each millisecond and go on
    by one: no two nodes that live at one time make the same, and no process does twice. `now` never goes backwards.
    `shard` is the number of a node, or None for a process that is none: chance stands there in its ids.
    Safe to call from any thread.
    """

    def __init__(self, now: Callable[[], datetime], shard: Callable[[], int | None]) -> None:
        self._now = now
        self._shard = shard
        self._lock = threading.Lock()
        self._millisecond = 0
        self._number = NUMBERS - 1

    def __call__(self, prefix: str) -> str:
        """See `NewId`."""
        if prefix not in IN_ORDER:
            return new_id(prefix)
        shard = self._shard()
        with self._lock:
            millisecond, number = self._next()
        place = _RANDOM.below(SHARDS) if shard is None else shard % SHARDS
        return f"{prefix}{((millisecond << SHARD_BITS | place) << NUMBER_BITS | number) % IDS:016x}"

    def _next(self) -> tuple[int, int]:
        millisecond = int(self._now().timestamp() * 1_000)
        if millisecond > self._millisecond or self._number == NUMBERS - 1:
            # A busy millisecond borrows from the next one; the lower half leaves room to go on.
            self._millisecond = max(millisecond, self._millisecond + 1)
            self._number = _RANDOM.below(NUMBERS // 2)
        else:
            self._number += 1
        return self._millisecond, self._number
