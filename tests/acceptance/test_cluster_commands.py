"""The commands for many machines as an operator gives them, on a real PostgreSQL."""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psutil
import pytest

from tests.support.calls import notify, token
from tests.support.command_line import forked
from tests.support.databases import PostgresServer
from tests.support.processes import AS_INSTALLED, ORCHESTRATOR, USER, Processes, create_workflow, watch
from tests.support.starts import STRONG, refused

PATIENCE_SECONDS = 50
CALLBACK_SECRET = "whsec_" + "qWbD0y9mTzKxVn3uRr7cLg5pHs2aFj8e"  # 24 bytes in base64


@pytest.fixture
def url(postgres: PostgresServer) -> Iterator[str]:
    """A database in which nothing was made yet."""
    execute("DROP DATABASE IF EXISTS operated WITH (FORCE)", postgres)
    execute("CREATE DATABASE operated", postgres)
    yield postgres.url("operated")
    execute("DROP DATABASE operated WITH (FORCE)", postgres)


def execute(statement: str, postgres: PostgresServer) -> None:
    """Run a statement on the server."""
    asyncio.run(postgres.execute(statement))


def run_one(client: httpx.Client) -> list[str]:
    """Run a workflow and watch it to its end: the types of its events."""
    workflow_id = create_workflow(client, "One", [notify("step")])
    accepted = client.post(f"/workflows/{workflow_id}/execute", json={})
    assert accepted.status_code == 202, accepted.text
    return [event["type"] for event in watch(client, accepted.json()["execution_id"])]


def test_migrate_any_number_of_times_at_once_then_nodes_of_each_kind(processes: Processes, url: str) -> None:
    environ = {"ORCHESTRATOR_DATABASE_URL": url, "ORCHESTRATOR_ENVIRONMENT": "test"}

    def migrate(_: int) -> str:
        done = subprocess.run(
            [str(ORCHESTRATOR), "migrate"], capture_output=True, text=True, env={**os.environ, **environ}, check=True
        )
        return done.stdout

    with ThreadPoolExecutor() as threads:
        assert set(threads.map(migrate, range(3))) == {"The database has the newest schema.\n"}
    api = processes.orchestrator(environ={**environ, "ORCHESTRATOR_NODE_KIND": "api"}, program=AS_INSTALLED)
    worker = processes.orchestrator(
        environ=environ, command="worker", arguments=["--concurrency", "2"], program=AS_INSTALLED
    )
    with httpx.Client(base_url=api.url, headers=USER, timeout=PATIENCE_SECONDS) as client:
        assert run_one(client)[-1] == "EXECUTION_COMPLETED"
    with httpx.Client(base_url=worker.url, headers=USER) as client:
        assert client.get("/readyz").json() == {"status": "ready"}
        assert client.get("/metrics", headers={"Accept": "text/plain"}).status_code == 200
        assert client.get("/workflows").status_code == 404
        assert client.post("/graphql", json={"query": "{ __typename }"}).status_code == 404
    assert (api.stop(), worker.stop()) == (0, 0)


def test_serve_in_several_processes_replaces_one_that_dies_and_ends_with_all_of_them(
    processes: Processes, url: str
) -> None:
    environ = {
        "ORCHESTRATOR_DATABASE_URL": url,
        "ORCHESTRATOR_JWT_SECRET": STRONG,
        "ORCHESTRATOR_CALLBACK_SECRETS": CALLBACK_SECRET,
    }
    service = processes.orchestrator(
        command="serve", arguments=["--workers", "2"], environ=environ, program=AS_INSTALLED
    )
    parent = psutil.Process(service.pid)
    with httpx.Client(
        base_url=service.url, headers=token("ada", "default", "editor", secret=STRONG), timeout=PATIENCE_SECONDS
    ) as client:
        assert run_one(client)[-1] == "EXECUTION_COMPLETED"
        service.waits_for_line(service.url)  # the second process says it too
        first, second = parent.children()
        first.kill()
        service.waits_for_line(service.url)
        assert second in parent.children()
        assert len(parent.children()) == 2
        assert client.get("/readyz").status_code == 200
    assert service.stop() == 0
    assert not any(child.is_running() for child in (first, second))


def test_what_needs_postgresql_says_so_on_sqlite(tmp_path: Path) -> None:
    environ = {"ORCHESTRATOR_DATA_DIR": str(tmp_path / "data"), "ORCHESTRATOR_JWT_SECRET": STRONG}
    for words in (["worker"], ["serve", "--workers", "2"]):
        (said,) = refused(*words, **environ)
        assert "ORCHESTRATOR_DATABASE_URL" in said


def test_dev_on_a_server_of_its_own(processes: Processes, memory: Path) -> None:
    service = processes.orchestrator(arguments=["--postgres"], data_dir=memory / "with-postgres", program=AS_INSTALLED)
    with httpx.Client(base_url=service.url, headers=USER, timeout=PATIENCE_SECONDS) as client:
        assert run_one(client)[-1] == "EXECUTION_COMPLETED"
        made = forked("api-key", "create", "--user", "ci", "--data-dir", str(service.data_dir))
        assert made.stderr.startswith("the PostgreSQL database 'postgres' at ")
        key = {"X-API-Key": made.stdout.strip()}
        assert httpx.get(f"{service.url}/workflows", headers=key).status_code == 200
    assert service.stop() == 0
    assert not (service.data_dir / "orchestrator.db").exists()
    assert "start 'orchestrator dev --postgres' first" in forked("migrate", "--data-dir", str(service.data_dir)).stderr
