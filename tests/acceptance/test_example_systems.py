"""The systems of the example workflows as a user starts them, and a workflow that calls them."""

import json
import os
import subprocess
import sys

from examples.workflows.services import registry
from tests.support.command_line import EXAMPLES
from tests.support.processes import ORCHESTRATOR

ROOT = EXAMPLES.parents[1]
SYSTEMS = [sys.executable, "-m", "examples.workflows.services"]


def test_a_workflow_runs_against_the_systems_that_a_user_started() -> None:
    command = [*SYSTEMS, "--port", "0", "--fail", "chat POST /messages=503x1"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as systems:
        assert systems.stdout is not None
        base = systems.stdout.readline().split()[-1]
        environ = {**os.environ, "ORCHESTRATOR_SERVICES": json.dumps(registry(base))}
        run = [str(ORCHESTRATOR), "run", "--json", str(EXAMPLES / "incident.yaml")]
        ended = subprocess.run(run, env=environ, capture_output=True, text=True, timeout=50, check=False)
        systems.terminate()
        said = systems.stdout.read()
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["result"]["escalate"]["status"] == "success"
    assert 'chat POST /messages {"text": "Checkout is slow"} -> 503\n' in said
    assert said.count(" -> 200\n") == 4


def test_the_setting_is_printed() -> None:
    ended = subprocess.run([*SYSTEMS, "--registry"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(ended.stdout) == registry("http://127.0.0.1:9100")
