"""What the image runs, as it would run there: the locked packages alone, an unprivileged user, a read-only root."""

import json
import os
import re
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import httpx
import msgspec
import pytest

from tests.support.calls import token
from tests.support.container import DATA, ROOT, in_container, the
from tests.support.processes import START_SECONDS, STOP_SECONDS, create_workflow, free_port

pytestmark = pytest.mark.timeout(180)

SECRET = "kT7wQ0mZr4Yx1VbN8sLd3GhJ6pFcE9uA2oRiXtKq"
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
BINARIES = Path(sys.executable).parent
NOTE = {"action_id": "note", "action_type": "notification", "config": {"message": "hello"}}


class Container(msgspec.Struct):
    """The service at work, and the folder that is its data volume."""

    process: subprocess.Popen[bytes]
    url: str
    data: Path
    log: list[dict[str, Any]]
    """What it said until it listened."""

    def seen_by_kernel(self, name: str) -> str:
        """A file of the process in /proc."""
        return Path(f"/proc/{self.process.pid}/{name}").read_text()


def lines_until(message: str, said: IO[bytes]) -> Iterator[dict[str, Any]]:
    """The lines of a log, which are objects each, to the one with a message."""
    while True:
        ready, _, _ = select.select([said], [], [], START_SECONDS)
        assert ready, "the process said nothing"
        line = json.loads(said.readline())
        yield line
        if line["message"] == message:
            return


def run(*command: object) -> None:
    """Run a command that must succeed."""
    done = subprocess.run(list(map(str, command)), cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel and the locked packages that it runs on, as the image's first stage installs them."""
    folder = tmp_path_factory.mktemp("image")
    python, uv = folder / "orchestrator" / "bin" / "python", BINARIES / "uv"
    run(uv, "venv", "--relocatable", "--python", sys.executable, folder / "orchestrator")
    run(uv, "pip", "install", "--python", python, "--require-hashes", "-r", "requirements/runtime.lock")
    run(BINARIES / "hatchling", "build", "--target", "wheel", "--directory", folder / "wheels")
    run(uv, "pip", "install", "--python", python, "--no-deps", *(folder / "wheels").glob("*.whl"))
    return folder / "orchestrator"


@pytest.fixture(scope="module")
def container(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    """The image's command in the image's environment, to which it is told a port and how tokens are signed."""
    folder = tmp_path_factory.mktemp("container")
    root, data = folder / "root", folder / "data"
    root.mkdir()
    data.mkdir(mode=0o700)
    if os.geteuid() == 0:
        os.chown(data, *map(int, the("USER").rest.split(":")))
    port = free_port()
    environ = the("ENV").pairs | {"ORCHESTRATOR_PORT": str(port), "ORCHESTRATOR_JWT_SECRET": SECRET}
    environ["PATH"] = environ["PATH"].replace("$PATH", SYSTEM_PATH)
    command = in_container(root, installed, data, [*the("ENTRYPOINT").words, *the("CMD").words])
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0) as process:
        assert process.stdout is not None and process.stderr is not None
        try:
            log = list(lines_until("Listening", process.stderr))
            yield Container(process, f"http://127.0.0.1:{port}", data, log)
        finally:
            process.kill()
            print(process.stderr.read().decode(), file=sys.stderr)
        assert process.stdout.read() == b""


def test_it_serves_and_writes_its_data(container: Container) -> None:
    with httpx.Client(base_url=container.url, headers=token("ada", "default", "editor", secret=SECRET)) as client:
        workflow_id = create_workflow(client, "Contained", [NOTE])
        ended = client.post(f"/workflows/{workflow_id}/execute", json={"async_execution": False})
        assert (ended.status_code, ended.json()["status"]) == (200, "completed")
        assert "Swagger" in client.get("/docs").text
    assert {"lock", "orchestrator.db", "callback_secret"} <= {file.name for file in container.data.iterdir()}


def test_its_log_is_json_and_tells_of_each_part_that_has_started(container: Container) -> None:
    parts = [line["logger"] for line in container.log]
    assert parts == ["database", "engine", "services", "credentials", "server"]
    assert {line["level"] for line in container.log} == {"info"}
    assert container.log[-1]["url"].endswith(container.url.rpartition(":")[2])


def test_it_is_nobody_in_particular_and_cannot_become_anybody(container: Container) -> None:
    status = dict(re.findall(r"^(\w+):[ \t]*(.*)$", container.seen_by_kernel("status"), re.MULTILINE))
    assert status["NoNewPrivs"] == "1"
    assert {name: int(status[name], 16) for name in ("CapEff", "CapPrm", "CapInh", "CapAmb")} == dict.fromkeys(
        ("CapEff", "CapPrm", "CapInh", "CapAmb"), 0
    )
    if os.geteuid() == 0:  # in a user namespace the kernel tells the names of outside
        user, group = the("USER").rest.split(":")
        assert status["Uid"].split() == [user] * 4
        assert status["Gid"].split() == [group] * 4
        assert status["Groups"].split() == []


def test_nothing_is_writable_but_its_data(container: Container) -> None:
    mounts = [line.split() for line in container.seen_by_kernel("mountinfo").splitlines()]
    writable = {mount[4] for mount in mounts if "rw" in mount[5].split(",")}
    assert {place for place in writable if not place.startswith(("/dev", "/proc"))} == {DATA}


def test_its_health_check_tells_a_live_service_from_none(container: Container, installed: Path) -> None:
    check = the("HEALTHCHECK").words
    python = str(installed / "bin" / check[0])
    for port, expected in ((container.url.rpartition(":")[2], 0), (str(free_port()), 1)):
        asked = subprocess.run(
            [python, *check[1:]], env={"ORCHESTRATOR_PORT": port}, capture_output=True, timeout=10, check=False
        )
        assert asked.returncode == expected, asked.stderr


def test_the_stop_signal_of_the_image_ends_it_cleanly(container: Container) -> None:
    container.process.send_signal(signal.Signals[the("STOPSIGNAL").rest])
    assert container.process.wait(STOP_SECONDS) == 0
