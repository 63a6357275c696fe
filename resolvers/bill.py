"""What one call has paid for, of which it gets back what it did not use."""

from contextvars import ContextVar

import msgspec


class Payment(msgspec.Struct, frozen=True):
    """Units of a quota, and the second in which they were taken."""

    units: int
    taken_at: int


class Bill:
    """The payments of one call."""

    def __init__(self) -> None:
        self.payments: list[Payment] = []

    @property
    def units(self) -> int:
        """All that was paid."""
        return sum(payment.units for payment in self.payments)

    def reduced_by(self, units: int) -> list[Payment]:
        """Take `units` off the bill, the latest payments first; give what is to be paid back of which second."""
        back = []
        while units > 0 and self.payments:
            last = self.payments.pop()
            part = min(units, last.units)
            back.append(Payment(part, last.taken_at))
            units -= part
            if part < last.units:
                self.payments.append(Payment(last.units - part, last.taken_at))
        return back


_bill: ContextVar[Bill | None] = ContextVar("bill", default=None)


def begin_bill() -> None:
    """Note, from now on, what this task pays, and those that it starts."""
    _bill.set(Bill())


def current_bill() -> Bill | None:
    """The bill of the call that this task works at; None where nobody settles it."""
    return _bill.get()
