"""Bounds what one answer may hold: JSON is counted as it is read, before it is decoded, and as it is written."""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Select

from models.errors import AnswerTooLarge

T = TypeVar("T")

MAX_ANSWER_BYTES = 16_777_216
"""How much JSON an answer may read from the database, and how much text it may hold."""

READ_AHEAD: Mapping[str, dict[str, Any]] = {"postgresql": {"stream_results": True, "max_row_buffer": 256}}
"""PostgreSQL sends few rows at first and then more, so that little is on its way when the budget is spent; SQLite hands
them over one by one."""


class AnswerBudget:
    """What an answer has taken so far, in bytes."""

    def __init__(self, most: int = MAX_ANSWER_BYTES) -> None:
        self._most = most
        self.read = 0
        self.written = 0

    @property
    def weight(self) -> int:
        """What it has cost to read and to write."""
        return max(self.read, self.written)

    def reading(self, size: int) -> None:
        """Count a JSON document that is about to be decoded. Raises `AnswerTooLarge`, and then counts nothing."""
        if self.read + size > self._most:
            raise AnswerTooLarge(self._most)
        self.read += size

    def writing(self, size: int) -> None:
        """Count a text that goes into the answer. Raises `AnswerTooLarge`, and then counts nothing."""
        if self.written + size > self._most:
            raise AnswerTooLarge(self._most)
        self.written += size


_of_answer: ContextVar[AnswerBudget | None] = ContextVar("budget_of_answer", default=None)
_of_read: ContextVar[AnswerBudget | None] = ContextVar("budget_of_read", default=None)
"""Set while a read for an answer is under way, and never for what the engine reads: nobody's answer bounds that."""


def begin_answer() -> AnswerBudget:
    """A new budget for whatever this task, and those that it starts, read and write from now on."""
    budget = AnswerBudget(MAX_ANSWER_BYTES)
    _of_answer.set(budget)
    return budget


def answer_budget() -> AnswerBudget | None:
    """The budget of the answer that this task works at; None where it works at none."""
    return _of_answer.get()


def metered(work: Callable[[Connection], T]) -> Callable[[Connection], T]:
    """`work`, with the JSON that it reads counted against the answer that this task works at."""
    budget = _of_answer.get()
    if budget is None:
        return work

    def run(connection: Connection) -> T:
        token = _of_read.set(budget)
        try:
            return work(connection)
        finally:
            _of_read.reset(token)

    return run


def count_read(size: int) -> None:
    """Count what is about to be decoded. Raises `AnswerTooLarge`."""
    budget = _of_read.get()
    if budget is not None:
        budget.reading(size)


def count_written(size: int) -> None:
    """Count what goes into the answer. Raises `AnswerTooLarge`."""
    budget = _of_answer.get()
    if budget is not None:
        budget.writing(size)


def take_rows(
    connection: Connection, statement: Select[Any], take: Callable[[Row[Any]], object]
) -> AnswerTooLarge | None:
    """Hand over row by row, until the budget is spent: then the refusal of all that follows is returned."""
    try:
        with connection.execute(statement, execution_options=READ_AHEAD.get(connection.dialect.name, {})) as rows:
            for row in rows:
                take(row)
    except AnswerTooLarge as refusal:
        return refusal.with_traceback(None)  # whose frames hold what was read
    return None
