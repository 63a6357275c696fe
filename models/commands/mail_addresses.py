"""What an address and a subject of a mail may be, so that neither can hold a second one."""

import re

ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)
"""As a form of HTML takes it: no white space, no comma, no angle bracket, one `@`."""

MAX_ADDRESS = 254
MAX_RECIPIENTS = 50
MAX_SUBJECT = 500
BREAK = re.compile(r"[\r\n\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]")

NO_MAIL = "no mail goes out from here: the operator has to set ORCHESTRATOR_SMTP_URL and ORCHESTRATOR_SMTP_SENDER"


def is_address(text: str) -> bool:
    """Whether a text is the address of one mailbox, and nothing else."""
    return len(text) <= MAX_ADDRESS and ADDRESS.fullmatch(text) is not None


def is_line(text: str) -> bool:
    """Whether a text is one line, as a header must be."""
    return BREAK.search(text) is None


def domain_of(address: str) -> str:
    """What follows the `@`."""
    return address.rpartition("@")[2]
