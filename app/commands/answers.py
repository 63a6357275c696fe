"""What a run waits for that somebody has to give: it is told, and taken from options or from whoever sits there."""

import asyncio
import os
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Protocol

import msgspec

from app.commands.clear_errors import lines_of
from app.terminal.console import TerminalConsole
from app.terminal.visible_text import visible
from engine.core.state import slot
from models.commands.messages import DecideApproval, SendSignal
from models.commands.validation import parse
from models.entities import Event
from models.errors import InvalidInput, MalformedRequest, OrchestratorError
from models.faults import Fault
from models.json_text import parse_json
from models.words import WaitReason
from resolvers.approvals import decide_approval
from resolvers.context import Context
from resolvers.signals import send_signal

LINE_BYTES = 65_536
YES, NO = frozenset({"y", "yes"}), frozenset({"n", "no"})


class GivenAnswers(msgspec.Struct, frozen=True):
    """The answers that the command line has ready: action ids, and the payloads of signals by their names."""

    approved: frozenset[str] = frozenset()
    rejected: frozenset[str] = frozenset()
    signals: Mapping[str, Any] = {}

    def check(self, action_ids: Sequence[str]) -> None:
        """Raise `InvalidInput` where an answer is for an action that is not there."""
        faults = []
        for name in sorted((self.approved | self.rejected) - {*action_ids}):
            near = get_close_matches(name, action_ids, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(action_ids) or 'none'}"
            faults.append(Fault((name,), f"the workflow has no such action: {hint}", "value_error"))
        if faults:
            raise InvalidInput(faults)


class Display(Protocol):
    """What is shown meanwhile, which makes room for a question."""

    def pause(self) -> None:
        """Show nothing that moves."""
        ...

    def go_on(self) -> None:
        """Show it again."""
        ...


class Question(msgspec.Struct, frozen=True):
    """An action that waits for people or for a signal; `notes` are what it keeps of its wait."""

    action_id: str
    item: int | None
    reason: WaitReason
    notes: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What tells it from other actions and items."""
        return slot(self.action_id, self.item)

    def told(self) -> str:
        """The sentence that says what it waits for."""
        if self.reason is WaitReason.SIGNAL:
            return f"{self.name} waits for the signal '{self.notes['signal']}'"
        return f"{self.name} waits for an approval: {self.notes['message']}"

    def way_on(self) -> str:
        """How to give it to a run that has no terminal."""
        if self.reason is WaitReason.SIGNAL:
            return f"run it with --signal {self.notes['signal']}=JSON, or in a terminal, where it asks"
        return f"run it with --approve {self.action_id} or --reject {self.action_id}, or in a terminal, where it asks"

    def prompt(self) -> str:
        """What a person is asked."""
        if self.reason is WaitReason.SIGNAL:
            return "its payload as JSON (nothing: null): "
        fields = ", ".join(field["name"] for field in self.notes["form"])
        return f"y or n, with the form behind it as JSON ({fields}): " if fields else "y or n: "


def question_of(event: Event) -> Question | None:
    """What an action waits for by its event; None where nobody has to give anything."""
    reason = WaitReason(event.data["reason"])
    if event.action_id is None or reason not in (WaitReason.SIGNAL, WaitReason.APPROVAL):
        return None
    return Question(event.action_id, event.data.get("item"), reason, event.data["notes"])


def read_signals(words: Sequence[str]) -> Mapping[str, Any]:
    """The payloads of `NAME` and `NAME=JSON`, by the names. Raises `InvalidInput`."""
    payloads: dict[str, Any] = {}
    for word in words:
        name, has_payload, text = word.partition("=")
        payloads[name] = _json(text, f"--signal {name}") if has_payload else None
    return payloads


class Answering:
    """The questions of one execution that are open. With `terminal`, its file descriptor, a person is asked."""

    def __init__(
        self,
        ctx: Context,
        execution_id: str,
        given: GivenAnswers,
        console: TerminalConsole,
        display: Display,
        terminal: int | None,
    ) -> None:
        self._ctx = ctx
        self._execution_id = execution_id
        self._given = given
        self._console = console
        self._display = display
        self._terminal = terminal
        self._open: dict[str, Question] = {}
        self._taking: set[asyncio.Task[None]] = set()

    async def ask(self, question: Question) -> None:
        """Answer what the command line has an answer for, and have people answer the rest."""
        self._display.pause()
        self._console.print(f"? {visible(question.told())}", highlight=False)
        try:
            is_answered = await self._answer_as_given(question)
        except OrchestratorError as error:
            self._refuse(error)
            is_answered = False
        if not is_answered:
            self._open[question.name] = question
            if self._terminal is None:
                self._console.print(f"  {visible(question.way_on())}", highlight=False)
            elif len(self._open) == 1:
                self._begin_to_ask(self._terminal)
        if not self._asks:
            self._display.go_on()

    def settle(self, name: str) -> None:
        """It waits no more, whoever or whatever has ended that."""
        if self._open.pop(name, None) is not None and self._terminal is not None:
            self._ask_next(self._terminal)

    def close(self) -> None:
        """Ask no more."""
        if self._terminal is not None and self._open:
            asyncio.get_running_loop().remove_reader(self._terminal)
        self._open.clear()

    @property
    def _asks(self) -> bool:
        return self._terminal is not None and bool(self._open)

    def _begin_to_ask(self, terminal: int) -> None:
        asyncio.get_running_loop().add_reader(terminal, self._read, terminal)
        self._prompt()

    def _ask_next(self, terminal: int) -> None:
        if self._open:
            self._prompt()
        else:
            asyncio.get_running_loop().remove_reader(terminal)
            self._display.go_on()

    def _prompt(self) -> None:
        question = next(iter(self._open.values()))
        self._console.print(f"  {visible(question.name)}: {visible(question.prompt())}", end="", highlight=False)

    def _read(self, terminal: int) -> None:
        """Take the line that was typed; at the end of the file nobody is there any more."""
        typed = os.read(terminal, LINE_BYTES)
        if not typed:
            asyncio.get_running_loop().remove_reader(terminal)
            self._console.print()
            return
        task = asyncio.create_task(self._take(typed.decode(errors="replace").strip()))
        self._taking.add(task)
        task.add_done_callback(self._taking.discard)

    async def _take(self, typed: str) -> None:
        if not self._open:
            return
        question = next(iter(self._open.values()))
        try:
            if question.reason is WaitReason.SIGNAL:
                await self._send(question, _json(typed, "payload") if typed else None)
            else:
                word, _, form = typed.partition(" ")
                if word.lower() not in YES | NO:
                    raise InvalidInput([Fault(("answer",), "write y or n", "value_error")])
                await self._decide(question, approved=word.lower() in YES, form=_json(form, "form") if form else {})
        except OrchestratorError as error:
            self._refuse(error)
            self._prompt()

    async def _answer_as_given(self, question: Question) -> bool:
        if question.reason is WaitReason.SIGNAL:
            if question.notes["signal"] not in self._given.signals:
                return False
            await self._send(question, self._given.signals[question.notes["signal"]])
            return True
        if not {question.action_id} & (self._given.approved | self._given.rejected):
            return False
        await self._decide(question, approved=question.action_id not in self._given.rejected, form={})
        return True

    async def _send(self, question: Question, payload: Any) -> None:
        sent = {"execution_id": self._execution_id, "name": question.notes["signal"], "payload": payload}
        await send_signal(self._ctx, parse(SendSignal, sent, ()))

    async def _decide(self, question: Question, *, approved: bool, form: Any) -> None:
        """Decide as the first of the approvers who has not: whoever runs the file stands for all of them."""
        decision = {
            "execution_id": self._execution_id,
            "action_id": question.action_id,
            "item": question.item,
            "approved": approved,
            "form": form,
        }
        who = next(_deciders(question.notes, self._ctx.user.user_id), self._ctx.user.user_id)
        viewer = msgspec.structs.replace(self._ctx.user, user_id=who)
        await decide_approval(msgspec.structs.replace(self._ctx, viewer=viewer), parse(DecideApproval, decision, ()))

    def _refuse(self, error: OrchestratorError) -> None:
        for line in lines_of(error):
            self._console.print(f"  {visible(line)}", style="red", highlight=False)


def _deciders(notes: Mapping[str, Any], user: str) -> Iterator[str]:
    """Those who may decide and have not, where nobody is named as many as are needed."""
    named = notes["approvers"] or [user, *(f"{user} ({number})" for number in range(2, notes["quorum"] + 1))]
    decided = {decision["by"] for decision in notes["decisions"]}
    return (name for name in named if name not in decided)


def _json(text: str, what: str) -> Any:
    try:
        return parse_json(text)
    except MalformedRequest:
        raise InvalidInput([Fault((what,), f"must be JSON, not {text!r}", "value_error.json")]) from None
