"""Which headers a workflow may set: none that a receiver, however lax, takes for one of another party's (S28)."""

import pytest
from pydantic import ValidationError

from engine.actions.installed import installed_actions
from engine.actions.registry import checked_config
from engine.actions.service_call_config import ServiceCallConfig
from engine.core.failure import ActionFailed
from models.commands.header_names import RESERVED, is_reserved, without
from models.words import ActionErrorCode
from tests.support.core.service_calls import config


def spellings(name: str) -> list[str]:
    joined = [name.replace("-", sign) for sign in ("_", ".", "--")]
    return [name, name.title(), name.upper(), *joined, f"_{name}", f"{name}-", name.swapcase()]


@pytest.mark.parametrize("name", [*sorted(RESERVED), "proxy", "proxy-authorization", "proxy-connection", "proxy-any"])
def test_a_reserved_header_is_refused_in_every_spelling(name: str) -> None:
    for spelling in spellings(name):
        assert is_reserved(spelling), spelling
        if spelling.lower() != "idempotency-key":  # it gives the call a key of its own
            with pytest.raises(ValidationError, match="cannot be set here"):
                ServiceCallConfig.model_validate(config(headers={spelling: "chunked"}))


@pytest.mark.parametrize(
    "name", ["Content-Type", "Accept", "X-Proxy-Token", "Proxyless", "X-Transfer-Encoding", "Tea", "If-Match", "Cookie"]
)
def test_other_headers_may_be_set(name: str) -> None:
    assert ServiceCallConfig.model_validate(config(headers={name: "x"})).headers == {name: "x"}


def test_it_is_refused_after_rendering_too() -> None:
    action = installed_actions()["service_call"]
    with pytest.raises(ActionFailed, match="transfer_encoding") as caught:
        checked_config(action, config(headers={"transfer_encoding": "chunked"}))
    assert caught.value.code is ActionErrorCode.INVALID_CONFIG


def test_the_operators_header_is_not_overridden_by_another_spelling_of_it() -> None:
    given = {"x_api_key": "mine", "X-API-KEY": "mine", "X.Api.Key": "mine", "-X-Api-Key_": "mine", "X-Api": "stays"}
    assert without(given, ["X-Api-Key"]) == {"X-Api": "stays"}
