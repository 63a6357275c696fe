"""How much may come of one execution."""

MAX_DESCENDANTS = 10_000
"""So many executions that came of one may be queued or running at once, by default."""

MAX_DEPTH = 20
"""So deep may executions start others."""
