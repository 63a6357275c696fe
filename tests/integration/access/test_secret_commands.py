"""The commands `orchestrator secret`, on both databases, beside a running service."""

import asyncio
import json
from base64 import b64encode
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.composition import running_services
from app.secret_keys import encryption_keys
from app.settings.settings import Settings
from engine.secrets.cipher import SecretCipher, key_id
from engine.secrets.values import SecretStore
from models.database.connect import connect
from resolvers.context import Context
from tests.support.calls import notify
from tests.support.engine_calls import ADA, create, execute

pytestmark = pytest.mark.asyncio

OLD, NEW = b"o" * 32, b"n" * 32
Orchestrator = Callable[..., "asyncio.Future[Result]"]


def keys(*given: bytes) -> str:
    return ",".join(b64encode(key).decode() for key in given)


@pytest.fixture
def orchestrator(settings: Settings) -> Orchestrator:
    """Runs `orchestrator secret ...`, in a thread, as it brings its own event loop."""
    encryption_keys(settings)  # a server has made them

    async def run(*arguments: str, stdin: str | bytes = "", **environ: str) -> Result:
        places = {"ORCHESTRATOR_DATABASE_URL": settings.url, "ORCHESTRATOR_DATA_DIR": str(settings.data_dir)}
        runner = CliRunner(env=places | {f"ORCHESTRATOR_{name}": text for name, text in environ.items()})
        return await asyncio.to_thread(runner.invoke, main, ["secret", *arguments], input=stdin)

    return run  # type: ignore[return-value]  # a fixture may give a function


async def test_a_secret_that_an_operator_sets_is_used_by_a_running_service(
    settings: Settings, orchestrator: Orchestrator
) -> None:
    async with running_services(settings) as services:
        made = await orchestrator("set", "token", stdin="set-by-the-operator\n")
        assert (made.exit_code, made.stdout) == (0, "token is set, version 1\n"), made.output
        again = await orchestrator("set", "token", stdin="two\nlines\r\n")
        assert again.stdout == "token is set, version 2\n"
        assert await services.secrets.values("default", {"token"}) == {"token": "two\nlines"}
        ctx = Context(ADA, services)
        execution = await execute(ctx, await create(ctx, notify("a", "{{secrets.token}}")), async_execution=False)
        assert execution.actions[0].response["message"] == "[secret:token]"

        (line,) = (await orchestrator("list", "--json")).stdout.splitlines()
        listed = json.loads(line)
        assert (listed["name"], listed["version"]) == ("token", 2)
        assert set(listed) == {"name", "version", "created_by", "created_at", "updated_by", "updated_at"}
        head, shown = (await orchestrator("list")).stdout.splitlines()
        assert (head.split(), shown.split()[:2]) == (["NAME", "VERSION", "UPDATED", "BY"], ["token", "2"])
        assert (await orchestrator("list", "--json", "--tenant", "elsewhere")).stdout == ""
        assert (await orchestrator("delete", "token", "--tenant", "elsewhere")).exit_code == 2
        gone = await orchestrator("delete", "token")
        assert (gone.exit_code, gone.stdout) == (0, "token is deleted\n")
        missing = await orchestrator("delete", "token")
        assert (missing.exit_code, missing.stderr.splitlines()[-1]) == (2, "error: Secret not found: token")


async def test_what_cannot_be_kept_is_refused_without_being_repeated(orchestrator: Orchestrator) -> None:
    for name, stdin, said in (
        ("token", "seven77", "error: value: must have at least 8 characters"),
        ("1st", "long enough", "error: name: "),
        ("token", b"\xff\xfe no text", "stdin must be text in UTF-8"),
    ):
        refused = await orchestrator("set", name, stdin=stdin)
        assert refused.exit_code == 2
        assert said in refused.output
        assert str(stdin)[:7] not in refused.output
    without = await orchestrator("set", "token", stdin="long enough", ENVIRONMENT="production")
    assert without.exit_code == 2
    assert "set ORCHESTRATOR_ENCRYPTION_KEYS" in without.output
    assert (await orchestrator("list", "--json")).stdout == ""


async def test_keys_are_rotated_and_what_was_done_is_counted_and_audited(
    settings: Settings, orchestrator: Orchestrator
) -> None:
    for number in range(3):
        made = await orchestrator("set", f"s{number}", stdin="encrypted before", ENCRYPTION_KEYS=keys(OLD))
        assert made.exit_code == 0, made.output
    await orchestrator("set", "theirs", "--tenant", "b", stdin="encrypted before", ENCRYPTION_KEYS=keys(OLD))
    locked = await orchestrator("rotate-keys", ENCRYPTION_KEYS=keys(NEW))
    assert locked.exit_code == 1
    assert f"0 secrets are encrypted anew by key {key_id(NEW)}" in locked.output
    assert f"secret 's0' of tenant 'default' cannot be read: it is encrypted by key {key_id(OLD)}" in locked.output
    done = await orchestrator("rotate-keys", ENCRYPTION_KEYS=keys(NEW, OLD))
    assert (done.exit_code, done.stdout) == (0, f"4 secrets are encrypted anew by key {key_id(NEW)}\n")
    again = await orchestrator("rotate-keys", ENCRYPTION_KEYS=keys(NEW, OLD))
    assert (again.exit_code, again.stdout) == (0, f"0 secrets are encrypted anew by key {key_id(NEW)}\n")
    database = await connect(settings.url)
    values = await SecretStore(database, SecretCipher(lambda: [NEW])).values("default", {"s0", "s1", "s2"})
    await database.close()
    assert set(values.values()) == {"encrypted before"}
    runner = CliRunner(env={"ORCHESTRATOR_DATABASE_URL": settings.url})
    audited = await asyncio.to_thread(runner.invoke, main, ["audit", "export"])
    told = [json.loads(line) for line in audited.stdout.splitlines()]
    rotations = {entry["tenant"]: entry["details"] for entry in told if entry["action"] == "rotate_keys"}
    assert rotations == {"default": {"secrets": 3}, "b": {"secrets": 1}}
    assert "encrypted before" not in audited.output
    assert (await asyncio.to_thread(runner.invoke, main, ["audit", "verify"])).exit_code == 0


async def test_without_a_key_nothing_is_rotated(orchestrator: Orchestrator) -> None:
    refused = await orchestrator("rotate-keys", ENVIRONMENT="production")
    assert refused.exit_code == 2
    assert "set ORCHESTRATOR_ENCRYPTION_KEYS" in refused.output
