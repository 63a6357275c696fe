"""A settings file stands below the environment, and `orchestrator settings` says what is in force and from where."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.settings.definition import hidden
from app.settings.production import production_settings
from app.settings.reading import given, load_settings
from app.settings.settings import SETTINGS, Settings, SettingsError
from app.settings.shown_texts import services_without_secrets, without_password
from engine.services.registry import Service

STRONG = "kT7wQ0mZr4Yx1VbN8sLd3GhJ6pFcE9uA2oRiXtKq"
CONTENT = """
port = 8080
allowed_origins = ["https://a.example", "https://b.example"]
graphql_only_trusted = false
graphql_timeout_seconds = 2.5

[services]
erp = "https://erp.example"

[services.crm]
url = "http://localhost:9000"
rate_limit = 0.5
headers = {Authorization = "Bearer geheim"}
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with a settings file in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orchestrator.toml").write_text(CONTENT)
    return tmp_path


def shown(*words: str, **settings: str) -> Result:
    environ = {f"ORCHESTRATOR_{name}": text for name, text in settings.items()}
    return CliRunner(env=environ).invoke(main, ["settings", *words])


def test_a_file_in_the_working_directory_is_read_as_the_variables_are() -> None:
    assert load_settings({}) == Settings(
        port=8080,
        allowed_origins=frozenset({"https://a.example", "https://b.example"}),
        graphql_timeout_seconds=2.5,
        services={
            "erp": Service("erp", "https://erp.example"),
            "crm": Service("crm", "http://localhost:9000", headers={"Authorization": "Bearer geheim"}, rate_limit=0.5),
        },
    )


def test_the_environment_wins_over_the_file_and_an_option_over_both() -> None:
    environ = {"ORCHESTRATOR_PORT": "1000", "ORCHESTRATOR_SERVICES": "{}"}
    settings = load_settings(environ, host="::1", data_dir=None)
    assert (settings.port, settings.services, settings.host) == (1000, {}, "::1")
    assert settings.graphql_timeout_seconds == 2.5
    assert load_settings(environ, port=2000).port == 2000


def test_another_file_is_named_by_a_variable_or_by_an_option_which_wins(place: Path) -> None:
    for port in (1, 2):
        (place / f"{port}.toml").write_text(f"port = {port}")
    environ = {"ORCHESTRATOR_SETTINGS_FILE": "1.toml"}
    assert load_settings(environ) == Settings(port=1)
    assert load_settings(environ, settings_file=Path("2.toml")) == Settings(port=2)
    (place / "orchestrator.toml").unlink()
    assert load_settings({}) == Settings()


def test_what_is_in_force_is_told_with_its_source_and_without_secrets() -> None:
    url = "postgresql+asyncpg://ada:geheim@db/flows?ssl=require&password=geheim"
    ended = shown("--data-dir", "elsewhere", PORT="80", JWT_SECRET=STRONG, DATABASE_URL=url, BIN="x")
    assert ended.exit_code == 0, ended.output
    lines = {line.split()[0]: line.split(maxsplit=1)[1] for line in ended.stdout.splitlines()}
    assert lines["port"].split() == ["80", "ORCHESTRATOR_PORT"]
    assert lines["data_dir"].split() == ["elsewhere", "--data-dir"]
    assert lines["jwt_secret"].split() == ["(hidden)", "ORCHESTRATOR_JWT_SECRET"]
    assert lines["graphql_timeout_seconds"].endswith("  graphql_timeout_seconds in orchestrator.toml")
    assert lines["database_url"].startswith("postgresql+asyncpg://ada:***@db/flows?ssl=require&password=***  ")
    assert STRONG not in ended.output and "geheim" not in ended.output
    assert "warning: ORCHESTRATOR_BIN is no setting" in ended.stderr
    assert "host" not in lines and "host " in shown("--all").stdout


def test_programs_are_told_of_every_setting() -> None:
    told = [json.loads(line) for line in shown("--json", HOST="::1").stdout.splitlines()]
    assert [one["name"] for one in told] == [*SETTINGS]
    of = {one["name"]: one for one in told}
    assert (of["host"]["value"], of["host"]["source"]) == ("::1", "ORCHESTRATOR_HOST")
    assert (of["rate_limit"]["value"], of["rate_limit"]["source"]) == ("100 in `production`, 0 in `test`", "default")
    assert {one["name"] for one in told if one["is_secret"]} == {"jwt_secret", "callback_secrets", "encryption_keys"}
    assert "](" not in of["encryption_keys"]["about"]


def test_what_is_wrong_is_told_after_what_is_in_force() -> None:
    ended = shown(PORT="many", PROT="1")
    assert ended.exit_code == 2
    assert "graphql_timeout_seconds" in ended.stdout
    assert [line.split()[:2] for line in ended.stderr.splitlines() if line.startswith("error: ")] == [
        ["error:", "ORCHESTRATOR_PROT"],
        ["error:", "ORCHESTRATOR_PORT"],
    ]


def test_what_a_cluster_sets_for_its_services_is_no_misspelt_setting() -> None:
    environ = {
        "ORCHESTRATOR_SERVICE_HOST": "10.0.0.1",
        "ORCHESTRATOR_SERVICE_PORT": "5080",
        "ORCHESTRATOR_SERVICE_PORT_HTTP": "5080",
        "ORCHESTRATOR_PORT_5080_TCP": "tcp://10.0.0.1:5080",
        "ORCHESTRATOR_PORT_5080_TCP_ADDR": "10.0.0.1",
    }
    assert load_settings(environ).port == 8080
    assert given({**environ, "ORCHESTRATOR_TOKEN": "x"}).strangers == ("ORCHESTRATOR_TOKEN",)


def test_production_refuses_a_file_that_others_may_write_or_whose_secrets_they_may_read(place: Path) -> None:
    file = place / "orchestrator.toml"
    environ = {"ORCHESTRATOR_DATA_DIR": str(place / "data"), "ORCHESTRATOR_JWT_SECRET": STRONG}
    file.write_text("port = 8080")
    file.chmod(0o644)
    assert production_settings(environ).port == 8080
    for content, mode, said in (
        ("port = 8080", 0o664, "the settings file: others on this machine can write to "),
        (CONTENT, 0o644, "others on this machine can read services in orchestrator.toml: 'chmod go= "),
        (f"jwt_secret = '{STRONG}'", 0o644, "others on this machine can read jwt_secret in orchestrator.toml"),
        ("database_url = 'postgresql+asyncpg://a:b@db/x'", 0o604, "others on this machine can read database_url in "),
    ):
        file.write_text(content)
        file.chmod(mode)
        with pytest.raises(SettingsError, match="others on this machine") as caught:
            production_settings({**environ, "ORCHESTRATOR_CALLBACK_SECRETS": "whsec_SUpQY3pXQ2x2bWd3ZVJ0aFpxbzE4a1BT"})
        assert [fault for fault in caught.value.faults if fault.startswith(said)], caught.value.faults
    file.write_text(f"environment = 'production'\njwt_secret = '{STRONG}'\ndata_dir = '{place / 'data'}'")
    file.chmod(0o600)
    assert production_settings({}).jwt_secret == STRONG


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("redis://:geheim@[::1]:6379/0", "redis://:***@[::1]:6379/0"),
        ("redis://cache:6379/0", "redis://cache:6379/0"),
        ("unix:///run/redis.sock", "unix:///run/redis.sock"),
        ("sqlite:////var/lib/x.db", "sqlite:////var/lib/x.db"),
        ("postgresql+asyncpg://postgres:@/x?host=/tmp/pg", "postgresql+asyncpg://postgres:@/x?host=/tmp/pg"),
        ("postgresql+asyncpg://a:ge@heim@db:1/x", "postgresql+asyncpg://a:***@db:1/x"),
        ("postgresql+asyncpg://a:geheim@[db/x", hidden("")),
        ("postgresql+asyncpg://a:12/geheim@db/x", hidden("")),
        ("https://geheim@db/x", "https://***@db/x"),
    ],
)
def test_an_address_is_shown_without_its_password(url: str, said: str) -> None:
    assert without_password(url) == said


def test_services_are_shown_without_what_may_be_secret_in_them() -> None:
    text = '{"a": "http://u:geheim@x", "b": {"url": "http://y?key=geheim", "headers": {"X": "geheim"}}, "c": 5}'
    told = json.loads(services_without_secrets(text))
    assert told == {"a": "http://u:***@x", "b": {"url": "http://y?key=***", "headers": {"X": "***"}}, "c": "***"}
    assert services_without_secrets("{geheim") == services_without_secrets("[]") == hidden("")


def test_a_file_may_begin_with_the_mark_of_its_encoding(place: Path) -> None:
    (place / "orchestrator.toml").write_bytes(b"\xef\xbb\xbfport = 8081")
    assert load_settings({}) == Settings(port=8081)
