"""Makes the documented identifiers: a prefix and 16 hexadecimal digits from a CSPRNG (decision X11)."""

import secrets
from collections.abc import Callable

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
        while True:
            try:
                return self._chunks.pop()
            except IndexError:
                digits = secrets.token_hex(8 * BUFFERED)
                self._chunks = [digits[start : start + 16] for start in range(0, len(digits), 16)]


_RANDOM = _RandomBytes()


def new_id(prefix: str) -> str:
    """Return `prefix` followed by 16 random hexadecimal digits; safe to call from any thread."""
    return prefix + _RANDOM.take()
