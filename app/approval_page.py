"""The page behind an approval link: what is asked, a form, and two buttons. To open it decides nothing."""

import html
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from models.entities import ExecutionSummary
from models.errors import InvalidInput, OrchestratorError
from models.messages import Approval
from models.words import ParameterType
from resolvers.approval_links import LINK_PATH, decide_by_link, open_approval
from resolvers.context import Context, Gate
from resolvers.quota import Budget

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem}"
    "label{display:block;margin:1rem 0}input,select,textarea{display:block;width:100%;font:inherit;padding:.4rem}"
    "input[type=checkbox]{display:inline;width:auto}button{font:inherit;padding:.5rem 1.5rem;margin-right:1rem}"
    ".error{color:#b00020}"
)
POLICY = "; ".join(
    (
        "default-src 'none'",
        f"style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
FIELD_PREFIX = "field."
"""Before the names of the form's fields, so that none can be taken for the page's own."""

PageRequest = Request[Any, Any, Any]


def approval_routes() -> list[HTTPRouteHandler]:
    """The page, and what it sends. A program that looks where a link leads, as mail filters do, decides nothing."""

    @get(LINK_PATH + "{token:str}")
    async def show_approval(request: PageRequest, token: FromPath[str]) -> Response[str]:
        """Answer what is asked."""
        ctx = await _context(request)
        try:
            return _page(_question(await open_approval(ctx, token)))
        except OrchestratorError as error:
            return _refusal(error)

    @post(LINK_PATH + "{token:str}", status_code=200)
    async def decide(request: PageRequest, token: FromPath[str]) -> Response[str]:
        """Take the decision."""
        ctx = await _context(request)
        sent = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
        try:
            approval = await open_approval(ctx, token)
            return _page(_thanks(await _decided(ctx, token, approval, sent), sent))
        except InvalidInput as error:
            return _page(_question(approval, error.message), error.http_status)
        except OrchestratorError as error:
            return _refusal(error)

    return [show_approval, decide]


async def _context(request: PageRequest) -> Context:
    """A stranger's, whatever else the browser sends: the link alone counts."""
    gate: Gate = request.app.state.gate
    return await gate.context({}, request.scope["state"]["origin"], budget=Budget.PAGES)


async def _decided(ctx: Context, token: str, approval: Approval, sent: Mapping[str, str]) -> ExecutionSummary:
    approved = sent.get("decision") == "approve"
    form = {} if not approved else _filled_in(approval, sent)
    return await decide_by_link(ctx, token, approved=approved, comment=sent.get("comment") or None, form=form)


def _filled_in(approval: Approval, sent: Mapping[str, str]) -> dict[str, Any]:
    """The values of the form by its types; what cannot be read goes as the text that it is, and is refused by name."""
    values: dict[str, Any] = {}
    for field in approval.form:
        name, kind = field["name"], ParameterType(field["type"])
        text = sent.get(FIELD_PREFIX + name, "")
        if kind is ParameterType.BOOLEAN:
            values[name] = text == "on"
        elif kind is ParameterType.STRING and text:
            values[name] = text
        elif text:
            try:
                values[name] = msgspec.json.decode(text)
            except msgspec.DecodeError:
                values[name] = text
    return values


def _question(approval: Approval, problem: str | None = None) -> str:
    fields = "".join(_field(field) for field in approval.form)
    error = f'<p class="error">{html.escape(problem)}</p>' if problem else ""
    return (
        f"<h1>{html.escape(approval.message or '')}</h1>"
        f"<p>Execution {html.escape(approval.execution_id)}, action {html.escape(approval.action_id)}.</p>{error}"
        f'<form method="post">{fields}'
        '<label>Comment <textarea name="comment" maxlength="4000"></textarea></label>'
        '<button name="decision" value="approve">Approve</button>'
        '<button name="decision" value="reject">Reject</button></form>'
    )


def _field(field: Mapping[str, Any]) -> str:
    name, kind = html.escape(FIELD_PREFIX + field["name"], quote=True), ParameterType(field["type"])
    label = html.escape(field.get("description") or field["name"])
    default = field.get("default_value")
    if kind is ParameterType.BOOLEAN:
        checked = " checked" if default else ""
        return f'<label><input type="checkbox" name="{name}"{checked}> {label}</label>'
    if field.get("allowed_values"):
        options = "".join(f"<option>{html.escape(_spelled(value))}</option>" for value in field["allowed_values"])
        return f'<label>{label} <select name="{name}">{options}</select></label>'
    value = "" if default is None else html.escape(_spelled(default), quote=True)
    return f'<label>{label} <input name="{name}" value="{value}"></label>'


def _spelled(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _thanks(execution: ExecutionSummary, sent: Mapping[str, str]) -> str:
    word = "approved" if sent.get("decision") == "approve" else "rejected"
    return f"<h1>You have {word} it</h1><p>Execution {html.escape(execution.id)} goes on by your decision.</p>"


def _refusal(error: OrchestratorError) -> Response[str]:
    return _page(
        f'<h1>There is nothing to decide</h1><p class="error">{html.escape(error.message)}</p>', error.http_status
    )


def _page(body: str, status: int = 200) -> Response[str]:
    page = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Approval</title><style>{STYLE}</style>{body}'
    return Response(page, status_code=status, media_type="text/html", headers={"Content-Security-Policy": POLICY})
