"""Deals the tests out to the processes of a run: each to the next that is free, but a costly fixture's to one of them.

The mark `xdist_group` was for that. pytest-xdist 3.8 hands it on in the ids of tests, where pytest 9.2 no longer looks.
"""

from xdist.scheduler import LoadScopeScheduling

TOGETHER = frozenset(
    {
        "tests/acceptance/test_container.py",
        "tests/acceptance/test_sbom.py",
        "tests/acceptance/test_subscription_clients.py",
    }
)
"""Modules whose tests share a fixture that takes many seconds. Their tests are the first to be dealt out."""


class Scheduling(LoadScopeScheduling):
    """What shares a scope is run by one process."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return module if module in TOGETHER else nodeid


def processes_for(processors: int) -> int:
    """Half as many processes again as there are processors: much of the tests' time is spent on waiting."""
    return (3 * processors + 1) // 2
