"""Reads and writes the rows of the services that admins registered, whose secrets are in them as ciphertext alone."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from engine.secrets.cipher import Sealed, SecretCipher, SecretPlace
from engine.secrets.key_rotation import Kept
from engine.services.registry import ClientCredentials, Service
from engine.services.sealed_parts import PART_OF, SealedParts, decoded, open_columns, open_fields
from models.commands.services import MAX_SERVICES, ServiceNameTaken, ServiceNotFound, TooManyServices
from models.database.bulk import INSERTS
from models.database.service_tables import RegisteredServiceRow, ServiceRevisionRow, ServiceTrialRow
from models.database.tables import table

SERVICES = table(RegisteredServiceRow)
REVISION = table(ServiceRevisionRow)
TRIALS = table(ServiceTrialRow)
READ_REVISION = select(REVISION.c.number)
NEXT_REVISION = update(REVISION).values(number=REVISION.c.number + 1).returning(REVISION.c.number)
PLAIN = tuple(name for name in Service.__struct_fields__ if name != "name" and name not in PART_OF)
"""What is in the row of a service as it is."""

NOTHING = SealedParts()


class ServicePlace(SecretPlace, frozen=True):
    """Where what is encrypted of a service belongs."""

    @property
    def associated_data(self) -> bytes:
        """No secret has the same."""
        return msgspec.json.encode(["orchestrator service", self.tenant, self.name, self.version])


SEALED_PARTS = Kept(SERVICES, ServicePlace)
"""What of services is encrypted, for a change of keys."""


class StoredService(msgspec.Struct, frozen=True):
    """A service as it is kept: without its `SealedParts`, which are `sealed` where it has any."""

    tenant: str
    version: int
    service: Service
    header_names: tuple[str, ...]
    sealed: Sealed | None
    created_by: str
    created_at: datetime
    updated_by: str
    updated_at: datetime

    @property
    def sealed_place(self) -> ServicePlace:
        """Where its sealed parts belong."""
        return ServicePlace(self.tenant, self.service.name, self.version)


class KeptServices(msgspec.Struct, frozen=True):
    """All services of all tenants, and how often each was tried by hand, by its tenant (`OPERATORS`) and its name."""

    services: list[StoredService]
    trials: Mapping[tuple[str, str], int]


OPERATORS = ""
"""Whose the operator's services are."""


def read_services(connection: Connection, known: int) -> tuple[int, KeptServices | None]:
    """The present revision and what is kept; None where the revision is the `known` one."""
    revision: int = connection.execute(READ_REVISION).scalar_one()
    if revision == known:
        return revision, None
    trials = {(row.tenant, row.name): row.number for row in connection.execute(select(TRIALS))}
    return revision, KeptServices([_stored(row) for row in connection.execute(select(SERVICES))], trials)


def add_service(
    connection: Connection,
    cipher: SecretCipher,
    tenant: str,
    name: str,
    given: Mapping[str, Any],
    user_id: str,
    now: datetime,
) -> StoredService:
    """Keep a new service. Raises `ServiceNameTaken`, `TooManyServices`, `SecretsNotConfigured`."""
    connection.execute(NEXT_REVISION)
    if _read(connection, tenant, name) is not None:
        raise ServiceNameTaken(name, by_operator=False)
    count = select(func.count()).select_from(SERVICES).where(SERVICES.c.tenant == tenant)
    if connection.execute(count).scalar_one() >= MAX_SERVICES:
        raise TooManyServices(MAX_SERVICES)
    row = {name: given[name] for name in PLAIN} | open_columns(given)
    row |= _sealed(cipher, ServicePlace(tenant, name, 1), NOTHING.changed(given))
    by = {"created_by": user_id, "created_at": now, "updated_by": user_id, "updated_at": now}
    connection.execute(insert(SERVICES).values(tenant=tenant, name=name, version=1, **row, **by))
    return _present(connection, tenant, name)


def change_service(
    connection: Connection,
    cipher: SecretCipher,
    tenant: str,
    name: str,
    changes: Mapping[str, Any],
    user_id: str,
    now: datetime,
) -> StoredService:
    """Change what `changes` names. Raises `ServiceNotFound`, `SecretsNotConfigured`, `SecretUnreadable`."""
    connection.execute(NEXT_REVISION)
    before = _present(connection, tenant, name)
    place = ServicePlace(tenant, name, before.version + 1)
    values = {key: value for key, value in changes.items() if key not in PART_OF} | open_columns(changes)
    # What is encrypted is bound to its version, so what stays is encrypted anew.
    values |= _sealed(cipher, place, (opened(cipher, before) if _stays(before, changes) else NOTHING).changed(changes))
    values |= {"version": place.version, "updated_by": user_id, "updated_at": now}
    connection.execute(update(SERVICES).where(*_own(tenant, name)).values(values))
    return _present(connection, tenant, name)


def add_trial(connection: Connection, tenant: str, name: str) -> None:
    """Have every node try a service of a tenant, or of the `OPERATORS`, before its circuit does."""
    connection.execute(NEXT_REVISION)
    first = INSERTS[connection.dialect.name](TRIALS).values(tenant=tenant, name=name, number=1)
    more = {"number": TRIALS.c.number + 1}
    connection.execute(first.on_conflict_do_update(index_elements=["tenant", "name"], set_=more))


def remove_service(connection: Connection, tenant: str, name: str) -> None:
    """Forget a service. Raises `ServiceNotFound`."""
    connection.execute(NEXT_REVISION)
    if not connection.execute(delete(SERVICES).where(*_own(tenant, name))).rowcount:
        raise ServiceNotFound(name)


def opened(cipher: SecretCipher, stored: StoredService) -> SealedParts:
    """What is encrypted of a service. Raises `SecretUnreadable`."""
    if stored.sealed is None:
        return NOTHING
    return decoded(cipher.open(stored.sealed, stored.sealed_place))


def _stays(before: StoredService, changes: Mapping[str, Any]) -> bool:
    """Whether something encrypted may stay as it is: if not, nobody has to be able to read it."""
    has = {"headers": bool(before.header_names), "tls": before.service.tls, "proxy": before.service.proxy}
    return any(value for field, value in has.items() if field not in changes)


def _sealed(cipher: SecretCipher, place: ServicePlace, parts: SealedParts) -> dict[str, Any]:
    if not parts:
        return {"header_names": [], "ciphertext": None, "key_id": None}
    sealed = cipher.seal(parts.encoded(), place)
    return {"header_names": sorted(parts.headers), **msgspec.structs.asdict(sealed)}


def _own(tenant: str, name: str) -> Sequence[Any]:
    return SERVICES.c.tenant == tenant, SERVICES.c.name == name


def _present(connection: Connection, tenant: str, name: str) -> StoredService:
    found = _read(connection, tenant, name)
    if found is None:
        raise ServiceNotFound(name)
    return found


def _read(connection: Connection, tenant: str, name: str) -> StoredService | None:
    row = connection.execute(select(SERVICES).where(*_own(tenant, name))).one_or_none()
    return None if row is None else _stored(row)


def _service(row: Row[Any]) -> Service:
    plain = {name: row._mapping[name] for name in PLAIN}
    given = plain.pop("client_credentials")
    credentials = None if given is None else msgspec.convert(given, ClientCredentials)
    return Service(row.name, **plain, client_credentials=credentials, **open_fields(row.tls, row.proxy))


def _stored(row: Row[Any]) -> StoredService:
    return StoredService(
        tenant=row.tenant,
        version=row.version,
        service=_service(row),
        header_names=tuple(row.header_names),
        sealed=None if row.ciphertext is None else Sealed(row.ciphertext, row.key_id),
        created_by=row.created_by,
        created_at=row.created_at,
        updated_by=row.updated_by,
        updated_at=row.updated_at,
    )
