"""Every attack is made twice: on the service as it is, where it fails, and without the defence, where it succeeds."""

from pathlib import Path

import pytest

from app.asgi import routed
from tests.attacks import credentials, documents, edges, floods, insiders, links, outgoing, secrets  # noqa: F401 - each adds its own
from tests.attacks.target import ATTACKS, Attack, production

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
async def test_the_attack_fails(attack: Attack, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if attack.arrange is not None:
        attack.arrange(monkeypatch)
    async with production(data_dir, **attack.settings) as target:
        await attack.run(target)


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
async def test_without_its_defence_the_attack_is_noticed(
    attack: Attack, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if attack.arrange is not None:
        attack.arrange(monkeypatch)
    changes = {**attack.settings, **(attack.remove(monkeypatch) or {})}
    routed.cache_clear()  # what is patched may be in the routes, and in what they remember of documents
    try:
        with pytest.raises(AssertionError):
            async with production(data_dir, **changes) as target:
                await attack.run(target)
    finally:
        routed.cache_clear()
