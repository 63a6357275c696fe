"""How much may come of one execution, and how much of the memory it may take."""

MAX_DESCENDANTS = 10_000
"""So many executions that came of one may be queued or running at once, by default."""

MAX_DEPTH = 20
"""So deep may executions start others."""

MAX_JOURNAL_BYTES = 67_108_864
"""So much JSON may the main part of an execution keep in its journal, and its clean-up as much again: whoever goes on
with it has all of that in memory."""

MAX_IN_HAND_BYTES = 16_777_216
"""With so much filled in for its attempts under way, an execution begins the next one when one of them has ended."""
