"""Writes the page of an approval: what is asked of whom, by when, who has decided, a form, and two buttons."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from html import escape
from typing import Any

import msgspec

from app.pages.approval_fields import field_html, field_id
from app.pages.approval_form import COMMENT, DECISION, FIELD_PREFIX
from app.pages.approval_style import STYLE
from app.terminal.visible_text import visible_lines
from models.commands.validation import BAD_TEXT
from models.errors import OrchestratorError
from models.faults import Fault
from resolvers.access.approval_links import OpenedApproval

MAX_TITLE = 160
"""What begins with a longer line has no title of its own."""

MAX_SAID = 1_000
"""So much is shown of each value that somebody else filled in."""

SOON = timedelta(hours=1)
MARK = '<svg viewBox="0 0 16 16" aria-hidden="true">{}</svg>'
BRAND = MARK.format(
    '<path d="M4 4.5 12 8l-8 3.5"/><circle cx="4" cy="4.5" r="2.3" fill="currentColor" stroke="none"/>'
    '<circle cx="4" cy="11.5" r="2.3" fill="currentColor" stroke="none"/>'
    '<circle cx="12" cy="8" r="2.3" fill="currentColor" stroke="none"/>'
)
TICK = MARK.format('<path d="m3.2 8.4 3.1 3.1 6.5-7"/>')
CROSS = MARK.format('<path d="m4 4 8 8M12 4l-8 8"/>')
DONE = '<svg viewBox="0 0 16 16" class="ok" aria-hidden="true"><circle cx="8" cy="8" r="6.5"/>{}</svg>'.format(
    '<path d="m5.2 8.3 2 2 3.7-4.1"/>'
)
OPEN = '<svg viewBox="0 0 16 16" class="hold" aria-hidden="true"><path d="M8 1 15 8l-7 7-7-7zM8 5v3.5M8 11h.05"/></svg>'


def question(opened: OpenedApproval, sent: Mapping[str, str] | None = None, faults: Sequence[Fault] = ()) -> str:
    """The page with the form: what was `sent` before stays in it, with the `faults` that it had."""
    body = f"{_asked(opened)}{_summary(faults)}"
    if opened.is_decided:
        body += '<div class="card"><b>You have decided already.</b> The others are still waited for.</div>'
    else:
        body += _form(opened, sent or {}, faults)
    return page(f"Approve? {_shown(opened.workflow_name)}", body)


def thanks(opened: OpenedApproval, approved: bool) -> str:
    """The page after a decision."""
    done = "You have approved it" if approved else "You have rejected it"
    more = opened.approval.quorum - len(opened.approval.decisions) - 1 if approved else 0
    goes_on = f"{_more(more)} before the workflow goes on." if more > 0 else "The workflow goes on by your decision."
    return page(done, f'{_of(opened)}<h1>{done}</h1><p class="message">{goes_on} You can close this page.</p>')


def refusal(error: OrchestratorError) -> str:
    """The page where nothing is to be decided, or not now."""
    message = _shown(error.message)
    return page("Nothing to decide", f'<h1>There is nothing to decide</h1><p class="error" role="alert">{message}</p>')


def page(title: str, body: str) -> str:
    """A whole page; `title` and `body` are HTML."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="robots" content="noindex"><title>{title}</title><style>{STYLE}</style></head>'
        f'<body><main><p class="brand">{BRAND}Orchestrator</p>{body}</main></body></html>'
    )


def _of(opened: OpenedApproval) -> str:
    return f'<p class="of">{_shown(opened.workflow_name)}</p>'


def _asked(opened: OpenedApproval) -> str:
    approval = opened.approval
    first, _, rest = (approval.message or "").strip().partition("\n")
    if len(first) > MAX_TITLE:
        first, rest = "Your decision is asked for", approval.message or ""
    message = f'<div class="message" dir="auto">{_shown(rest.strip(chr(10)))}</div>' if rest.strip() else ""
    action = approval.action_id if approval.item is None else f"{approval.action_id}, item {approval.item}"
    rows = {
        "Asked": _when(approval.since),
        "Deadline": _deadline(approval.expires_at, opened.at),
        "Needs": _needs(opened),
        "You decide as": f"<b>{_shown(opened.approver)}</b>",
        "Execution": f"<code>{_shown(approval.execution_id)}</code>, action <code>{_shown(action)}</code>",
    }
    table = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows.items())
    return f'{_of(opened)}<h1 dir="auto">{_shown(first)}</h1>{message}<dl>{table}</dl>{_people(opened)}'


def _deadline(moment: datetime | None, now: datetime) -> str:
    if moment is None:
        return "none"
    soon = ' class="soon"' if moment - now < SOON else ""
    return f'<span{soon}>in {_span(moment - now)}</span> <span class="soft">{_when(moment)}</span>'


def _needs(opened: OpenedApproval) -> str:
    done, quorum = len(opened.approval.decisions), opened.approval.quorum
    return "1 approval" if quorum == 1 else f"{quorum} approvals, {done} so far; one rejection rejects it"


def _people(opened: OpenedApproval) -> str:
    approval = opened.approval
    entries = "".join(_decided(decision) for decision in approval.decisions)
    done = {decision["by"] for decision in approval.decisions}
    others = [name for name in dict.fromkeys(approval.approvers) if name not in {*done, opened.approver}]
    if others:
        names = [*([] if opened.is_decided else ["you"]), *map(_shown, others)]
        entries += f'<li>{OPEN}<div><b>{_or(names)}</b> <span class="soft">may decide</span></div></li>'
    return f'<ol aria-label="Who has decided, and who may">{entries}</ol>' if entries else ""


def _decided(decision: Mapping[str, Any]) -> str:
    when = _when(datetime.fromisoformat(decision["at"]))
    said = [f"{name}: {_short(_spelled(value))}" for name, value in (decision.get("form") or {}).items()]
    said += [f"“{_short(decision['comment'])}”"] if decision.get("comment") else []
    words = f'<p class="said" dir="auto">{_shown(chr(10).join(said))}</p>' if said else ""
    return f'<li>{DONE}<div><b>{_shown(decision["by"])}</b> approved <span class="soft">{when}</span>{words}</div></li>'


def _short(text: str) -> str:
    return text if len(text) <= MAX_SAID else text[:MAX_SAID] + "…"


def _or(names: Sequence[str]) -> str:
    shown = [*names[:10], f"{len(names) - 10} others"] if len(names) > 11 else list(names)
    return " or ".join(part for part in (", ".join(shown[:-1]), shown[-1]) if part)


def _form(opened: OpenedApproval, sent: Mapping[str, str], faults: Sequence[Fault]) -> str:
    fields = "".join(_field(field, sent, faults) for field in opened.approval.form)
    more = opened.approval.quorum - len(opened.approval.decisions) - 1
    then = f"{_more(more)} after yours." if more > 0 else "If you approve, the workflow goes on at once."
    return (
        # A button that does nothing comes first: to press Enter in a field must not decide.
        '<form method="post" class="card"><button type="submit" disabled hidden></button>'
        f"{fields}{_comment(sent.get(COMMENT, ''), _faults_of((COMMENT,), faults))}"
        f'<div class="decide"><button name="{DECISION}" value="approve" class="approve">{TICK}Approve</button>'
        f'<button name="{DECISION}" value="reject" class="reject" formnovalidate>{CROSS}Reject</button></div>'
        f'<p class="as">You decide as <b>{_shown(opened.approver)}</b>, once. {then}</p></form>'
    )


def _more(count: int) -> str:
    return f"{count} more approval{'s are' if count > 1 else ' is'} needed"


def _field(field: Mapping[str, Any], sent: Mapping[str, str], faults: Sequence[Fault]) -> str:
    typed = BAD_TEXT.sub("\ufffd", sent.get(FIELD_PREFIX + field["name"], ""))
    return field_html(field, typed, _faults_of(("form", field["name"]), faults))


def _comment(text: str, bad: Sequence[str]) -> str:
    state = ' aria-invalid="true" aria-describedby="comment-bad"' if bad else ""
    note = f'<p class="bad" id="comment-bad">{escape("; ".join(bad))}</p>' if bad else ""
    return (
        f'<div class="field"><label for="{COMMENT}">Comment<span class="tag">optional, for the record</span></label>'
        f'<textarea id="{COMMENT}" name="{COMMENT}" rows="3" dir="auto"{state}>'
        f"\n{escape(BAD_TEXT.sub(chr(0xFFFD), text))}</textarea>{note}</div>"
    )


def _faults_of(place: tuple[str, ...], faults: Sequence[Fault]) -> list[str]:
    return [_in_words(fault) for fault in faults if fault.loc[1 : 1 + len(place)] == place]


def _summary(faults: Sequence[Fault]) -> str:
    if not faults:
        return ""
    entries = "".join(f"<li>{entry}</li>" for entry in map(_entry, faults))
    title = "<h2>Nothing was decided yet</h2>"
    return f'<div class="error" role="alert" tabindex="-1" autofocus>{title}<ul>{entries}</ul></div>'


def _entry(fault: Fault) -> str:
    """The fault with the way to its field."""
    match fault.loc[1:]:
        case ("form", name, *_):
            place, label = field_id(str(name)), f"{name}: "
        case (str(name), *_):
            place, label = name, "" if name == DECISION else f"{name}: "
        case _:
            return _shown(_in_words(fault))
    text = _shown(label + _in_words(fault))
    return text if place == DECISION else f'<a href="#{escape(place)}">{text}</a>'


PLAIN_WORDS = {
    "value_error.missing": "is required",
    "type_error.integer": "must be a whole number, such as 3",
    "type_error.number": "must be a number, such as 0.5",
    "type_error.boolean": "choose Yes or No",
    "type_error.object": 'must be an object in JSON, such as {"name": "value"}',
    "type_error.array": "must be a list in JSON, such as [1, 2]",
}
"""What people are told who have never heard of JSON types."""


def _in_words(fault: Fault) -> str:
    return PLAIN_WORDS.get(fault.type, fault.msg)


def _shown(text: str) -> str:
    return escape(visible_lines(text.replace("\r\n", "\n").expandtabs(4)))


def _spelled(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _when(moment: datetime) -> str:
    """A moment; only the reader's clock would know the reader's zone, and no program runs on this page."""
    return f'<time datetime="{moment:%Y-%m-%dT%H:%M:%SZ}">{moment.day} {moment:%b %Y, %H:%M} UTC</time>'


def _span(length: timedelta) -> str:
    """A length in its two largest units: `1 d 21 h`."""
    left = max(0, int(length.total_seconds()))
    parts = []
    for seconds, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        count, left = divmod(left, seconds)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "less than a minute"
