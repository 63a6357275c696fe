"""A stateful fuzzer walks the served OpenAPI document: every answer is one that the document announces."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sizes import tried
from tests.support.processes import Processes

ROOT = Path(__file__).parents[2]
EXAMPLES_PER_OPERATION = tried(3, 10)
SEED = 20_260_101


@pytest.mark.timeout(240)
def test_the_api_answers_everything_as_its_document_says(processes: Processes, tmp_path: Path) -> None:
    orchestrator = processes.orchestrator()
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        f"--config-file={ROOT / 'schemathesis.toml'}",
        "run",
        f"{orchestrator.url}/openapi.json",
        "--header=X-User-ID: tester",
        "--phases=examples,coverage,fuzzing,stateful",
        f"--max-examples={EXAMPLES_PER_OPERATION}",
        f"--seed={SEED}",
        "--generation-database=none",
        "--request-timeout=30",
        "--no-color",
    ]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=220, check=False)
    assert ended.returncode == 0, ended.stdout[-6_000:]
    assert re.search(r"(\d+) generated, \1 passed", ended.stdout)
