"""Deals the tests out to the processes of a run: each to the next that is free, but a costly fixture's to one of them.

The mark `xdist_group` was for that. pytest-xdist 3.8 hands it on in the ids of tests, where pytest 9.2 no longer looks.
"""

from collections import OrderedDict

from xdist.scheduler import LoadScopeScheduling

TOGETHER = frozenset(
    {
        "tests/acceptance/test_container.py",
        "tests/acceptance/test_sbom.py",
        "tests/acceptance/test_subscription_clients.py",
    }
)
"""Modules whose tests share a fixture that takes many seconds. Their tests are the first to be dealt out."""

SHARING = "tests/console/"
"""The same of all modules in a folder: each has a server."""

WAITING = ("tests/acceptance/", "tests/attacks/", "tests/chaos/", SHARING)
"""Of these tests most time is spent on waiting: for processes, for time-outs, for what heals."""

COMPUTING = ("tests/simulation/",)
"""These tests do nothing but compute."""

Units = OrderedDict[str, dict[str, bool]]
"""Tests under the scope that they share, or under their own id; of each whether it has been run."""


def mixed(units: Units) -> Units:
    """Put what computes evenly between what waits, to keep the processors busy from the beginning; then the rest."""
    place = {}
    for folders in (WAITING, COMPUTING):
        scopes = [scope for scope in units if scope.startswith(folders)]
        place |= {scope: number / len(scopes) for number, scope in enumerate(scopes)}
    return OrderedDict(sorted(units.items(), key=lambda unit: place.get(unit[0], 1.0)))


class Scheduling(LoadScopeScheduling):
    """What shares a scope is run by one process."""

    def schedule(self) -> None:
        """Deal out what is next, at the beginning to all processes."""
        super().schedule()
        self.workqueue = mixed(self.workqueue)

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return module if module in TOGETHER or module.startswith(SHARING) else nodeid


def processes_for(processors: int) -> int:
    """Half as many processes again as there are processors: much of the tests' time is spent on waiting."""
    return (3 * processors + 1) // 2
