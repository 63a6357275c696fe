"""What of an admin's service is kept encrypted: its headers, the key of its certificate, the user of its proxy."""

from collections.abc import Mapping
from typing import Any

import msgspec

from engine.services.registry import Proxy, Service, TlsIdentity
from models.commands.services import split_proxy


class SealedParts(msgspec.Struct, frozen=True, omit_defaults=True):
    """The parts in the clear. None of them is anywhere else in the row of the service."""

    headers: dict[str, str] = {}
    key: str | None = None
    proxy_user: str | None = None

    def __bool__(self) -> bool:
        return bool(self.headers or self.key or self.proxy_user)

    def changed(self, changes: Mapping[str, Any]) -> "SealedParts":
        """The parts after a change; what it does not name stays."""
        tls, proxy = changes.get("tls"), changes.get("proxy")
        named = {
            "headers": changes.get("headers"),
            "tls": None if tls is None else tls["key"],
            "proxy": None if proxy is None else split_proxy(proxy)[1],
        }
        new = {PART_OF[field]: value for field, value in named.items() if field in changes}
        return msgspec.structs.replace(self, **new)

    def in_place(self, service: Service) -> Service:
        """The whole of a service that was kept without them."""
        return msgspec.structs.replace(
            service,
            headers=self.headers,
            tls=None if service.tls is None else msgspec.structs.replace(service.tls, key=self.key),
            proxy=None if service.proxy is None else msgspec.structs.replace(service.proxy, user=self.proxy_user),
        )

    def encoded(self) -> str:
        """As they are encrypted: headers alone are an object of texts, as they were before there was more."""
        is_headers = self.key is None and self.proxy_user is None
        return msgspec.json.encode(self.headers if is_headers else {PARTS: self}).decode()


PART_OF: Mapping[str, str] = {"headers": "headers", "tls": "key", "proxy": "proxy_user"}
"""Which part belongs to a field of a service."""

PARTS = "parts"


def decoded(text: str) -> SealedParts:
    """The parts of a service as they were encrypted."""
    kept = msgspec.json.decode(text, type=dict[str, str | SealedParts])
    parts = kept.get(PARTS)
    return parts if isinstance(parts, SealedParts) else SealedParts(msgspec.convert(kept, dict[str, str]))


def open_columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in the row as it is, of the fields that have a part encrypted, as far as they are given."""
    columns: dict[str, Any] = {}
    if "tls" in values:
        tls = values["tls"]
        columns["tls"] = None if tls is None else {"ca": tls["ca"], "certificate": tls["certificate"]}
    if "proxy" in values:
        columns["proxy"] = None if values["proxy"] is None else split_proxy(values["proxy"])[0]
    return columns


def open_fields(tls: Mapping[str, str | None] | None, proxy: str | None) -> dict[str, Any]:
    """Those fields of a service by what stands in its row."""
    return {
        "tls": None if tls is None else TlsIdentity(**tls),
        "proxy": None if proxy is None else Proxy(proxy),
    }
