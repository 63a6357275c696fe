"""What a run waits for that somebody has to give: it is told, and taken from options or from whoever sits there."""

import asyncio
import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

import msgspec

from app.commands.clear_errors import lines_of
from app.commands.given_answers import GivenAnswers, read_json
from app.commands.questions import Question
from app.terminal.console import TerminalConsole
from app.terminal.terminal import say
from app.terminal.visible_text import visible
from models.commands.messages import DecideApproval, SendSignal
from models.commands.validation import parse
from models.errors import InvalidInput, OrchestratorError
from models.faults import Fault
from models.words import WaitReason
from resolvers.approvals import decide_approval
from resolvers.context import Context
from resolvers.signals import send_signal

LINE_BYTES = 65_536
YES, NO = frozenset({"y", "yes"}), frozenset({"n", "no"})


class Display(Protocol):
    """What is shown meanwhile, which makes room for a question."""

    def pause(self) -> None:
        """Show nothing that moves."""
        ...

    def go_on(self) -> None:
        """Show it again."""
        ...


class Answering:
    """The questions of one execution that are open.

    With `terminal`, its file descriptor, a person is asked; where nobody can answer, `give_up` is called.
    """

    def __init__(
        self,
        ctx: Context,
        execution_id: str,
        given: GivenAnswers,
        console: TerminalConsole,
        display: Display,
        terminal: int | None,
        give_up: Callable[[], None],
    ) -> None:
        self._ctx = ctx
        self._execution_id = execution_id
        self._given = given
        self._console = console
        self._display = display
        self._terminal = terminal
        self._give_up = give_up
        self._open: dict[str, Question] = {}
        self._taking: set[asyncio.Task[None]] = set()

    async def ask(self, question: Question) -> None:
        """Answer what the command line has an answer for, and have people answer the rest."""
        self._display.pause()
        self._console.print(f"? {visible(question.told())}", highlight=False)
        try:
            is_answered, refused = await self._answer_as_given(question), None
        except OrchestratorError as error:
            is_answered, refused = False, error
        if not is_answered:
            self._leave_open(question, refused)
        if not self._asks:
            self._display.go_on()

    def _leave_open(self, question: Question, refused: OrchestratorError | None) -> None:
        """Have somebody answer it, who is told why what the command line has does not do."""
        if self._terminal is None:
            self._despair(question, refused)
            return
        if refused is not None:
            self._refuse(refused)
        self._open[question.name] = question
        if len(self._open) == 1:
            self._begin_to_ask(self._terminal)

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
            self._terminal = None
            for question in self._open.values():
                self._despair(question, None)
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
                await self._send(question, read_json(typed, "payload") if typed else None)
            else:
                word, _, form = typed.partition(" ")
                is_yes = word.lower() in YES
                if (not is_yes and word.lower() not in NO) or (is_yes and not form and question.needs_form):
                    raise InvalidInput([Fault(("answer",), question.answers(), "value_error")])
                await self._decide(question, approved=is_yes, form=read_json(form, "form") if form else {})
        except OrchestratorError as error:
            self._refuse(error)
            self._prompt()

    def _despair(self, question: Question, refused: OrchestratorError | None) -> None:
        """Nobody can answer: say how somebody could, whatever else is kept silent, and wait no more."""
        for line in () if refused is None else lines_of(refused):
            say(f"error: {question.name}: {line}", err=True)
        say(f"error: nobody can answer here: {question.way_on()}", err=True)
        self._give_up()

    async def _answer_as_given(self, question: Question) -> bool:
        if question.reason is WaitReason.SIGNAL:
            if question.notes["signal"] not in self._given.signals:
                return False
            await self._send(question, self._given.signals[question.notes["signal"]])
            return True
        for approved, forms in ((True, self._given.approved), (False, self._given.rejected)):
            if question.action_id in forms:
                await self._decide(question, approved=approved, form=forms[question.action_id])
                return True
        return False

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
