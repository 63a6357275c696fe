"""The log: its levels and forms, whose line is whose, what is told when something is lost, and of which requests."""

import ast
import asyncio
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from app.server.access_log import Access
from app.server.forked import way_of_end
from app.server.measuring import measured
from app.settings.reading import load_settings
from app.settings.settings import SettingsError
from app.terminal.logs import LIBRARIES, ROOT, SUBSYSTEMS, AccessLog, LogFormat, set_up_logs
from models.database.presence import STEADY_SECONDS, Presence
from models.error_codes import ErrorCode
from models.log_context import facts, note, task_for_all
from resolvers.operations.traffic import Traffic
from rest_compat.errors import REFUSED_AS
from tests.support.written_log import WrittenLog

HOUSE = Path(__file__).parents[3]
PACKAGES = ("app", "engine", "models", "resolvers", "rest_compat", "schema")
ACCESS = "access"

OF_WHO_STARTS_IT = {
    "app/commands/answers.py": 1,
    "app/commands/run_file.py": 1,
    "app/server/serving.py": 1,
    "engine/running/run_pool.py": 1,
    "engine/running/under_way.py": 1,
    "models/database/postgres.py": 1,
    "models/log_context.py": 1,
    "schema/transport/socket.py": 1,
    "schema/transport/streaming.py": 3,
}
"""How many tasks a module starts that work for the request, or the execution, in which they are started."""


@pytest.fixture
def as_before() -> Iterator[None]:
    """What a test sets up is gone after it."""
    root = logging.getLogger()
    names = [None, ROOT, *(f"{ROOT}.{name}" for name in (*SUBSYSTEMS, ACCESS)), *LIBRARIES]
    levels = {name: logging.getLogger(name).level for name in names}
    handlers = list(root.handlers)
    yield
    root.handlers[:] = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def modules() -> Iterator[tuple[str, ast.Module]]:
    """The modules of the product, by their places."""
    for package in PACKAGES:
        for file in sorted((HOUSE / package).rglob("*.py")):
            yield file.relative_to(HOUSE).as_posix(), ast.parse(file.read_text())


# --- settings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL is not valid: 'loud' is no level: there are debug, info, warning, error"),
        ({"LOG_LEVEL": "info,engin=debug"}, "there is no subsystem 'engin': did you mean 'engine'?"),
        ({"LOG_LEVEL": "=debug"}, f"there is no subsystem '': there are {', '.join(SUBSYSTEMS)}"),
        ({"LOG_LEVEL": "engine="}, "'' is no level"),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT is not valid: set it to console or json, not 'xml'"),
        ({"ACCESS_LOG": "some"}, "ACCESS_LOG is not valid: set it to off, errors, all, not 'some'"),
    ],
)
def test_settings_that_mean_nothing_are_refused_with_what_there_is(environ: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings({f"ORCHESTRATOR_{name}": text for name, text in environ.items()})
    assert said in str(refused.value)


def test_programs_read_json_in_production_and_people_read_lines_elsewhere() -> None:
    assert load_settings({}).logs_as is LogFormat.CONSOLE
    production = {"ORCHESTRATOR_ENVIRONMENT": "production"}
    assert load_settings(production).logs_as is LogFormat.JSON
    assert load_settings(production | {"ORCHESTRATOR_LOG_FORMAT": "console"}).logs_as is LogFormat.CONSOLE


@pytest.mark.usefixtures("as_before")
def test_each_subsystem_has_its_level_and_libraries_that_quote_what_passes_stay_quiet(
    capsys: pytest.CaptureFixture[str],
) -> None:
    levels = load_settings({"ORCHESTRATOR_LOG_LEVEL": " warning, engine = DEBUG,api=error"}).log_level
    uvicorn.Config("app.asgi:app")  # it sets up a log of its own, whoever asks for it, for the whole process
    set_up_logs(LogFormat.JSON, levels)
    set_up_logs(LogFormat.JSON, levels)  # what was set up before writes no second line
    logging.getLogger("orchestrator.engine.dispatch").debug("One")
    logging.getLogger("orchestrator.database").info("Two")
    logging.getLogger("orchestrator.api.rest").warning("Three")
    logging.getLogger("uvicorn.error").warning("Four\n")
    for name in (*LIBRARIES, "asyncio", "aiohttp"):
        logging.getLogger(name).info("Five")
    told = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["level"], line["logger"], line["message"]) for line in told] == [
        ("debug", "engine.dispatch", "One"),
        ("warning", "server", "Four"),
    ]
    assert told[0].keys() == {"timestamp", "level", "logger", "message", "process"}


def test_every_logger_belongs_to_a_subsystem() -> None:
    names = {
        str(node.args[0].value)
        for _, module in modules()
        for node in ast.walk(module)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "getLogger"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    parts = {name.split(".")[1] for name in names if name.startswith(f"{ROOT}.")}
    assert parts == {*SUBSYSTEMS, ACCESS}
    assert {name for name in names if not name.startswith(f"{ROOT}.")} == {"uvicorn.error"}  # what sockets are given


# --- whose line it is ----------------------------------------------------------------------------


def test_a_line_says_what_is_noted_for_its_task_and_facts_of_its_own(written_log: WrittenLog) -> None:
    log = logging.getLogger("orchestrator.engine")

    async def executed() -> None:
        note(execution_id="exec_1")
        log.info("At work", extra=facts(attempts=2))

    async def requested() -> None:
        note(request_id="req_1", user='ada request_id="req_2"')
        await asyncio.create_task(executed())
        await task_for_all(others())
        log.info("Answered")

    async def others() -> None:
        log.info("For all")

    asyncio.run(requested())
    request = {"request_id": "req_1", "user": 'ada request_id="req_2"'}
    told = [{name: line[name] for name in line if name not in BASICS} for line in written_log.lines("engine")]
    assert told == [{**request, "execution_id": "exec_1", "attempts": 2}, {}, request]
    line = next(line for line in written_log.console if "Answered" in line)
    assert line.endswith(r'INFO    engine: Answered request_id=req_1 user="ada request_id=\"req_2\""')


BASICS = {"timestamp", "level", "logger", "message", "process"}


def test_a_task_that_works_for_all_is_started_as_one() -> None:
    found: dict[str, int] = {}
    for file, module in modules():
        for node in ast.walk(module):
            if isinstance(node, ast.Attribute) and node.attr == "create_task":
                found[file] = found.get(file, 0) + 1
    assert found == OF_WHO_STARTS_IT, "use task_for_all, unless the task belongs to the request that starts it"


# --- what is lost --------------------------------------------------------------------------------


def test_a_loss_is_told_once_and_its_end_once_however_often_both_are_met(written_log: WrittenLog) -> None:
    now = 0.0
    presence = Presence(logging.getLogger("orchestrator.database"), "It is away", "It is back", timer=lambda: now)
    for _ in range(3):
        presence.failed("refused")
    presence.answered()  # one that comes and goes is not back
    now += STEADY_SECONDS
    presence.failed("refused")
    presence.answered()
    now += 10.5
    presence.answered()
    presence.answered()
    told = [(line["level"], line["message"], line.get("away_seconds")) for line in written_log.lines("database")]
    assert told == [("error", "It is away", None), ("warning", "It is back", 11.0)]


# --- requests ------------------------------------------------------------------------------------


async def answered(which: AccessLog, status: int, path: str = "/workflows", **more: Any) -> None:
    """One request that is answered with a status."""
    scope: Any = {"type": "http", "path": path, "client": ("10.0.0.1", 1), **more}
    if scope["type"] == "http":
        scope["method"] = "GET"
    kind = "websocket.http.response" if scope["type"] == "websocket" else "http.response"

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept" if status == 101 else f"{kind}.start", "status": status})
        await send({"type": f"{kind}.body", "body": b""})

    async def send(_message: Any) -> None:
        return

    await measured(app, Traffic(), which)(scope, send, send)  # type: ignore[arg-type]  # nothing is received


@pytest.mark.parametrize(
    ("which", "told"),
    [
        (AccessLog.OFF, []),
        (AccessLog.ERRORS, [("info", "GET /workflows 404"), ("error", "GET /workflows 500")]),
        (
            AccessLog.ALL,
            [("info", "GET /workflows 200"), ("info", "GET /workflows 404"), ("error", "GET /workflows 500")],
        ),
    ],
)
def test_requests_have_a_line_as_the_setting_says(
    which: AccessLog, told: list[tuple[str, str]], written_log: WrittenLog
) -> None:
    for status in (200, 404, 500):
        asyncio.run(answered(which, status, query_string=b"key=secret"))
    lines = written_log.lines(ACCESS)
    assert [(line["level"], line["message"]) for line in lines] == told
    assert all(line["address"] == "10.0.0.1" and line["duration_ms"] >= 0 for line in lines)
    assert "secret" not in written_log.text


def test_a_socket_has_one_line_and_a_link_that_is_a_credential_none_that_shows_it(written_log: WrittenLog) -> None:
    asyncio.run(answered(AccessLog.ALL, 101, "/graphql", type="websocket"))
    asyncio.run(answered(AccessLog.ALL, 403, "/graphql", type="websocket"))
    for path in ("/approvals/token", "/below/approvals/token", "/APPROVALS/token/more"):
        asyncio.run(answered(AccessLog.ALL, 404, path))
    assert [line["message"] for line in written_log.lines(ACCESS)] == [
        "WEBSOCKET /graphql 101",
        "WEBSOCKET /graphql 403",
        "GET /approvals/... 404",
        "GET /below/approvals/... 404",
        "GET /approvals/... 404",
    ]
    assert "token" not in written_log.text


@pytest.mark.parametrize(
    ("status", "told"), [(9, {"signal": "SIGKILL"}), (3 << 8, {"exit_code": 3}), (0, {"exit_code": 0})]
)
def test_how_a_process_ended_is_told_by_name(status: int, told: dict[str, object]) -> None:
    assert way_of_end(status) == told


@pytest.mark.parametrize(("state", "code"), [({REFUSED_AS: ErrorCode.NOT_FOUND}, "NOT_FOUND"), ({}, None)])
def test_the_line_of_a_refusal_has_its_code(
    caplog: pytest.LogCaptureFixture, state: dict[str, object], code: str | None
) -> None:
    scope = {"type": "http", "method": "GET", "path": "/x", "client": None, "state": state}
    with caplog.at_level(logging.INFO, "orchestrator.access"):
        Access(AccessLog.ALL).tell(scope, 404, 0.1)
    [record] = caplog.records
    assert vars(record)["facts"].get("code") == code
