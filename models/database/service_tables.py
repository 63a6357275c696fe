"""The SQLModel tables of the services that admins register."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.database.tables import json_column


class RegisteredServiceRow(SQLModel, table=True):
    """A service of a tenant; `ciphertext` are its headers, the key of its certificate and the user of its proxy, as far
    as it has them, encrypted by the key that `key_id` names.
    """

    __tablename__ = "registered_service"

    tenant: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    version: int
    url: str
    timeout_seconds: float
    header_names: list[str] = json_column()
    ciphertext: bytes | None = None
    key_id: str | None = None
    idempotent: bool
    max_concurrency: int
    rate_limit: float | None = None
    circuit_threshold: int | None = None
    circuit_open_seconds: float
    max_response_bytes: int = Field(sa_column_kwargs={"server_default": "1048576"})
    client_credentials: dict[str, str | None] | None = json_column(nullable=True)
    tls: dict[str, str | None] | None = json_column(nullable=True)
    proxy: str | None = None
    created_by: str
    created_at: datetime
    updated_by: str
    updated_at: datetime


class ServiceRevisionRow(SQLModel, table=True):
    """How often the services of any tenant were changed, in its one row: who changes one holds it until it is done."""

    __tablename__ = "service_revision"

    id: int | None = Field(default=None, primary_key=True)
    number: int


class ServiceTrialRow(SQLModel, table=True):
    """How often somebody had a service tried by hand, for every node to see; `tenant` is empty for the operator's."""

    __tablename__ = "service_trial"

    tenant: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    number: int
