"""Reads what the page of an approval sent into what the mutation takes: the same command, the same checks."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any
from urllib.parse import parse_qsl

from models.commands.messages import Approval
from models.commands.validation import Location, json_faults
from models.errors import InvalidInput, MalformedRequest, PayloadTooLarge, UnsupportedMediaType
from models.faults import Fault
from models.json_text import parse_json
from models.words import ParameterType

FORM = "application/x-www-form-urlencoded"
MAX_BYTES = 262_144
MAX_FIELDS = 200
FIELD_PREFIX = "field."
"""Before the names of the form's fields, so that none can be taken for the page's own."""

DECISION, COMMENT = "decision", "comment"
DECISIONS = {"approve": True, "reject": False}
"""The two words that decide; nothing else does."""

TRUTHS = {"true": True, "false": False, "on": True}
"""The last is what a tick sends."""


def read_sent(media_type: str, body: bytes) -> list[tuple[str, str]]:
    """The pairs of a form, line breaks as they were typed; bytes that are no UTF-8 become what no command takes.

    Raises `UnsupportedMediaType`, `PayloadTooLarge`, `InvalidInput`.
    """
    if media_type.partition(";")[0].strip().lower() != FORM:
        raise UnsupportedMediaType(f"The page sends {FORM}, and nothing else is read here")
    if len(body) > MAX_BYTES:
        raise PayloadTooLarge(f"A decision has at most {MAX_BYTES:,} bytes")
    try:
        text = body.decode("utf-8", "surrogateescape")
        pairs = parse_qsl(text, keep_blank_values=True, errors="surrogateescape", max_num_fields=MAX_FIELDS)
    except ValueError:
        raise InvalidInput([Fault(("body",), f"has more than {MAX_FIELDS} fields", "value_error")]) from None
    return [(name, value.replace("\r\n", "\n")) for name, value in pairs]


def decision_of(sent: Sequence[tuple[str, str]], approval: Approval) -> dict[str, Any]:
    """What `decideApproval` is told of the decision itself. Raises `InvalidInput` unless it is exactly one.

    Who rejects need not fill in the form: what is in it then is text that is checked, and is not passed on.
    """
    values = dict(sent)
    kinds = {FIELD_PREFIX + field["name"]: ParameterType(field["type"]) for field in approval.form}
    faults = [
        *_not_one_decision([value for name, value in sent if name == DECISION]),
        *_odd_names(Counter(name for name, _ in sent), {DECISION, COMMENT, *kinds}),
        *(fault for name, value in values.items() for fault in json_faults(value, _place(name))),
    ]
    if faults:
        raise InvalidInput(faults)
    is_approved = DECISIONS[values[DECISION]]
    form = {_place(name)[-1]: _value(kinds[name], text) for name, text in values.items() if name in kinds and text}
    return {"approved": is_approved, "comment": values.get(COMMENT) or None, "form": form if is_approved else {}}


def _not_one_decision(words: Sequence[str]) -> Iterator[Fault]:
    if len(words) != 1 or words[0] not in DECISIONS:
        yield Fault(("body", DECISION), "choose Approve or Reject", "value_error.const")


def _odd_names(counts: Mapping[str, int], known: Set[str]) -> Iterator[Fault]:
    for name, count in counts.items():
        if name not in known:
            yield Fault(("body",), "the page has no such field", "value_error.extra")
        elif count > 1 and name != DECISION:
            yield Fault(_place(name), "was sent twice", "value_error.duplicate")


def _place(name: str) -> Location:
    """Where the mutation has what the page calls so."""
    is_of_form = name.startswith(FIELD_PREFIX)
    return ("body", "form", name.removeprefix(FIELD_PREFIX)) if is_of_form else ("body", name)


def _value(kind: ParameterType, text: str) -> Any:
    """The value that a text stands for by its type; what cannot be read is the text, which is refused by name."""
    if kind is ParameterType.STRING:
        return text
    if kind is ParameterType.BOOLEAN:
        return TRUTHS.get(text, text)
    try:
        return parse_json(text)
    except MalformedRequest:
        return text
