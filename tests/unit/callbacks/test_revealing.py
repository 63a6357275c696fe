"""What comes of sending a secret has nothing of it: an answer, a failure, a fault of ours."""

import asyncio
from datetime import UTC, datetime
from typing import Any, cast

import msgspec
import pytest

from engine.callbacks.client import MAX_ERROR, Answer
from engine.callbacks.revealing import RevealingCarrier, Unsent
from engine.callbacks.rows import DueDelivery
from engine.core.failure import ActionFailed
from engine.secrets.approval_links import WantedLink, WantedLinks
from engine.secrets.withheld import SecretPart, Withheld, WithheldText
from models.words import ActionErrorCode

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
VALUE = "the-token-itself"
TEXTS = (WithheldText(("message",), ("Use ", SecretPart("secrets.token"))),)


class Clock:
    def now(self) -> datetime:
        return NOW


class Secrets:
    """One secret, which can be away, and links that were revoked."""

    def __init__(self, revoked: frozenset[str] = frozenset(), *, is_there: bool = True) -> None:
        self.revoked = revoked
        self.is_there = is_there

    async def values(self, _tenant: str, needed: frozenset[str], _others: frozenset[str]) -> dict[str, str]:
        if not self.is_there:
            raise ActionFailed(ActionErrorCode.EXPRESSION_ERROR, "there is no secret 'token'")
        return dict.fromkeys(needed, VALUE)

    async def link_values(self, _wanted: WantedLinks) -> dict[str, str]:
        return {}

    async def revoked_links(self, wanted: WantedLinks) -> frozenset[str]:
        return self.revoked & wanted.uses.keys()


class Way:
    """Keeps what it carries, and answers with an error or breaks."""

    def __init__(self, says: str | Exception | None = None) -> None:
        self.says = says
        self.carried: list[DueDelivery] = []

    async def carry(self, delivery: DueDelivery) -> Answer:
        self.carried.append(delivery)
        if isinstance(self.says, Exception):
            raise self.says
        return Answer(NOW, NOW, error=self.says)


def due(withheld: Withheld | None) -> DueDelivery:
    stored = None if withheld is None else msgspec.json.decode(msgspec.json.encode(withheld))
    content = {"message": "Use [secret:token]", "data": "[secret:token]"}
    return DueDelivery(
        *("cb_1", "exec_1", "default", "mailto:a@b.c", "email", "notification", 0, 0, NOW, NOW),
        content=content,
        withheld=stored,
    )


def carried(way: Way, secrets: Secrets, links: WantedLinks | None = None) -> Answer:
    delivery = due(Withheld(TEXTS, frozenset({"token"}), links or WantedLinks()))
    return asyncio.run(RevealingCarrier(way, cast(Any, secrets), Clock()).carry(delivery))


def test_the_value_is_sent_in_its_place_alone() -> None:
    way = Way()
    assert carried(way, Secrets()).error is None
    (sent,) = way.carried
    assert sent.content == {"message": f"Use {VALUE}", "data": "[secret:token]"}


def test_what_names_no_secret_goes_as_it_is() -> None:
    way = Way("no")
    delivery = due(None)
    answer = asyncio.run(RevealingCarrier(way, cast(Any, None), Clock()).carry(delivery))
    assert (answer.error, way.carried) == ("no", [delivery])


@pytest.mark.parametrize(
    ("says", "kept"),
    [(f"I got {VALUE.upper()}!", "I got [secret:token]!"), ("x" * (MAX_ERROR - 8) + VALUE[:8], "[secret:token"[:8])],
)
def test_an_answer_is_kept_without_it_also_where_it_was_cut(says: str, kept: str) -> None:
    error = str(carried(Way(says), Secrets()).error)
    assert error.endswith(kept)
    assert len(error) <= MAX_ERROR


def test_a_fault_of_ours_is_told_without_it() -> None:
    with pytest.raises(Unsent, match=r"ValueError: no line: Use \[secret:token\]") as fault:
        carried(Way(ValueError(f"no line: Use {VALUE}")), Secrets())
    assert VALUE not in f"{fault.value}{fault.value.__cause__}"
    assert fault.value.__suppress_context__


def test_nothing_is_sent_where_a_secret_is_gone_or_a_link_was_revoked() -> None:
    way = Way()
    gone = carried(way, Secrets(is_there=False))
    assert (gone.error, gone.judged_as) == ("there is no secret 'token'", None)  # it may be set anew
    link = WantedLink("default", "exec_1", "ask", "ann", "ada", NOW)
    revoked = carried(way, Secrets(frozenset({"ask.link.ann"})), WantedLinks({"ask.link.ann": link}, [link]))
    assert (revoked.error, revoked.judged_as) == ("'{{ask.link.ann}}' has no value: the link was revoked", 410)
    assert way.carried == []
