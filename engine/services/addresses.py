"""Says which network addresses the callers' own URLs may reach: public ones, and what the operator allows."""

import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import unquote, urlsplit

import msgspec

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

HOW_TO_ALLOW = "an operator can allow its network with ORCHESTRATOR_ALLOW_PRIVATE_NETWORKS"

METADATA = frozenset(
    ip_address(text) for text in ("169.254.169.254", "168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254")
)
"""Where clouds hand credentials to whoever asks from inside: no setting opens these."""

DENIED = tuple(
    ip_network(text)
    for text in (
        "100.64.0.0/10",  # carriers' own networks
        "192.0.0.0/24",  # protocol assignments
        "192.88.99.0/24",  # relays of 6to4
        "64:ff9b::/96",  # NAT64: an IPv4 address behind it may be private
        "64:ff9b:1::/48",
        "2001::/23",  # protocol assignments, Teredo (2001::/32) among them
        "2002::/16",  # 6to4, with any IPv4 address inside
        "3fff::/20",  # documentation
    )
)
"""What the standard library counts as global, in one of its versions or another, and we do not."""

PUBLIC_IPV6 = IPv6Network("2000::/3")
IPV4_COMPATIBLE = IPv6Network("::/96")
LOOPBACK = IPv4Address("127.0.0.1")


class CallbackPolicy(msgspec.Struct, frozen=True):
    """What a `callback_url` may be: which networks that are not public it may reach, and whether by https alone."""

    allowed_networks: tuple[Network, ...]
    requires_https: bool

    def refusal(self, url: str) -> str | None:
        """Why a well-formed http(s) `url` is refused, or None. Names are judged when they are resolved."""
        if self.requires_https and urlsplit(url).scheme != "https":
            return "callback_url must be an https URL in production"
        return address_refusal("callback_url", url, self.allowed_networks)


def address_refusal(field: str, url: str, allowed_networks: Sequence[Network]) -> str | None:
    """Why a well-formed `url` in a field is refused by the address that it spells out, or None."""
    address = literal_address(urlsplit(url).hostname or "")
    if address is None or is_allowed(address, allowed_networks):
        return None
    return f"{field} must not lead to the address {address}, which is not public: {HOW_TO_ALLOW}"


def is_allowed(address: Address, allowed_networks: Sequence[Network]) -> bool:
    """Whether a connection to `address` may be made: it is public, or in one of `allowed_networks`."""
    judged = _embedded(address)
    if judged in METADATA:
        return False
    return any(judged in network for network in allowed_networks) or _is_public(judged)


def literal_address(host: str) -> Address | None:
    """The address that a URL's host spells out in any of the forms that clients read; None for a name.

    So `127.1`, `2130706433` and `0x7f.1` are 127.0.0.1, and so is `localhost`, which no server has to be asked for.
    """
    plain = unquote(host).lower().rstrip(".")
    if plain == "localhost" or plain.endswith(".localhost"):
        return LOOPBACK
    try:
        return ip_address(plain)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(plain))
    except (OSError, ValueError):  # a name, or no text that the network would take
        return None


def is_loopback(host: str) -> bool:
    """Whether a name or an address leads to this machine alone."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _is_public(address: Address) -> bool:
    if not address.is_global or address.is_multicast or address.is_reserved or address.is_link_local:
        return False
    if isinstance(address, IPv6Address) and address not in PUBLIC_IPV6:
        return False
    return not any(address in network for network in DENIED)


def _embedded(address: Address) -> Address:
    """The IPv4 address inside a mapped (`::ffff:a.b.c.d`) or compatible (`::a.b.c.d`) one, which is where it leads."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in IPV4_COMPATIBLE and int(address) > 1:
        return IPv4Address(int(address))
    return IPv6Address(int(address))  # without its zone, which makes equal addresses unequal
