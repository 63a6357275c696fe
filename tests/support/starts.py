"""Starts of the service that are refused."""

import os

from tests.support.forked_command import run_forked

STRONG = "kT7wQ0mZr4Yx1VbN8sLd3GhJ6pFcE9uA2oRiXtKq"


def refused(*words: str, **environ: str) -> list[str]:
    """The errors of a command that must not start."""
    ended = run_forked(words, {**os.environ, **environ}, 50)
    assert (ended.returncode, ended.stdout) == (2, "")
    return ended.stderr.splitlines()
