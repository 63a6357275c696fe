"""A fuzzer reads the schema by introspection and sends what fits it: no answer is a 5xx, and none is missing."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sizes import tried
from tests.support.processes import Processes

ROOT = Path(__file__).parents[2]
EXAMPLES_PER_FIELD = tried(2, 5)
SEED = 20_260_101


@pytest.mark.timeout(240)
def test_no_generated_operation_breaks_the_service(processes: Processes, tmp_path: Path) -> None:
    orchestrator = processes.orchestrator()
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        f"--config-file={ROOT / 'schemathesis.toml'}",
        "run",
        f"{orchestrator.url}/graphql",
        "--header=X-User-ID: tester",
        "--phases=fuzzing",
        "--checks=no_bug",
        f"--max-examples={EXAMPLES_PER_FIELD}",
        f"--seed={SEED}",
        "--generation-database=none",
        "--request-timeout=30",
        "--no-color",
    ]
    environ = {**os.environ, "SCHEMATHESIS_HOOKS": "tests.acceptance.fuzz_checks", "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=220, check=False, env=environ)
    assert ended.returncode == 0, ended.stdout[-6_000:]
    assert re.search(r"(\d+) generated, \1 passed", ended.stdout), ended.stdout[-2_000:]
    assert "unexpected error" not in orchestrator.log
