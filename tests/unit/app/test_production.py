"""Production refuses what is unsafe, all of it at once, and says what to set (S5)."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, insert

from app.settings.own_files import faults_of_folder
from app.settings.production import KEYS, production_settings
from app.settings.settings import FILE_SETTINGS, PARSERS, Environment, SettingsError
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
    assert "(it cannot be asked for one: the PostgreSQL database 'x' at 127.0.0.1:9 cannot be reached: " in fault
    assert "x:y" not in fault


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


# --- what others may have written or planted -----------------------------------------------------

SOMEBODY_ELSE = 54_321


def arranged(folder: Path) -> Path:
    """A data directory as the service leaves one."""
    data = folder / "data"
    data.mkdir(mode=0o700)
    for name in ("orchestrator.db", "callback_secret", "lock"):
        (data / name).touch(mode=0o600)
    return data


@pytest.mark.parametrize("mode", [0o720, 0o702, 0o770, 0o777, 0o1777])
def test_a_folder_that_others_may_write_is_refused(tmp_path: Path, mode: int) -> None:
    data = arranged(tmp_path)
    data.chmod(mode)
    assert f"others on this machine can write to {data}, and change what is relied on: 'chmod go-w {data}'" in faults(
        environ(tmp_path)
    )


@pytest.mark.parametrize(("mode", "is_refused"), [(0o755, False), (0o1777, False), (0o777, True), (0o775, True)])
def test_so_is_a_way_to_it_unless_it_is_sticky(tmp_path: Path, mode: int, is_refused: bool) -> None:
    above = tmp_path / "above"
    above.mkdir()
    arranged(above)
    above.chmod(mode)
    if not is_refused:
        production_settings(environ(above))
        return
    (fault,) = faults(environ(above))
    assert fault.startswith(f"others on this machine can write to {above}")
    (not_there_yet,) = faults(environ(above, DATA_DIR=str(above / "new" / "data")))
    assert not_there_yet == fault


@pytest.mark.parametrize("name", ["callback_secret", "orchestrator.db", "orchestrator.db-wal", "lock"])
def test_a_link_in_the_place_of_a_file_is_refused(tmp_path: Path, name: str) -> None:
    data = arranged(tmp_path)
    (tmp_path / "planted").touch(mode=0o600)
    (data / name).unlink(missing_ok=True)
    (data / name).symlink_to(tmp_path / "planted")
    (fault,) = faults(environ(tmp_path))
    assert fault.startswith(f"{data / name} is a link")


def test_a_link_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    real = arranged(tmp_path)
    (tmp_path / "elsewhere").symlink_to(real)
    (fault,) = faults(environ(tmp_path, DATA_DIR=str(tmp_path / "elsewhere")))
    assert fault.startswith(f"{tmp_path / 'elsewhere'} is a link")


def test_what_belongs_to_another_user_is_refused(tmp_path: Path) -> None:
    """We are whom we run as, and root; here we say that we are somebody else."""
    data = arranged(tmp_path)
    trusted = {0, Path("/").stat().st_uid}
    mine = [data, *sorted(data.iterdir())]
    if os.geteuid() in trusted:
        for path in mine:
            os.chown(path, SOMEBODY_ELSE, -1)
    found = [*faults_of_folder(data, [""], uid=SOMEBODY_ELSE + 1)]
    told = [f"{path} belongs to another user of this machine ({path.stat().st_uid})" for path in mine]
    assert [fault.split(", who")[0] for fault in found if str(data) in fault] == told
    assert not any(str(data) in fault for fault in faults_of_folder(data, [""], uid=data.stat().st_uid))


def test_what_cannot_be_looked_at_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    (fault,) = faults_of_folder(tmp_path / "a" / "data", [""])
    assert fault == f"{tmp_path / 'a' / 'data'} cannot be looked at: Too many levels of symbolic links"


def test_a_file_of_a_setting_that_others_may_write_is_refused(tmp_path: Path) -> None:
    documents = tmp_path / "documents.json"
    documents.write_text("{}")
    given = environ(tmp_path, GRAPHQL_TRUSTED_DOCUMENTS=str(documents))
    production_settings(given)
    documents.chmod(0o664)
    (fault,) = faults(given)
    assert fault.startswith(
        f"ORCHESTRATOR_GRAPHQL_TRUSTED_DOCUMENTS: others on this machine can write to {documents}, "
    )


def test_the_way_to_a_file_of_a_setting_is_looked_at_through_links(tmp_path: Path) -> None:
    """As a cluster mounts it: the file is a link, and so is the folder that it leads into."""
    (tmp_path / "version").mkdir()
    (tmp_path / "version" / "documents.json").write_text("{}")
    (tmp_path / "now").symlink_to("version")
    (tmp_path / "documents.json").symlink_to("now/documents.json")
    given = environ(tmp_path, GRAPHQL_TRUSTED_DOCUMENTS=str(tmp_path / "documents.json"))
    production_settings(given)
    (tmp_path / "version").chmod(0o777)
    (fault,) = faults(given)
    assert f"can write to {tmp_path / 'version'}, " in fault


def test_every_setting_that_names_a_file_is_looked_at(tmp_path: Path) -> None:
    def names_a_file(read: Callable[[str], object]) -> bool:
        try:
            read(str(tmp_path / "nowhere"))
        except ValueError as error:
            return "No such file" in str(error)
        return False

    assert {name for name, read in PARSERS.items() if names_a_file(read)} == {*FILE_SETTINGS}
