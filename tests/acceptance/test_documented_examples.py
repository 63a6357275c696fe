"""The Python examples of the API reference, run word for word against the service on its documented port."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.processes import Processes

BESIDE = Path(__file__).parents[3] / "shared" / "contract" / "api-reference.md"
REFERENCE = Path(os.environ.get("ORCHESTRATOR_API_REFERENCE", BESIDE))
PYTHON_BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)
DOCUMENTED_PORT = 5080


@pytest.mark.skipif(not REFERENCE.exists(), reason="the API reference is not beside this checkout")
def test_the_documented_examples_pass_as_they_are_written(tmp_path: Path, processes: Processes) -> None:
    examples = [block for block in PYTHON_BLOCK.findall(REFERENCE.read_text()) if "def test_" in block]
    assert len(examples) >= 6
    for number, example in enumerate(examples):
        (tmp_path / f"test_example_{number}.py").write_text(example)
    processes.orchestrator(port=DOCUMENTED_PORT)
    command = [sys.executable, "-m", "pytest", "-q", "--rootdir", str(tmp_path), "-c", os.devnull, str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=50, check=False)
    assert ended.returncode == 0, ended.stdout
    assert re.search(r"\d+ passed", ended.stdout)
    assert "skipped" not in ended.stdout
