"""Encrypts what older keys encrypted anew by the newest one, a few secrets at a time, beside running servers."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, String, bindparam, select, tuple_, update

from engine.secrets.cipher import Sealed, SecretCipher, SecretPlace, SecretUnreadable
from engine.secrets.rows import SECRETS

BATCH = 100
START = ("", "")

OUTDATED = (
    select(SECRETS)
    .where(SECRETS.c.key_id != bindparam("newest"))
    .where(
        tuple_(SECRETS.c.tenant, SECRETS.c.name)
        > tuple_(bindparam("tenant", type_=String), bindparam("name", type_=String))
    )
    .order_by(SECRETS.c.tenant, SECRETS.c.name)
    .limit(BATCH)
)


class RotationStep(msgspec.Struct, frozen=True):
    """What is encrypted by the newest key now, what could not be read and why, and where to go on.

    `last` is the tenant and the name of the last secret that was looked at, or None where there is none left.
    """

    renewed: Sequence[SecretPlace]
    unreadable: Sequence[tuple[SecretPlace, str]]
    last: tuple[str, str] | None


def rotate_batch(connection: Connection, cipher: SecretCipher, after: tuple[str, str]) -> RotationStep:
    """Encrypt the next secrets behind `after` anew. Raises `SecretsNotConfigured`.

    A secret that is set meanwhile keeps its new value: a ciphertext is only replaced by one of the same version.
    """
    renewed: list[SecretPlace] = []
    unreadable: list[tuple[SecretPlace, str]] = []
    place = None
    for row in connection.execute(OUTDATED, {"newest": cipher.newest, "tenant": after[0], "name": after[1]}).all():
        place = SecretPlace(row.tenant, row.name, row.version)
        try:
            sealed = cipher.seal(cipher.open(Sealed(row.ciphertext, row.key_id), place), place)
        except SecretUnreadable as error:
            unreadable.append((place, str(error)))
            continue
        is_unchanged = [SECRETS.c[name] == getattr(place, name) for name in SecretPlace.__struct_fields__]
        is_unchanged.append(SECRETS.c.key_id == row.key_id)
        changed = connection.execute(update(SECRETS).where(*is_unchanged).values(msgspec.structs.asdict(sealed)))
        if changed.rowcount:
            renewed.append(place)
    return RotationStep(renewed, unreadable, None if place is None else (place.tenant, place.name))
