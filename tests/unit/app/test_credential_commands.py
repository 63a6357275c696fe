"""The commands that make credentials: what they print where, and what they refuse."""

import json
import re
from pathlib import Path
from typing import Any

import jwt
import pytest
from click.testing import CliRunner, Result

from app.cli import main
from models.api_key_text import KEY, key_id_of

SECRET = "the secret of this test, and of no other"


@pytest.fixture(autouse=True)
def environ(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings of a database that no server uses."""
    monkeypatch.setenv("ORCHESTRATOR_DATA_DIR", str(data_dir))


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def told(*words: str) -> str:
    """What one that must succeed prints."""
    ended = run(*words)
    assert ended.exit_code == 0, ended.output
    return ended.stdout.strip()


def refused(*words: str) -> str:
    """What one that must fail says, and that it prints nothing else, but for the database that it works on."""
    ended = run(*words)
    assert (ended.exit_code, ended.stdout) == (2, ""), ended.output
    return without_place(ended.stderr)


def without_place(told: str) -> str:
    return "".join(line for line in told.splitlines(keepends=True) if not line.startswith("the database /"))


def test_keys_are_listed_newest_first_as_a_table_or_as_json() -> None:
    first = key_id_of(told("api-key", "create", "--user", "ci", "--role", "editor", "--name", "CI", "--expires", "90d"))
    made = run("api-key", "create", "--user", "bot", "--role", "viewer", "--role", "admin", "--scope", "workflow:read")
    second = key_id_of(made.stdout.strip())
    assert KEY.fullmatch(made.stdout.strip()) and without_place(made.stderr).startswith(f"{second} of bot, admin: ")
    head, *lines = told("api-key", "list").splitlines()
    assert head.split("  ")[0] == "ID" and head.endswith("NAME")
    assert re.fullmatch(rf"{second}  bot +admin +- +- +- +made by the operator", lines[0])
    assert re.fullmatch(rf"{first}  ci +editor +\S+Z +- +- +CI", lines[1])
    entities = [json.loads(line) for line in told("api-key", "list", "--json").splitlines()]
    assert [(one["id"], one["role"], one["scope"]) for one in entities] == [
        (second, "admin", ["workflow:read"]),
        (first, "editor", None),
    ]
    assert len(told("api-key", "list", "--user", "ci").splitlines()) == 2
    told("api-key", "revoke", str(first))
    assert str(first) not in told("api-key", "list")
    assert str(first) in told("api-key", "list", "--all")
    assert refused("api-key", "rotate", str(first)) == f"error: API key {first} was revoked: create another one\n"


def test_a_list_of_many_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.commands.operator.PAGE_SIZE", 2)
    made = [key_id_of(told("api-key", "create", "--user", "ci", "--name", f"n{number}")) for number in range(5)]
    entities = [json.loads(line) for line in told("api-key", "list", "--json").splitlines()]
    assert [one["id"] for one in entities] == made[::-1]


def test_a_rotation_prints_the_new_key_and_may_have_a_grace() -> None:
    key = told("api-key", "create", "--user", "ci")
    key_id = str(key_id_of(key))
    fresh = told("api-key", "rotate", key_id, "--grace", "1h")
    assert (key_id_of(fresh), fresh == key) == (key_id, False)
    assert json.loads(told("api-key", "list", "--json"))["previous_expires_at"] is not None
    told("api-key", "rotate", key_id)
    assert json.loads(told("api-key", "list", "--json"))["previous_expires_at"] is None


def test_a_key_of_another_tenant_is_not_found() -> None:
    key_id = str(key_id_of(told("api-key", "create", "--user", "ci", "--tenant", "acme")))
    for verb in ("rotate", "revoke"):
        assert refused("api-key", verb, key_id) == f"error: API key not found: {key_id}\n"
    assert key_id not in told("api-key", "list")
    assert key_id in told("api-key", "list", "--tenant", "acme")


def test_a_token_is_signed_with_the_secret_that_is_set(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORCHESTRATOR_JWT_SECRET", SECRET)
    monkeypatch.setenv("ORCHESTRATOR_JWT_ISSUER", "https://issuer.example")
    for words, expected in (
        ((), {"sub": "operator", "tenant": "default", "roles": ["viewer"]}),
        (
            ("--user", "ada", "--tenant", "acme", "--role", "editor", "--role", "admin", "--scope", "workflow:read"),
            {"sub": "ada", "tenant": "acme", "roles": ["editor", "admin"], "scope": "workflow:read"},
        ),
    ):
        token = told("token", *words, "--expires", "90s")
        claims: dict[str, Any] = jwt.decode(
            token, SECRET, ["HS256"], issuer="https://issuer.example", audience="orchestrator"
        )
        assert claims["exp"] - claims["iat"] == 90
        assert {name: claims[name] for name in claims if name not in ("iat", "exp", "iss", "aud")} == expected
    assert [file.name for file in data_dir.iterdir()] == ["orchestrator.db"]


def test_what_cannot_be_made_is_told_with_what_to_do(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no duration such as 90d" in refused("api-key", "create", "--user", "ci", "--expires", "soon")
    assert "'root' is not one of" in refused("api-key", "create", "--user", "ci", "--role", "root")
    assert "Missing option '--user'" in refused("api-key", "create")
    assert "a tenant is a plain word" in refused("api-key", "list", "--tenant", "a b")
    assert "error: user_id: " in refused("api-key", "create", "--user", "")
    assert "expires_at: must be in the future" in refused("api-key", "create", "--user", "ci", "--expires", "0s")
    useless = refused("api-key", "create", "--user", "ci", "--scope", "workflow:write")
    assert "scope: the role viewer does not grant workflow:write" in useless
    assert "error: grace_seconds: " in refused("api-key", "rotate", "key_0000000000000000", "--grace", "8d")
    assert f"there is no {data_dir}/token_secret to sign with: name the server's data directory" in refused("token")
    (data_dir / "token_secret").write_text(SECRET)
    for expires in ("2d", "0s"):
        assert "ORCHESTRATOR_JWT_MAX_LIFE_SECONDS" in refused("token", "--expires", expires)
    monkeypatch.setenv("ORCHESTRATOR_ENVIRONMENT", "production")
    assert "set ORCHESTRATOR_JWT_SECRET" in refused("token")
    monkeypatch.setenv("ORCHESTRATOR_DATABASE_URL", "sqlite:////nowhere/at/all.db")
    assert refused("api-key", "list").startswith("error: there is no database /nowhere/at/all.db: name")
