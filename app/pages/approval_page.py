"""The page behind an approval link: what is asked, a form, and two buttons. To open it decides nothing."""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256

from litestar import Response, get, post
from litestar.enums import MediaType
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from app.pages.approval_form import decision_of, read_sent
from app.pages.approval_html import question, refusal, thanks
from app.pages.approval_style import STYLE
from app.pages.page_sign_in import PageRequest
from engine.secrets.approval_links import LINK_PATH
from models.errors import InvalidInput, OrchestratorError
from resolvers.access.approval_links import decide_by_link, open_approval
from resolvers.access.quota import QuotaBudget
from resolvers.context import Context, EdgeGate

POLICY = "; ".join(
    (
        "default-src 'none'",
        f"style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


def approval_routes() -> list[HTTPRouteHandler]:
    """The page, and what it sends. A program that looks where a link leads, as mail filters do, decides nothing."""

    @get(LINK_PATH + "{token:str}", media_type=MediaType.HTML)
    async def show_approval(request: PageRequest, token: FromPath[str]) -> Response[str]:
        """Answer what is asked."""
        try:
            ctx = await _context(request)
            return _answer(question(await open_approval(ctx, token, _gate(request).recall)))
        except OrchestratorError as error:
            return _refused(error)

    @post(LINK_PATH + "{token:str}", status_code=200, media_type=MediaType.HTML)
    async def decide(request: PageRequest, token: FromPath[str]) -> Response[str]:
        """Take the decision."""
        try:
            return await _decided(request, token)
        except OrchestratorError as error:
            return _refused(error)

    return [show_approval, decide]


async def _decided(request: PageRequest, token: str) -> Response[str]:
    """Where the mutation would refuse what was sent, the page is shown again with it."""
    ctx = await _context(request)
    recall = _gate(request).recall
    opened = await open_approval(ctx, token, recall)
    typed: Mapping[str, str] = {}
    try:
        sent = read_sent(request.headers.get("content-type", ""), await request.body())
        typed = dict(sent)
        decision = decision_of(sent, opened.approval)
        await decide_by_link(ctx, token, recall, decision)
    except InvalidInput as error:
        return _answer(question(opened, typed, error.faults), error.http_status)
    return _answer(thanks(opened, decision["approved"]))


def _gate(request: PageRequest) -> EdgeGate:
    gate: EdgeGate = request.scope["state"]["service"].gate
    return gate


async def _context(request: PageRequest) -> Context:
    """A stranger's, whatever else the browser sends: the link alone counts."""
    return await _gate(request).context({}, request.scope["state"]["origin"], budget=QuotaBudget.PAGES)


def _refused(error: OrchestratorError) -> Response[str]:
    answer = _answer(refusal(error), error.http_status)
    if error.retry_after_seconds is not None:
        answer.headers["Retry-After"] = str(error.retry_after_seconds)
    return answer


def _answer(page: str, status: int = 200) -> Response[str]:
    return Response(page, status_code=status, media_type="text/html", headers={"Content-Security-Policy": POLICY})
