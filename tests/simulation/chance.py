"""What goes wrong, when and how often: drawn from the world's seed, a calm world or a wild one."""

import random
from enum import Enum, auto

import msgspec

HORIZON_SECONDS = 40.0
"""For so long things go wrong; afterwards the world heals, and everything must come to its end."""


class Trouble(Enum):
    """What can happen to one call of the database or of a service."""

    NONE = auto()
    REFUSED = auto()
    LOST_REPLY = auto()
    CRASH_BEFORE = auto()
    CRASH_AFTER = auto()
    SERVER_ERROR = auto()
    BUSY = auto()
    HANG = auto()


DATABASE_TROUBLES = (Trouble.REFUSED, Trouble.LOST_REPLY, Trouble.CRASH_BEFORE, Trouble.CRASH_AFTER, Trouble.HANG)
SERVICE_TROUBLES = (*DATABASE_TROUBLES, Trouble.SERVER_ERROR, Trouble.BUSY)
RATES = (0.0, 0.0, 0.02, 0.1, 0.25)
CRASH_RATES = (0.0, 0.0, 0.01, 0.05)
HANGS = (15.0, 45.0)


class Fate(msgspec.Struct, frozen=True):
    """What one call meets: `before` and `after` are virtual seconds to the place where it is done, and back."""

    trouble: Trouble
    before: float
    after: float


class Chance:
    """The one source of randomness of a world. `is_calm` switches all troubles off.

    `hand` is what people draw from who set executions right by hand.
    """

    def __init__(self, seed: int, switched_off: frozenset[Trouble] = frozenset()) -> None:
        self.random = random.Random(seed)  # noqa: S311 - to be repeatable is its purpose
        self.hand = random.Random(f"by hand {seed}")  # noqa: S311 - its own, so that other worlds stay as they are
        self.is_calm = True
        self._outages: list[tuple[float, float]] = []
        self._database = self._rates(DATABASE_TROUBLES, switched_off)
        self._service = self._rates(SERVICE_TROUBLES, switched_off)
        self._late_commits = self.random.choice((0.0, 0.0, 0.3))
        self._slowness = self.random.choice((0.001, 0.01, 0.3))

    def _rates(self, troubles: tuple[Trouble, ...], switched_off: frozenset[Trouble]) -> dict[Trouble, float]:
        crashes = (Trouble.CRASH_BEFORE, Trouble.CRASH_AFTER)
        drawn = {trouble: self.random.choice(CRASH_RATES if trouble in crashes else RATES) for trouble in troubles}
        return {trouble: rate for trouble, rate in drawn.items() if rate and trouble not in switched_off}

    def plan_outages(self) -> None:
        """Draw the spans in which the database is away for everybody."""
        for _ in range(self.random.choice((0, 0, 1, 2))):
            start = self.random.uniform(0, HORIZON_SECONDS)
            self._outages.append((start, start + self.random.choice((0.5, 4.0, 20.0))))

    def database_is_away(self, now: float) -> bool:
        """Whether nobody reaches the database."""
        return not self.is_calm and any(start <= now < end for start, end in self._outages)

    def of_database(self) -> Fate:
        """What the next call of the database meets."""
        return self._fate(self._database)

    def of_transaction(self) -> Fate:
        """What the next transaction of the database meets."""
        return self.of_database()

    def of_service(self, _path: str, _key: str) -> Fate:
        """What the next call of a service meets."""
        return self._fate(self._service)

    def commit_arrives_late(self) -> bool:
        """Whether a commit that a dying process had sent off still reaches the database."""
        return not self.is_calm and self.random.random() < self._late_commits

    def downtime(self) -> float:
        """For how many seconds no process is there, once the last one is dead."""
        return self.random.choice((0.1, 3.0, 15.0))

    def hex_id(self, prefix: str) -> str:
        """A fresh identifier."""
        return f"{prefix}{self.random.getrandbits(64):016x}"

    def _fate(self, rates: dict[Trouble, float]) -> Fate:
        before, after = (self.random.expovariate(1 / self._slowness) for _ in range(2))
        if self.is_calm:
            return Fate(Trouble.NONE, before, after)
        drawn = self.random.random() * max(1.0, sum(rates.values()))
        for trouble, rate in rates.items():
            drawn -= rate
            if drawn < 0:
                hang = self.random.choice(HANGS) if trouble is Trouble.HANG else 0.0
                return Fate(trouble, before + hang, after)
        return Fate(Trouble.NONE, before, after)
