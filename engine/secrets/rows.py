"""Reads and writes the rows of secrets, whose values are in them as ciphertext alone."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, delete, select, update

from engine.secrets.cipher import Sealed, SecretCipher, SecretPlace
from models.database.bulk import INSERTS
from models.database.security_tables import SecretRow as SecretTable
from models.database.tables import table
from models.entities.secrets import Secret

SECRETS = table(SecretTable)
COLUMNS = tuple(SECRETS.c[name] for name in Secret.__struct_fields__)

NAMES = select(SECRETS.c.name).where(SECRETS.c.tenant == bindparam("of_tenant"))
SEALED = select(SECRETS.c.name, SECRETS.c.version, SECRETS.c.ciphertext, SECRETS.c.key_id).where(
    SECRETS.c.tenant == bindparam("of_tenant"), SECRETS.c.name.in_(bindparam("names", expanding=True))
)


def put_secret(
    connection: Connection, cipher: SecretCipher, tenant: str, name: str, value: str, user_id: str, at: datetime
) -> Secret:
    """Keep a value under a name, as a new secret or as the next version of one. Raises `SecretsNotConfigured`."""
    fresh = {"tenant": tenant, "name": name, "version": 0, "ciphertext": b"", "key_id": cipher.newest}
    said = {"created_by": user_id, "created_at": at, "updated_by": user_id, "updated_at": at}
    connection.execute(INSERTS[connection.dialect.name](SECRETS).values(fresh | said).on_conflict_do_nothing())
    own = (SECRETS.c.tenant == tenant, SECRETS.c.name == name)
    # The version is known, and nobody else's, once the row is held.
    before = connection.execute(select(*COLUMNS).where(*own).with_for_update()).one()
    after = msgspec.structs.replace(secret(before), version=before.version + 1, updated_by=user_id, updated_at=at)
    sealed = cipher.seal(value, SecretPlace(tenant, name, after.version))
    connection.execute(
        update(SECRETS).where(*own).values(msgspec.structs.asdict(after) | msgspec.structs.asdict(sealed))
    )
    return after


def remove_secret(connection: Connection, tenant: str, name: str) -> bool:
    """Delete a secret; false where there is none."""
    removed = connection.execute(delete(SECRETS).where(SECRETS.c.tenant == tenant, SECRETS.c.name == name))
    return bool(removed.rowcount)


def names_among(connection: Connection, tenant: str, names: Collection[str]) -> frozenset[str]:
    """Those of `names` that are secrets of the tenant."""
    if not names:
        return frozenset()
    found = connection.execute(NAMES.where(SECRETS.c.name.in_(names)), {"of_tenant": tenant})
    return frozenset(found.scalars())


def read_sealed(
    connection: Connection, tenant: str, names: Collection[str]
) -> Mapping[str, tuple[SecretPlace, Sealed]]:
    """The secrets of the tenant among `names`, encrypted."""
    rows = connection.execute(SEALED, {"of_tenant": tenant, "names": list(names)})
    return {row.name: (SecretPlace(tenant, row.name, row.version), Sealed(row.ciphertext, row.key_id)) for row in rows}


def secret(row: Row[*tuple[Any, ...]]) -> Secret:
    """The entity of a row of `COLUMNS`."""
    return Secret(**{name: row._mapping[name] for name in Secret.__struct_fields__})
