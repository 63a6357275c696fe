"""The command line as a user runs it."""

import json
import os
import socket
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.support.command_line import EXAMPLES, forked, orchestrator
from tests.support.processes import ORCHESTRATOR, USER, Processes


def test_run_prints_one_line_an_action_and_the_result() -> None:
    ended = orchestrator("run", str(EXAMPLES / "hello.yaml"), "-p", "who=Ada")
    assert ended.returncode == 0, ended.stderr
    assert [line.split()[1] for line in ended.stderr.splitlines()] == ["greet", "echo"]
    result = json.loads(ended.stdout)["result"]
    assert result["echo"]["response"]["message"] == "It was said: Hello, Ada!"


def test_run_with_json_prints_the_execution_and_nothing_else() -> None:
    ended = forked("run", str(EXAMPLES / "hello.yaml"), "--json")
    assert ended.stderr == ""
    execution = json.loads(ended.stdout)
    assert execution["status"] == "completed"
    assert execution["parameters"] == {"who": "world"}
    assert execution["progress"]["percentage"] == 100.0


def test_run_of_a_failing_workflow_says_why_and_exits_with_1(tmp_path: Path) -> None:
    file = tmp_path / "broken.json"
    action = {"action_id": "a", "action_type": "notification", "config": {"message": "{{nowhere}}"}}
    file.write_text(json.dumps({"name": "Broken", "actions": [action]}))
    ended = forked("run", str(file))
    assert ended.returncode == 1
    assert "EXPRESSION_ERROR" in ended.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"name": ""}', "error: name: "),
        ("{", ":1:2: error: this is not valid JSON"),
        ('{"name": "x", "actions": [{"action_id": "a", "action_type": "b"}]}', "unknown action_type 'b'"),
    ],
)
def test_run_of_a_file_that_is_no_workflow_says_why_and_exits_with_2(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "faulty.json"
    file.write_text(content)
    ended = forked("run", str(file))
    assert ended.returncode == 2
    assert said in ended.stderr


def test_the_demo_prints_a_real_analysis_and_the_events_that_led_to_it() -> None:
    ended = orchestrator("demo")
    assert ended.returncode == 0, ended.stderr
    assert "ACTION_SUCCEEDED     analyze_content" in ended.stdout
    report = ended.stdout.partition("incident-report.md")[2].partition("minutes.txt")[0]
    assert "quality score 0.436" in report
    assert "jumps from level 1 to level 3" in report
    assert ended.stdout.count("COMPLETED in") == 5


def test_a_port_that_is_taken_is_told_with_what_to_do(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = orchestrator("dev", "--data-dir", str(tmp_path / "data"), "--port", str(port))
    assert ended.returncode == 3
    place = f"127.0.0.1:{port}: address already in use: choose another --port or --host, or stop what is there"
    assert ended.stderr.splitlines() == [f"error: cannot serve on {place}"]


def test_two_processes_cannot_share_a_data_directory(tmp_path: Path, processes: Processes) -> None:
    processes.orchestrator()
    second = forked("dev", "--data-dir", str(tmp_path / "data-0"), "--port", "0")
    assert second.returncode == 2
    assert "another orchestrator uses the data directory" in second.stderr


def test_two_processes_cannot_share_a_database(tmp_path: Path, processes: Processes) -> None:
    url = f"sqlite:///{tmp_path / 'shared.db'}"
    processes.orchestrator(environ={"ORCHESTRATOR_DATABASE_URL": url})
    second = forked("dev", "--data-dir", str(tmp_path / "other"), "--port", "0", DATABASE_URL=url)
    assert second.returncode == 2
    assert "another orchestrator uses the database" in second.stderr


def test_a_backup_beside_a_running_server_holds_what_was_acknowledged(tmp_path: Path, processes: Processes) -> None:
    server = processes.orchestrator()
    backup = tmp_path / "backup.db"
    with httpx.Client(base_url=server.url, headers=USER, timeout=30) as client:
        assert client.post("/workflows", json={"name": "kept"}).status_code == 201
        ended = orchestrator("backup", str(backup), "--data-dir", str(server.data_dir))
        assert ended.stdout.startswith(f"{backup} holds 1 workflows and 0 executions")
    again = orchestrator("restore", str(backup), "--data-dir", str(tmp_path / "new"))
    assert again.returncode == 0, again.stderr
    assert "another orchestrator uses" in forked("restore", str(backup), "--data-dir", str(server.data_dir)).stderr


def test_a_server_that_cannot_start_says_why_in_its_last_line_and_without_a_trace(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert forked("restore", str(tmp_path / "none.db"), "--data-dir", str(data)).returncode == 2
    forked("migrate", DATA_DIR=str(data))
    with closing(sqlite3.connect(data / "orchestrator.db", isolation_level=None)) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    ended = orchestrator("dev", "--data-dir", str(data), "--port", "0")
    assert ended.returncode == 3
    assert "Traceback" not in ended.stderr
    assert ended.stderr.splitlines()[-1].startswith(
        f"error: the database {data / 'orchestrator.db'} has the schema 9999"
    )


def test_a_faulty_plug_in_is_named_by_a_server_that_is_started_with_it(tmp_path: Path) -> None:
    metadata = tmp_path / "shouting-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: shouting\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[orchestrator.actions]\nshout = shouting:make\n")
    (tmp_path / "shouting.py").write_text("import nosuch_module\n")
    words = [str(ORCHESTRATOR), "dev", "--data-dir", str(tmp_path / "data"), "--port", "0"]
    environ = {**os.environ, "PYTHONPATH": str(tmp_path)}
    ended = subprocess.run(words, capture_output=True, text=True, timeout=50, check=False, env=environ)
    assert (ended.returncode, len(ended.stderr.splitlines())) == (2, 1), ended.stderr
    said = "ModuleNotFoundError: No module named 'nosuch_module'"
    assert f"the plug-in 'shout' (shouting:make of shouting 1.0) cannot be loaded: {said} ({tmp_path}" in ended.stderr
