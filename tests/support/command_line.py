"""The command line, run to its end."""

import os
import subprocess
from pathlib import Path

from tests.support.forked_command import run_forked
from tests.support.processes import ORCHESTRATOR

EXAMPLES = Path(__file__).parents[2] / "examples" / "workflows"


def orchestrator(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end, with settings by the names that they have behind `ORCHESTRATOR_`."""
    environ = {**os.environ, **{f"ORCHESTRATOR_{name}": value for name, value in settings.items()}}
    return subprocess.run(
        [str(ORCHESTRATOR), *words], capture_output=True, text=True, timeout=50, check=False, env=environ
    )


def forked(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """The same as a fork: for what more there is to say of a command that some test runs as a user does."""
    environ = {**os.environ, **{f"ORCHESTRATOR_{name}": value for name, value in settings.items()}}
    return run_forked(words, environ, 50)
