"""`orchestrator serve` as an operator starts it: refused while it is unsafe, and safe once it runs (S5)."""

import re
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.support.calls import token
from tests.support.command_line import forked
from tests.support.processes import AS_INSTALLED, ORCHESTRATOR, Processes
from tests.support.starts import STRONG, refused

UNSAFE = {
    "ORCHESTRATOR_JWT_SECRET": "please-change-me-please-change-me",
    "ORCHESTRATOR_ALLOWED_ORIGINS": "*",
    "ORCHESTRATOR_RATE_LIMIT": "many",
    "ORCHESTRATOR_TRUSTED_PROXIES": "0.0.0.0/0",
}


def test_an_unsafe_configuration_is_refused_with_all_that_is_wrong(tmp_path: Path) -> None:
    said = refused("serve", "--data-dir", str(tmp_path / "data"), **UNSAFE)
    assert [line.split(" ")[:2] for line in said] == [
        ["error:", f"ORCHESTRATOR_{name}"]
        for name in ("RATE_LIMIT", "JWT_SECRET", "ALLOWED_ORIGINS", "TRUSTED_PROXIES")
    ]
    assert not any("please-change-me" in line for line in said)
    assert not (tmp_path / "data").exists()


def test_without_any_credential_it_says_how_to_make_one(tmp_path: Path) -> None:
    (said,) = refused("serve", "--data-dir", str(tmp_path / "data"))
    assert "set ORCHESTRATOR_JWT_SECRET ('openssl rand -base64 48')" in said
    assert "'orchestrator api-key create'" in said


@pytest.mark.parametrize(
    ("command", "environment", "other"),
    [("serve", "test", "orchestrator dev"), ("dev", "production", "orchestrator serve")],
)
def test_each_command_serves_its_own_environment(tmp_path: Path, command: str, environment: str, other: str) -> None:
    environ = {"ORCHESTRATOR_ENVIRONMENT": environment, "ORCHESTRATOR_JWT_SECRET": STRONG}
    (said,) = refused(command, "--data-dir", str(tmp_path / "data"), **environ)
    assert other in said


def test_an_api_key_that_was_made_as_it_said_is_enough(processes: Processes, tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert forked("migrate", "--data-dir", str(data)).returncode == 0
    made = subprocess.run(
        [str(ORCHESTRATOR), "api-key", "create", "--user", "ci", "--role", "editor", "--data-dir", str(data)],
        capture_output=True,
        text=True,
        timeout=50,
        check=True,
    )
    (key,) = re.findall(r"orc_\S+", made.stdout)
    service = processes.orchestrator(command="serve", data_dir=data, program=AS_INSTALLED)
    with httpx.Client(base_url=service.url) as client:
        assert client.get("/workflows", headers={"X-API-Key": key}).status_code == 200
        page = client.get("/graphql", headers={"Accept": "text/html"}, auth=("ci", key))
        assert page.status_code == 200
    assert service.stop() == 0


def test_a_safe_one_serves_production_and_keeps_its_files_to_itself(processes: Processes, tmp_path: Path) -> None:
    service = processes.orchestrator(
        command="serve",
        data_dir=tmp_path / "data",
        environ={"ORCHESTRATOR_JWT_SECRET": STRONG},
        program=AS_INSTALLED,
    )
    with httpx.Client(base_url=service.url) as client:
        assert client.get("/workflows", headers={"X-User-ID": "ada"}).status_code == 401
        assert client.post("/test/setup", json={}).status_code == 404
        page = client.get("/graphql", headers={"Accept": "text/html"})
        assert (page.status_code, page.headers["www-authenticate"][:5]) == (401, "Basic")
        signed_in = token("ada", "default", "editor", secret=STRONG)
        created = client.post("/workflows", headers=signed_in, json={"name": "w", "actions": []})
        assert (created.status_code, created.headers["ratelimit-policy"]) == (201, "100;w=60")
    files = [tmp_path / "data", *(tmp_path / "data").iterdir()]
    assert {file.name for file in files} >= {"data", "orchestrator.db", "callback_secret"}
    assert [file.name for file in files if file.stat().st_mode & 0o077] == []
    assert service.stop() == 0
