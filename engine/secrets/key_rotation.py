"""Encrypts what older keys encrypted anew by the newest one, a few rows at a time, beside running servers."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, String, Table, bindparam, select, tuple_, update

from engine.secrets.cipher import Sealed, SecretCipher, SecretPlace, SecretUnreadable
from engine.secrets.rows import SECRETS

BATCH = 100
START = ("", "")


class Kept(msgspec.Struct, frozen=True):
    """A table whose rows keep what is encrypted, each in its place: by tenant, name and version."""

    table: Table
    place: type[SecretPlace]

    @property
    def outdated(self) -> Select[Any]:
        """The next rows that another key than the newest encrypted."""
        columns = self.table.c
        after = tuple_(bindparam("tenant", type_=String), bindparam("name", type_=String))
        return (
            select(self.table)
            .where(columns.key_id != bindparam("newest"), tuple_(columns.tenant, columns.name) > after)
            .order_by(columns.tenant, columns.name)
            .limit(BATCH)
        )


KEPT_SECRETS = Kept(SECRETS, SecretPlace)


class RotationStep(msgspec.Struct, frozen=True):
    """What is encrypted by the newest key now, what could not be read and why, and where to go on.

    `last` is the tenant and the name of the last secret that was looked at, or None where there is none left.
    """

    renewed: Sequence[SecretPlace]
    unreadable: Sequence[tuple[SecretPlace, str]]
    last: tuple[str, str] | None


def rotate_batch(connection: Connection, cipher: SecretCipher, kept: Kept, after: tuple[str, str]) -> RotationStep:
    """Encrypt what comes next behind `after` anew. Raises `SecretsNotConfigured`.

    What is set meanwhile keeps its new value: a ciphertext is only replaced by one of the same version.
    """
    renewed: list[SecretPlace] = []
    unreadable: list[tuple[SecretPlace, str]] = []
    place = None
    for row in connection.execute(kept.outdated, {"newest": cipher.newest, "tenant": after[0], "name": after[1]}).all():
        place = kept.place(row.tenant, row.name, row.version)
        try:
            sealed = cipher.seal(cipher.open(Sealed(row.ciphertext, row.key_id), place), place)
        except SecretUnreadable as error:
            unreadable.append((place, str(error)))
            continue
        is_unchanged = [kept.table.c[name] == getattr(place, name) for name in SecretPlace.__struct_fields__]
        is_unchanged.append(kept.table.c.key_id == row.key_id)
        changed = connection.execute(update(kept.table).where(*is_unchanged).values(msgspec.structs.asdict(sealed)))
        if changed.rowcount:
            renewed.append(place)
    return RotationStep(renewed, unreadable, None if place is None else (place.tenant, place.name))
