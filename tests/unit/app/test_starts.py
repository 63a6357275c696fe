"""Every start that cannot work ends in a line that says what, where and what to do, and with the documented status."""

import errno
import gc
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest
import uvicorn.lifespan.on
from click.testing import CliRunner, Result

from app import data_directory
from app.cli import main
from app.commands import run_file
from app.files.workflow_schema import encoded
from app.server import server
from app.server.forked import run_forked
from app.server.listening_sockets import bound
from app.server.stop_signals import StopSignals
from app.settings.reading import load_settings
from app.settings.settings import address_of
from engine.actions import registry
from models.database.sqlite_files.file import MAGIC
from tests.support.database_files import UNUSABLE

STRONG = "kT7wQ0mZr4Yx1VbN8sLd3GhJ6pFcE9uA2oRiXtKq"
SIGNING = "whsec_SUpQY3pXQ2x2bWd3ZVJ0aFpxbzE4a1BTdWJYZDdMTmY="
HELLO = {"name": "x", "actions": [{"action_id": "a", "action_type": "notification", "config": {"message": "Hi"}}]}
INVALID, NO_START = 2, 3
POSTGRES = "postgresql+asyncpg://ada:geheim@127.0.0.1:9/flows"

SERVERS = {
    "dev": ["dev", "--port", "0"],
    "serve": ["serve", "--port", "0"],
    "serve twice": ["serve", "--port", "0", "--workers", "2"],
    "worker": ["worker", "--port", "0"],
}
OPERATORS = {
    "migrate": ["migrate"],
    "api-key": ["api-key", "list"],
    "secret": ["secret", "list"],
    "audit": ["audit", "verify"],
    "backup": ["backup", "new.db"],
}
OTHERS = {"run": ["run", "hello.json"], "token": ["token"], "restore": ["restore", "copy.db"], "settings": ["settings"]}
ALL = SERVERS | OPERATORS | OTHERS


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A working directory with a workflow in it; what a server changes of its process is put back."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hello.json").write_text(json.dumps(HELLO))
    (tmp_path / "copy.db").write_bytes(MAGIC)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    threshold, interval, mask = gc.get_threshold(), sys.getswitchinterval(), os.umask(0o022)
    yield tmp_path
    os.umask(mask)
    sys.setswitchinterval(interval)
    gc.set_threshold(*threshold)
    for number, handler in handlers.items():
        signal.signal(number, handler)


def run(words: list[str], **settings: str) -> Result:
    environ = {f"ORCHESTRATOR_{name}": text for name, text in settings.items()}
    return CliRunner(env=environ).invoke(main, words)


def explained(ended: Result, status: int, *said: str) -> None:
    """Hold an end against what it should be: the status, no trace, and a last line with all of it."""
    assert isinstance(ended.exception, SystemExit), (ended.exception, ended.output)
    last = ended.stderr.splitlines()[-1]
    assert (ended.exit_code, ended.stdout) == (status, "") or "SETTING" in ended.stdout, ended.output
    assert last.startswith("error: "), last
    assert [text for text in said if text not in ended.stderr] == [], ended.stderr
    assert "Traceback" not in ended.stderr and "geheim" not in ended.output


BAD_SETTINGS = [
    ({"PROT": "1"}, "ORCHESTRATOR_PROT is no setting: did you mean ORCHESTRATOR_PORT?"),
    ({"SERVICE": "{}"}, "ORCHESTRATOR_SERVICE is no setting: did you mean ORCHESTRATOR_SERVICES?"),
    ({"SETTINGS": "x"}, "ORCHESTRATOR_SETTINGS is no setting: did you mean ORCHESTRATOR_SETTINGS_FILE?"),
    ({"PORT": "tcp://10.0.0.1:80"}, "ORCHESTRATOR_PORT is not valid: 'tcp://10.0.0.1:80' is what Kubernetes sets"),
    ({"SETTINGS_FILE": "none.toml"}, "the settings file none.toml cannot be read: No such file"),
    ({"SETTINGS_FILE": "hello.json"}, "the settings file hello.json is no TOML: "),
    ({"DATABASE_URL": "postgres://ada:geheim@db/x"}, "ORCHESTRATOR_DATABASE_URL is not valid: it starts with"),
    (
        {"DATABASE_URL": "postgresql+asyncpg://ada:geheim@db/x?sslmode=require"},
        "the driver knows no sslmode behind the ?: write ssl=",
    ),
    ({"DATABASE_URL": "postgresql+asyncpg://ada:geheim@db:x/x"}, "its host or its port cannot be read: write"),
    (
        {"SERVICES": '{"crm": {"url": "http://x", "timeout": 5}}'},
        "service 'crm' has an unknown field timeout: did you mean timeout_seconds?",
    ),
    ({"SERVICES": '{"crm": {"url": "http://x", "colour": 5}}'}, "unknown field colour: known are url, timeout_seconds"),
    ({"SERVICES": '{"crm": {"uri": "http://x"}}'}, "service 'crm' has an unknown field uri: did you mean url?"),
    ({"SERVICES": '{"crm": {"url": "http://x", "headers": [1]}}'}, "the headers of service 'crm' is of the wrong type"),
    ({"SERVICES": '{"crm": {}, "erp": 5}'}, "service 'crm' has no url: set it to"),
    ({"SERVICES": '{"crm": {}, "erp": 5}'}, "service 'erp' must be a URL or an object with a url"),
]


@pytest.mark.parametrize("command", ALL)
@pytest.mark.parametrize(("settings", "said"), BAD_SETTINGS)
def test_settings_that_cannot_be_read_are_named(command: str, settings: dict[str, str], said: str) -> None:
    explained(run(ALL[command], **settings), INVALID, said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("prot = 1", "prot in orchestrator.toml is no setting: did you mean port?"),
        ("ORCHESTRATOR_PORT = 1", "did you mean port?"),
        ("colour = 1", "colour in orchestrator.toml is no setting: known are access_log, "),
        ("port = 99999", "port in orchestrator.toml is not valid: a port is a number from 0 to 65535, not '99999'"),
        ("port = 2026-01-01", "port in orchestrator.toml is not valid: it is a date or a time"),
        ("port = [", "the settings file orchestrator.toml is no TOML: "),
        ('callback_secrets = ["a,b"]', "callback_secrets in orchestrator.toml is not valid: a part of a list"),
        ("[services.crm]\ntimeout_seconds = 5", "services in orchestrator.toml is not valid: service 'crm' has no url"),
        ("[services]\ncrm = 2026-01-01", "services in orchestrator.toml is not valid: a date or a time in it"),
    ],
)
def test_a_settings_file_that_cannot_be_used_is_told(place: Path, text: str, said: str) -> None:
    (place / "orchestrator.toml").write_text(text)
    explained(run(ALL["migrate"]), INVALID, said)


@pytest.mark.parametrize("name", [name for name in UNUSABLE if name != "without its directory"])
@pytest.mark.parametrize("command", ["dev", *OPERATORS])
def test_a_database_that_cannot_be_used_is_named(data_dir: Path, command: str, name: str) -> None:
    harm, said = UNUSABLE[name]
    harm(data_dir / "orchestrator.db")
    ended = run([*ALL[command], "--data-dir", str(data_dir)])
    explained(ended, NO_START, f"the database {data_dir / 'orchestrator.db'}", said)


@pytest.mark.parametrize("command", ["dev", "serve", "serve twice", "worker", "migrate", "api-key", "secret", "audit"])
def test_a_server_that_is_not_reached_is_named_without_its_password(command: str) -> None:
    environ = {"DATABASE_URL": POSTGRES, "CALLBACK_SECRETS": SIGNING, "JWT_SECRET": STRONG}
    ended = run(ALL[command], **environ)
    explained(
        ended, NO_START, "the PostgreSQL database 'flows' at 127.0.0.1:9 cannot be reached: ", "start it, or mend"
    )


def test_without_a_token_production_says_that_its_database_cannot_be_asked() -> None:
    said = "the PostgreSQL database 'flows' at 127.0.0.1:9 cannot be reached: "
    explained(run(ALL["serve"], DATABASE_URL=POSTGRES, CALLBACK_SECRETS=SIGNING), INVALID, "nobody can sign in", said)


@pytest.mark.parametrize("folder", ["hello.json", "hello.json/below", "/dev/null/x"])
@pytest.mark.parametrize("words", [ALL["dev"], ALL["migrate"], ALL["run"], ALL["restore"], ["dev", "--postgres"]])
def test_a_data_directory_that_cannot_be_made_is_named(words: list[str], folder: str) -> None:
    explained(run(words, DATA_DIR=folder), INVALID, folder) if words != ALL["run"] else None
    with_option = CliRunner().invoke(main, [*words, "--data-dir", folder])
    assert (with_option.exit_code, isinstance(with_option.exception, SystemExit)) == (INVALID, True)
    assert folder in with_option.stderr


@pytest.mark.parametrize("words", [ALL["dev"], ALL["migrate"]])
def test_a_full_disk_is_a_line(monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(data_directory.os, "ftruncate", full)
    explained(run(words), INVALID, "the data directory .orchestrator cannot be used: No space left on device")


@pytest.mark.parametrize("command", [name for name in OPERATORS if name != "migrate"])
def test_a_command_beside_a_server_makes_no_database(place: Path, command: str) -> None:
    said = "by --data-dir or ORCHESTRATOR_DATA_DIR, or its ORCHESTRATOR_DATABASE_URL; 'orchestrator migrate' makes"
    explained(run(ALL[command]), INVALID, f"there is no database {place / '.orchestrator' / 'orchestrator.db'}", said)
    assert not (place / ".orchestrator").exists()


def test_a_port_that_cannot_be_had_is_told_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        place = f"cannot serve on 127.0.0.1:{port}: address already in use: choose another --port"
        for words in (["dev"], ["dev", "--fresh"]):
            ended = run([*words, "--port", port])
            explained(ended, NO_START, place)
            assert len(ended.stderr.splitlines()) == 1, "nothing was begun"
    elsewhere = run(["dev", "--host", "192.0.2.1", "--port", "0"])
    explained(elsewhere, NO_START, "cannot serve on 192.0.2.1:0: this machine has no such address")
    explained(run(["dev", "--host", "nosuch.invalid"]), NO_START, "nosuch.invalid:5080: that name is no address")


def test_a_host_of_several_addresses_is_served_on_all_that_the_machine_has(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = (socket.SOCK_STREAM, 0, "")
    found: list[Any] = [(socket.AF_INET, *stream, (host, 0)) for host in ("127.0.0.1", "127.0.0.2", "192.0.2.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [*found, found[0]])
    sockets = bound("several", 0)
    assert [one.getsockname()[0] for one in sockets] == ["127.0.0.1", "127.0.0.2"]
    for one in sockets:
        one.close()


STEPS = [
    (server, "own_data_directory"),
    (server, "_note"),
    (server, "_banner"),
    (server, "_bound"),
    (uvicorn.Config, "get_loop_factory"),
    (uvicorn.Config, "load"),
    (uvicorn.lifespan.on.LifespanOn, "startup"),
]


@pytest.mark.parametrize(("owner", "step"), STEPS)
def test_a_signal_to_stop_is_heeded_at_every_step_of_a_start(
    monkeypatch: pytest.MonkeyPatch, owner: Any, step: str
) -> None:
    taken = getattr(owner, step)

    def signalled(*words: Any, **options: Any) -> Any:
        signal.raise_signal(signal.SIGTERM)
        return taken(*words, **options)

    monkeypatch.setattr(owner, step, signalled)
    is_late = threading.Event()
    again = threading.Timer(20, lambda: (is_late.set(), os.kill(os.getpid(), signal.SIGTERM)))
    again.start()
    ended = run(["dev", "--port", "0"])
    again.cancel()
    assert (ended.exit_code, is_late.is_set()) == (0, False), ended.output


def test_a_signal_to_stop_that_came_first_begins_no_process() -> None:
    signals = StopSignals()
    signals.hold()
    signal.raise_signal(signal.SIGTERM)
    assert run_forked(2, lambda: os._exit(9), signals) == 0


def test_an_address_is_one_that_can_be_opened() -> None:
    assert (address_of("::1", 80), address_of("127.0.0.1", 80)) == ("http://[::1]:80", "http://127.0.0.1:80")


PLUGINS = [
    ("nosuch_module:make", "cannot be loaded: ModuleNotFoundError: No module named 'nosuch_module'"),
    ("json:nosuch", "cannot be loaded: AttributeError: "),
    ("sys:maxsize", "is no factory: its entry point has to name a function or a class"),
    ("math:sqrt", "makes no action: TypeError: "),
    ("builtins:id", "makes an action without action_type, config_model, reaches_out, gate, run"),
    ("engine.actions.wait:wait", "makes the action type 'wait', as 'wait' (engine.actions.wait:"),
]


@pytest.mark.parametrize("words", [["validate", "hello.json"], ALL["run"], ["schema"]])
@pytest.mark.parametrize(("value", "said"), PLUGINS)
def test_a_faulty_plug_in_is_named(monkeypatch: pytest.MonkeyPatch, words: list[str], value: str, said: str) -> None:
    plugin = EntryPoint("shout", value, registry.ENTRY_POINT_GROUP)
    installed = registry.entry_points(group=registry.ENTRY_POINT_GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda group: [*installed, plugin])
    registry.action_factories.cache_clear()
    encoded.cache_clear()
    try:
        explained(run(words), INVALID, f"the plug-in 'shout' ({value})", said, "mend it, or uninstall it")
    finally:
        registry.action_factories.cache_clear()


@pytest.mark.parametrize("command", ["migrate", "api-key", "secret"])
def test_operators_work_beside_a_faulty_plug_in(monkeypatch: pytest.MonkeyPatch, command: str, data_dir: Path) -> None:
    (data_dir / "orchestrator.db").unlink(missing_ok=True)
    assert run(["migrate", "--data-dir", str(data_dir)]).exit_code == 0
    plugin = EntryPoint("shout", "nosuch_module:make", registry.ENTRY_POINT_GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda group: [plugin])
    registry.action_factories.cache_clear()
    try:
        ended = run([*ALL[command], "--data-dir", str(data_dir)])
        assert ended.exit_code == 0, ended.output
    finally:
        registry.action_factories.cache_clear()


def test_a_backup_that_is_none_leaves_nothing_behind(place: Path) -> None:
    explained(run(["restore", "typo.db"]), INVALID, "the backup typo.db does not exist")
    explained(run(["restore", "hello.json"]), NO_START, "the backup hello.json is no SQLite database: name a file")
    assert not (place / ".orchestrator").exists()


def test_an_address_in_brackets_and_an_empty_directory(place: Path) -> None:
    taken = run(["dev", "--host", "[::1]", "--port", "70000"])
    assert "70000" in taken.stderr
    assert load_settings({"ORCHESTRATOR_HOST": "[::1]"}).host == "::1"
    assert run(["dev", "--data-dir", ""]).exit_code == run(["demo", "--data-dir", ""]).exit_code == INVALID
    explained(run(["migrate"], DATA_DIR=""), INVALID, "ORCHESTRATOR_DATA_DIR is not valid: it must not be empty")
    explained(run(["dev"], HOST="[]", PORT="0"), INVALID, "ORCHESTRATOR_HOST is not valid: it must not be empty")


@pytest.mark.parametrize("error", [KeyError("getpwuid(): uid not found: 1000650000"), OSError("no name")])
def test_a_user_without_a_name_runs_a_file(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def unknown() -> str:
        raise error

    monkeypatch.setattr(run_file.getpass, "getuser", unknown)
    ended = run(ALL["run"])
    assert (ended.exit_code, "Hi" in ended.stdout) == (0, True), ended.output


def test_where_nothing_can_be_thrown_away_a_run_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_file.tempfile, "tempdir", "/nowhere/at/all")
    explained(run(ALL["run"]), INVALID, "no temporary directory can be made: ", "set TMPDIR, or name a --data-dir")
