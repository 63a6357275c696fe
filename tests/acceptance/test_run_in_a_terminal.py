"""`orchestrator run` in a real terminal: it asks what it waits for, and Ctrl-C cancels once, then leaves."""

import json
import os
import pty
import select
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.support.processes import AS_INSTALLED, START_SECONDS

ASK = {"action_id": "ask", "action_type": "approval", "config": {"message": "Release?"}}
PAID = {"action_id": "paid", "action_type": "wait", "config": {"signal": "paid"}, "depends_on": ["ask"]}
TIDY = {"action_id": "tidy", "action_type": "wait", "config": {"signal": "tidied"}}
INTERRUPT = "\x03"


class Terminal:
    """A program at whose terminal a test sits."""

    def __init__(self, process: int, descriptor: int) -> None:
        self._process = process
        self._descriptor = descriptor
        self.shown = ""

    def sees(self, text: str) -> None:
        """Wait until a text is shown, beyond what was seen before."""
        begin = len(self.shown)
        while text not in self.shown[begin:]:
            assert self._read(), self.shown

    def types(self, text: str) -> None:
        """Type it."""
        os.write(self._descriptor, text.encode())

    def status(self) -> int:
        """Read what is left, and return the exit status."""
        while self._read():
            continue
        return os.waitstatus_to_exitcode(os.waitpid(self._process, 0)[1])

    def _read(self) -> bool:
        ready, _, _ = select.select([self._descriptor], [], [], START_SECONDS)
        assert ready, f"it said nothing more:\n{self.shown}"
        try:
            piece = os.read(self._descriptor, 65_536).decode(errors="replace")
        except OSError:  # how Linux says that the program is gone
            return False
        self.shown += piece
        return bool(piece)


@contextmanager
def terminal(words: Sequence[str]) -> Iterator[Terminal]:
    """A program in a terminal of its own."""
    process, descriptor = pty.fork()
    if process == 0:
        os.execv(AS_INSTALLED[0], [*AS_INSTALLED, *words])  # noqa: S606 - no shell is wanted
    try:
        yield Terminal(process, descriptor)
    finally:
        os.close(descriptor)


def file_of(folder: Path, **fields: object) -> str:
    file = folder / "w.json"
    file.write_text(json.dumps({"name": "Asked", **fields}))
    return str(file)


def test_it_asks_until_it_is_answered(tmp_path: Path) -> None:
    with terminal(["run", file_of(tmp_path, actions=[ASK, PAID])]) as seen:
        seen.sees("ask waits for an approval: Release?")
        seen.types("perhaps\n")
        seen.sees("answer: write y or n")
        seen.types("y\n")
        seen.sees("paid waits for the signal 'paid'")
        seen.types('{"sum": 7}\n')
        assert seen.status() == 0
    assert '"sum": 7' in seen.shown and '"status": "completed"' in seen.shown


def test_a_form_is_asked_with_an_example_until_it_does(tmp_path: Path) -> None:
    risk = {"name": "risk", "type": "string", "required": True, "allowed_values": ["low", "high"]}
    ask = ASK | {"config": {"message": "Release?", "form": [risk]}}
    with terminal(["run", file_of(tmp_path, actions=[ask])]) as seen:
        seen.sees('such as y {"risk": "low"}')
        for typed in ("y", "low"):
            seen.types(f"{typed}\n")
            seen.sees("answer: write y with the form behind it")
        seen.types('y {"risk": "low"}\n')
        assert seen.status() == 0


def test_the_end_of_what_is_typed_cancels(tmp_path: Path) -> None:
    with terminal(["run", file_of(tmp_path, actions=[ASK])]) as seen:
        seen.sees("y or n: ")
        seen.types("\x04")
        assert seen.status() == 2
    assert "nobody can answer here" in seen.shown and '"status": "cancelled"' in seen.shown


def test_the_first_interrupt_cancels_with_its_clean_up_and_the_second_leaves(tmp_path: Path) -> None:
    with terminal(["run", file_of(tmp_path, actions=[ASK])]) as seen:
        seen.sees("y or n: ")
        seen.types(INTERRUPT)
        assert seen.status() == 130
    assert "once more leaves at once" in seen.shown and '"status": "cancelled"' in seen.shown
    with terminal(["run", file_of(tmp_path, actions=[ASK], on_exit=[TIDY])]) as seen:
        seen.sees("y or n: ")
        seen.types(INTERRUPT)
        seen.sees("tidy waits for the signal 'tidied'")
        seen.types(INTERRUPT)
        assert seen.status() == 130
    assert "left before the execution had ended" in seen.shown and "Traceback" not in seen.shown
