"""The TLS and the proxy of a service of the operator: read, refused and shown."""

import json
from typing import Any

import pytest

from app.settings.reading import load_settings
from app.settings.settings import SETTINGS, SettingsError
from engine.services.credentials import credentials
from engine.services.registry import Proxy, Route, Service, TlsIdentity
from tests.support.credentials.certificates import OwnCA

OWN = OwnCA()
ME, OTHER, LATE = OWN.pair("me"), OWN.pair("other"), OWN.pair("late", days=-1)


def read(**fields: Any) -> Service:
    text = json.dumps({"crm": {"url": "https://crm", **fields}})
    return load_settings({"ORCHESTRATOR_SERVICES": text}).services["crm"]


def test_a_service_may_have_a_tls_identity_and_a_proxy() -> None:
    tls = {"ca": OWN.pem, "certificate": ME.certificate, "key": ME.key}
    service = read(tls=tls, proxy="http://me:p%40ss%20we@proxy:3128/")
    assert service.route == Route(TlsIdentity(**tls), Proxy("http://proxy:3128", "me:p@ss we"))
    assert service.token_route == Route(proxy=service.proxy)
    assert credentials(service).redact("Basic bWU6cEBzcyB3ZQ== or me:p@ss we") == (
        "[secret:services.crm.proxy] or [secret:services.crm.proxy]"
    )
    assert read(url="http://crm", proxy="http://proxy").route == Route(proxy=Proxy("http://proxy"))
    # One certificate of many that has expired must not keep a server from its start.
    assert read(tls={"certificate": LATE.certificate, "key": LATE.key}).tls is not None


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"tls": {"ca": "canary"}}, "the tls.ca of service 'crm' is no certificate in PEM"),
        ({"tls": {"certificate": ME.certificate, "key": OTHER.key}}, "the tls.key of service 'crm' does not match"),
        ({"tls": {"ca": OWN.pem}, "url": "http://crm"}, "must be an https URL, for the service has tls"),
        ({"tls": {"cert": OWN.pem}}, "the tls of service 'crm' is of the wrong type"),
        ({"tls": {"key": 5}}, "the tls of service 'crm' is of the wrong type"),
        ({"proxy": "socks5://me:canary@proxy"}, "the proxy of service 'crm' must be http://host:port"),
        ({"proxy": "http://me:canary@/x@proxy"}, "the proxy of service 'crm' must be http://host:port"),
    ],
)
def test_what_cannot_be_used_is_told_with_its_field_and_not_quoted(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(**fields)
    assert said in str(caught.value)
    assert "canary" not in str(caught.value)


def test_neither_a_key_nor_the_user_of_a_proxy_is_shown() -> None:
    tls = {"certificate": ME.certificate, "key": ME.key}
    text = json.dumps({"crm": {"url": "https://crm", "tls": tls, "proxy": "http://me:geheim@proxy:3128"}})
    shown = SETTINGS["services"].shown(text)
    assert json.loads(shown)["crm"] == {"url": "https://crm", "tls": "***", "proxy": "http://me:***@proxy:3128"}
