"""No spelling of a private address gets past the guard of callbacks."""

from ipaddress import ip_address, ip_network

import pytest

from engine.services.addresses import METADATA, CallbackPolicy, is_allowed, literal_address

LOOPBACK = ip_network("127.0.0.0/8")
STRICT = CallbackPolicy((), requires_https=False)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104 - nothing is bound
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "100.127.255.254",
        "127.0.0.1",
        "127.255.255.255",
        "169.254.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.0.9",
        "192.0.0.170",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:a9fe:a9fe",
        "::127.0.0.1",
        "::10.0.0.1",
        "::ffff:0:127.0.0.1",
        "64:ff9b::127.0.0.1",
        "64:ff9b::8.8.8.8",
        "64:ff9b:1::8.8.8.8",
        "100::1",
        "2001::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:10::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "2002:808:808::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
    ],
)
def test_what_is_not_public_is_denied(address: str) -> None:
    assert not is_allowed(ip_address(address), ())


@pytest.mark.parametrize("address", ["1.1.1.1", "8.8.8.8", "172.32.0.1", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_what_is_public_is_allowed(address: str) -> None:
    assert is_allowed(ip_address(address), ())


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::ffff:127.0.0.1", "::127.0.0.1"])
def test_an_allowed_network_opens_itself_in_every_spelling(address: str) -> None:
    assert is_allowed(ip_address(address), (LOOPBACK,))


@pytest.mark.parametrize("address", ["10.0.0.1", "::1", "169.254.0.1"])
def test_an_allowed_network_opens_nothing_else(address: str) -> None:
    assert not is_allowed(ip_address(address), (LOOPBACK,))


@pytest.mark.parametrize("address", [*sorted(map(str, METADATA)), "::ffff:169.254.169.254", "fd00:ec2::254%eth0"])
def test_no_setting_opens_the_metadata_of_a_cloud(address: str) -> None:
    everything = (ip_network("0.0.0.0/0"), ip_network("::/0"))
    assert is_allowed(ip_address("10.0.0.1"), everything)
    assert not is_allowed(ip_address(address), everything)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.0.0.1.", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("127.0.1", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("0X7F000001", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("0", "0.0.0.0"),  # noqa: S104 - nothing is bound
        ("%31%32%37.0.0.1", "127.0.0.1"),
        ("localhost", "127.0.0.1"),
        ("LOCALHOST.", "127.0.0.1"),
        ("a.localhost", "127.0.0.1"),
        ("::ffff:127.0.0.1", "::ffff:127.0.0.1"),
        ("fe80::1%25eth0", "fe80::1%eth0"),
    ],
)
def test_every_spelling_of_an_address_is_read(host: str, address: str) -> None:
    assert literal_address(host) == ip_address(address)


@pytest.mark.parametrize(
    "host",
    [
        "example.com",
        "127.0.0.1.example.com",
        "localhost.example.com",
        "beef",
        "1.2.3.4.5",
        "a%00b",
        "127.0.0.1%00",
        "a\u0130%ff",
    ],
)
def test_a_name_is_no_address(host: str) -> None:
    assert literal_address(host) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://127.1/hook",
        "http://2130706433/",
        "http://0x7f.1:8080/",
        "http://localhost./",
        "http://[::ffff:127.0.0.1]/",
        "http://[::1]:80/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1",
    ],
)
def test_a_url_with_a_private_address_is_refused_and_told_what_to_set(url: str) -> None:
    refusal = STRICT.refusal(url)
    assert refusal is not None
    assert "ORCHESTRATOR_ALLOW_PRIVATE_NETWORKS" in refusal


@pytest.mark.parametrize("url", ["https://example.com/hook", "http://example.com/", "http://8.8.8.8/", "HTTP://a.b/"])
def test_a_url_that_is_public_or_a_name_is_taken(url: str) -> None:
    assert STRICT.refusal(url) is None


def test_an_allowed_network_is_taken_in_a_url() -> None:
    assert CallbackPolicy((LOOPBACK,), requires_https=False).refusal("http://127.1:9000/") is None


def test_https_can_be_required() -> None:
    policy = CallbackPolicy((), requires_https=True)
    assert policy.refusal("http://example.com/") == "callback_url must be an https URL in production"
    assert policy.refusal("HTTPS://example.com/") is None
