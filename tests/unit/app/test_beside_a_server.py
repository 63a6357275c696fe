"""What a server leaves for the commands beside it, and how these go by it."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.credentials.token_keys import secret_key
from app.server_notes import ServerNote, last_server, left_for_commands
from app.settings.settings import Environment
from engine.secrets.cipher import key_id, new_key, read_key

SECRET = "the secret of this test, and of no other"
KEY = new_key()


@pytest.fixture(autouse=True)
def place(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ORCHESTRATOR_DATA_DIR", str(data_dir))
    return data_dir


@pytest.fixture
def servers(place: Path) -> Iterator[Any]:
    """Leaves notes of servers that run until the test ends, or until `close`."""
    with ExitStack() as running:

        def serve(**changes: Any) -> ExitStack:
            note = ServerNote(database=f"sqlite:///{place}/orchestrator.db", environment=Environment.TEST, process=7)
            running.enter_context(left_for_commands(place, msgspec.structs.replace(note, **changes)))
            return running

        yield serve


def run(*words: str, stdin: str = "long enough", **settings: str) -> Result:
    environ = {f"ORCHESTRATOR_{name}": text for name, text in settings.items()}
    return CliRunner(env=environ).invoke(main, list(words), input=stdin)


def refused(*words: str, **settings: str) -> str:
    ended = run(*words, **settings)
    assert (ended.exit_code, ended.stdout) == (2, ""), ended.output
    return ended.stderr.splitlines()[-1]


def test_a_note_is_kept_when_its_server_is_gone_and_replaced_by_the_next(place: Path) -> None:
    first, second = (ServerNote(f"sqlite:///{name}", Environment.PRODUCTION, os.getpid()) for name in "ab")
    with left_for_commands(place, first):
        found = last_server(place)
        assert found is not None
        assert (found.note, found.is_running) == (first, True)
        (file,) = place.glob("server-*.json")
        assert file.stat().st_mode & 0o777 == 0o600
        with left_for_commands(place, second):
            assert len([*place.glob("server-*.json")]) == 2
    found = last_server(place)
    assert found is not None
    assert not found.is_running
    with left_for_commands(place, first):
        assert [msgspec.json.decode(file.read_bytes(), type=ServerNote) for file in place.glob("server-*")] == [first]


def test_one_that_runs_is_believed_before_one_that_ran_and_what_cannot_be_read_is_passed_by(place: Path) -> None:
    running = ServerNote("sqlite:///running", Environment.TEST, 1)
    (place / "server-broken.json").write_text("{")
    with left_for_commands(place, running):
        (place / "server-newer.json").write_bytes(msgspec.json.encode(ServerNote("x", Environment.TEST, 2)))
        os.utime(place / "server-newer.json", (2**33, 2**33))
        found = last_server(place)
    assert found is not None
    assert found.note == running


def test_a_server_without_a_directory_leaves_nothing() -> None:
    folder = Path("/dev/null/nowhere")
    with left_for_commands(folder, ServerNote("x", Environment.TEST, 1)):
        assert last_server(folder) is None


def test_each_command_says_on_which_database_it_works_and_whether_a_server_runs(place: Path, servers: Any) -> None:
    for words in (["api-key", "list"], ["secret", "list"], ["audit", "verify"], ["audit", "export"], ["migrate"]):
        line = run(*words, "--json").stderr if words[-1] != "export" else run(*words).stderr
        assert line == f"the database {place}/orchestrator.db: no server was found to run on it\n", words
    servers()
    assert run("api-key", "list").stderr == f"the database {place}/orchestrator.db: a server runs on it\n"


def test_the_database_of_the_server_is_worked_on(place: Path, servers: Any) -> None:
    other = place / "other.db"
    with sqlite3.connect(place / "orchestrator.db") as mine, sqlite3.connect(other) as theirs:
        mine.backup(theirs)
    servers(database=f"sqlite:///{other}")
    assert run("api-key", "create", "--user", "ci").stderr.startswith(f"the database {other}: a server runs on it\n")
    named = run("api-key", "list", DATABASE_URL=f"sqlite:///{place}/orchestrator.db")
    assert "ci" not in named.stdout
    assert f"the server of {place} runs on another one, the database {other}" in named.stderr


@pytest.mark.parametrize("words", [["api-key", "list"], ["audit", "verify"], ["migrate"], ["backup", "x.db"]])
def test_where_the_server_has_another_database_none_is_guessed(place: Path, servers: Any, words: list[str]) -> None:
    servers(database="postgresql+asyncpg://ada:***@db/flows")
    said = f"the server of {place} has the PostgreSQL database 'flows' at db:5432: set ORCHESTRATOR_DATABASE_URL as"
    assert said in refused(*words)
    assert not [*place.glob("x.db")]


def test_a_postgresql_that_runs_with_its_server_is_not_looked_for_without_it(place: Path, servers: Any) -> None:
    servers(database=f"postgresql+asyncpg://postgres:@/postgres?host={place.resolve()}/postgres").close()
    assert "which runs with it: start 'orchestrator dev --postgres' first" in refused("api-key", "list")


def test_a_secret_is_encrypted_by_the_keys_of_the_server_or_not_at_all(place: Path, servers: Any) -> None:
    assert f"there is no {place}/encryption_key to encrypt secrets by: name" in refused("secret", "set", "a")
    assert not (place / "encryption_key").exists()
    running = servers(environment=Environment.PRODUCTION)
    (place / "encryption_key").write_text(new_key())  # of a time in which it was tried
    said = "no key encrypts secrets here: set ORCHESTRATOR_ENCRYPTION_KEYS for the server and here"
    assert said in refused("secret", "set", "a")
    assert "could not read what ORCHESTRATOR_ENCRYPTION_KEYS encrypts here" in refused(
        "secret", "set", "a", ENCRYPTION_KEYS=KEY
    )
    running.close()
    running = servers(environment=Environment.PRODUCTION, encryption_keys=(key_id(read_key(KEY)),))
    assert "set ORCHESTRATOR_ENCRYPTION_KEYS as the server has them" in refused("secret", "set", "a")
    assert run("secret", "set", "a", ENCRYPTION_KEYS=KEY).exit_code == 0
    assert run("secret", "list").stdout.split()[4] == "a"
    assert run("secret", "delete", "a").stdout == "a is deleted\n"
    running.close()
    servers()
    assert run("secret", "set", "a").exit_code == 0


def test_a_token_is_signed_as_the_server_signs_or_not_at_all(place: Path, servers: Any) -> None:
    assert f"there is no {place}/token_secret to sign with: name" in refused("token")
    assert not (place / "token_secret").exists()
    database = "postgresql+asyncpg://ada:***@db/flows"
    running = servers(database=database, environment=Environment.PRODUCTION, token_key=secret_key(SECRET).fingerprint)
    (place / "token_secret").write_text("s" * 40)
    assert "set ORCHESTRATOR_JWT_SECRET" in refused("token")
    assert "takes no token of this ORCHESTRATOR_JWT_SECRET" in refused("token", JWT_SECRET="x" * 40)
    assert run("token", JWT_SECRET=SECRET).exit_code == 0
    running.close()
    servers(token_key=secret_key("s" * 40).fingerprint)
    assert run("token", "--json").stdout.startswith('{"token":"ey')
