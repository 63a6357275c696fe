"""Production refuses what is unsafe, all of it at once, and says what to set (S5)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, insert

from app.production import KEYS, production_settings
from app.settings import Environment, SettingsError
from models.migrations.upgrade import upgrade

STRONG = "kT7wQ0mZr4Yx1VbN8sLd3GhJ6pFcE9uA2oRiXtKq"
SIGNING = "whsec_SUpQY3pXQ2x2bWd3ZVJ0aFpxbzE4a1BTdWJYZDdMTmY="
WEAK_SIGNING = "whsec_bm5ubm5ubm5ubm5ubm5ubm5ubm5ubm5u"
NOW = datetime.now(UTC)


def environ(folder: Path, **settings: str) -> dict[str, str]:
    """A configuration that is fine, but for what the test sets; empty is not set."""
    safe = {"DATA_DIR": str(folder / "data"), "JWT_SECRET": STRONG, **settings}
    return {f"ORCHESTRATOR_{name}": text for name, text in safe.items() if text}


def faults(variables: dict[str, str]) -> tuple[str, ...]:
    """What is wrong with it."""
    with pytest.raises(SettingsError) as caught:
        production_settings(variables)
    return caught.value.faults


def keep_key(file: Path, **changes: object) -> None:
    """A database with one API key in it."""
    file.parent.mkdir(mode=0o700, exist_ok=True)
    row = {
        "id": "key_1",
        "tenant": "default",
        "user_id": "ada",
        "name": "laptop",
        "role": "admin",
        "digest": "0" * 64,
        "created_by": "cli",
        "created_at": NOW,
        **changes,
    }

    def write(connection: Connection) -> None:
        upgrade(connection)
        connection.execute(insert(KEYS).values(row))

    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        write(connection)
    engine.dispose()


def test_a_safe_configuration_is_taken_as_it_is(tmp_path: Path) -> None:
    settings = production_settings(environ(tmp_path), port=1234)
    assert (settings.environment, settings.port, settings.requests_per_minute) == (Environment.PRODUCTION, 1234, 100)
    assert not settings.trusts_user_header
    assert not (tmp_path / "data").exists()  # looking changes nothing


def test_the_test_environment_is_refused(tmp_path: Path) -> None:
    (fault,) = faults(environ(tmp_path, ENVIRONMENT="test"))
    assert fault.startswith("ORCHESTRATOR_ENVIRONMENT is test: for that there is 'orchestrator dev'")


def test_what_is_no_environment_is_one_fault(tmp_path: Path) -> None:
    (fault,) = faults(environ(tmp_path, ENVIRONMENT="prod"))
    assert fault == "ORCHESTRATOR_ENVIRONMENT is not valid: set it to test or production, not 'prod'"


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    (data / "callback_secret").touch(mode=0o640)
    found = faults(
        environ(
            tmp_path,
            PORT="http",
            JWT_SECRET="changeme" * 4,
            CALLBACK_SECRETS=WEAK_SIGNING,
            ENCRYPTION_KEYS="AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            ALLOWED_ORIGINS="*",
            TRUSTED_PROXIES="0.0.0.0/0",
            ALLOW_PRIVATE_NETWORKS="::/0",
        )
        | {"PYTHONASYNCIODEBUG": "1"}
    )
    assert [fault.split(" ")[0] for fault in found] == [
        "ORCHESTRATOR_PORT",
        "ORCHESTRATOR_JWT_SECRET",
        "ORCHESTRATOR_CALLBACK_SECRETS",
        "ORCHESTRATOR_ENCRYPTION_KEYS",
        "ORCHESTRATOR_ALLOWED_ORIGINS",
        "ORCHESTRATOR_TRUSTED_PROXIES",
        "ORCHESTRATOR_ALLOW_PRIVATE_NETWORKS",
        "others",
        "PYTHONASYNCIODEBUG",
    ]
    assert not any("changeme" in fault or WEAK_SIGNING in fault for fault in found)


def test_without_a_credential_nobody_could_sign_in(tmp_path: Path) -> None:
    (fault,) = faults(environ(tmp_path, JWT_SECRET=""))
    assert fault.startswith("nobody can sign in: set ORCHESTRATOR_JWT_SECRET")
    assert "orchestrator api-key create" in fault
    assert not (tmp_path / "data").exists()


def test_an_api_key_is_a_credential_as_long_as_it_is_good(tmp_path: Path) -> None:
    keep_key(tmp_path / "data" / "orchestrator.db", expires_at=NOW + timedelta(days=1))
    assert production_settings(environ(tmp_path, JWT_SECRET="")).jwt_secret == ""


def test_keys_of_another_issuer_are_credentials_too(tmp_path: Path) -> None:
    settings = production_settings(environ(tmp_path, JWT_SECRET="", JWT_JWKS_URL="https://id.example/jwks"))
    assert settings.jwt_jwks_url


@pytest.mark.parametrize("changes", [{"revoked_at": NOW}, {"expires_at": NOW - timedelta(seconds=1)}])
def test_a_key_that_is_no_longer_good_is_none(tmp_path: Path, changes: dict[str, object]) -> None:
    keep_key(tmp_path / "data" / "orchestrator.db", **changes)
    (fault,) = faults(environ(tmp_path, JWT_SECRET=""))
    assert fault.startswith("nobody can sign in")


def test_a_database_without_the_table_of_keys_has_none(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "data" / "orchestrator.db").touch(mode=0o600)
    (fault,) = faults(environ(tmp_path, JWT_SECRET=""))
    assert fault.startswith("nobody can sign in")


def test_a_database_that_is_not_there_is_told_beside_it(tmp_path: Path) -> None:
    url = "postgresql+asyncpg://x:y@127.0.0.1:9/x"
    (fault,) = faults(environ(tmp_path, JWT_SECRET="", DATABASE_URL=url, CALLBACK_SECRETS=SIGNING))
    assert "(the database cannot be asked for one: " in fault


def test_nodes_on_one_database_sign_callbacks_with_the_same_secret(tmp_path: Path) -> None:
    url = "postgresql+asyncpg://x:y@127.0.0.1:9/x"
    (fault,) = faults(environ(tmp_path, DATABASE_URL=url))
    assert fault.startswith("ORCHESTRATOR_CALLBACK_SECRETS must be set")
    assert production_settings(environ(tmp_path, DATABASE_URL=url, CALLBACK_SECRETS=SIGNING)).callback_secrets


@pytest.mark.parametrize(
    ("folder_mode", "file_mode", "is_refused"),
    [(0o700, 0o644, False), (0o755, 0o600, False), (0o755, 0o640, True), (0o750, 0o604, True), (0o711, 0o644, True)],
)
def test_what_others_can_read_is_named(tmp_path: Path, folder_mode: int, file_mode: int, is_refused: bool) -> None:
    data = tmp_path / "data"
    data.mkdir()
    for name in ("orchestrator.db", "callback_secret"):
        (data / name).touch()
        (data / name).chmod(file_mode)
    (data / "lock").touch(mode=0o644)  # nothing is in it but a number of a process
    data.chmod(folder_mode)
    if not is_refused:
        production_settings(environ(tmp_path))
        return
    (fault,) = faults(environ(tmp_path))
    assert fault == (
        f"others on this machine can read callback_secret, orchestrator.db in {data}: 'chmod -R go= {data}'"
    )


def test_a_database_in_another_folder_is_looked_at_too(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    for name in ("mine.db", "mine.db-wal", "not-mine.txt"):
        (elsewhere / name).touch(mode=0o644)
    (fault,) = faults(environ(tmp_path, DATABASE_URL=f"sqlite:///{elsewhere / 'mine.db'}"))
    assert "can read mine.db, mine.db-wal in" in fault
