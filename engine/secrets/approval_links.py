"""The texts of approval links, an id and a signature each; and the links that executions make for their messages."""

import base64
import binascii
import hmac
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from hashlib import sha256

import msgspec
from sqlalchemy import Connection, select

from engine.core.clock import Clock
from engine.core.failure import ActionFailed
from models.database.bulk import INSERTS
from models.database.database import Database
from models.database.outlasting import outlasting
from models.database.tables import table
from models.database.waiting_tables import ApprovalLinkRow
from models.ids import APPROVAL_LINK_PREFIX
from models.words import ActionErrorCode, CredentialKind

LINKS = table(ApprovalLinkRow)
PURPOSE = b"orchestrator approval link"
"""The keys are those of callbacks: what is signed for one purpose is worth nothing for the other."""

MAX_LENGTH = 200
LINK_PATH = "/approvals/"


def told_path(path: str) -> str:
    """The path of a request as it may be told: an approval link is a credential."""
    begin = path.lower().find(LINK_PATH)
    return path if begin < 0 else f"{path[:begin]}{LINK_PATH}..."


class InvalidLink(Exception):
    """It was not made here, or was changed."""


class WantedLink(msgspec.Struct, frozen=True):
    """A link that an execution makes: there is one for each approver of an approval, however often it is used."""

    tenant: str
    execution_id: str
    action_id: str
    approver: str
    created_by: str
    expires_at: datetime

    @property
    def id(self) -> str:
        """The same each time, also on another node after a crash."""
        said = msgspec.json.encode((self.tenant, self.execution_id, self.action_id, self.approver))
        return APPROVAL_LINK_PREFIX + sha256(said).hexdigest()[:16]


class WantedLinks(msgspec.Struct, frozen=True):
    """The links that an attempt `uses`, by the names of the secrets that they are, and all that it `hides`."""

    uses: Mapping[str, WantedLink] = {}
    hides: Sequence[WantedLink] = ()


class LinkSigner:
    """Signs by the first key, and takes what any of them has signed."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = [hmac.digest(key, PURPOSE, sha256) for key in keys]

    def sign(self, link_id: str) -> str:
        """The token of a link: letters, digits, `-`, `_` and one dot."""
        return f"{link_id}.{_text(hmac.digest(self._keys[0], link_id.encode(), sha256))}"

    def read(self, token: str) -> str:
        """The id of the link that a token stands for. Raises `InvalidLink`."""
        link_id, _, signature = token.partition(".")
        if len(token) > MAX_LENGTH or not token.isascii():
            raise InvalidLink
        signed = link_id.encode()
        if not any(hmac.compare_digest(hmac.digest(key, signed, sha256), _bytes(signature)) for key in self._keys):
            raise InvalidLink
        return link_id


class ExecutionLinks:
    """Makes the links that executions put into their messages. `signer` is asked for when the first one is made."""

    def __init__(self, database: Database, clock: Clock, signer: Callable[[], LinkSigner], public_url: str) -> None:
        self._database = database
        self._clock = clock
        self._signer = signer
        self._public_url = public_url

    async def values(self, wanted: WantedLinks) -> dict[str, str]:
        """The addresses of the links that are used, by their names; and, by names that no template has, the texts of
        all that must be hidden, as a service may give back no more than those.

        Those that are used are listed when this returns; while the database is away it waits. Raises `ActionFailed`.
        """
        signer = self._signer()
        texts = {f"{link.action_id}.link for {link.approver}": signer.sign(link.id) for link in wanted.hides}
        if not wanted.uses:
            return texts
        if not self._public_url:
            message = "a link needs the address of the service: set ORCHESTRATOR_PUBLIC_URL on every node"
            raise ActionFailed(ActionErrorCode.INVALID_CONFIG, message)
        write = partial(_write, links=list(wanted.uses.values()), now=self._clock.now())
        await outlasting(lambda: self._database.transaction(write))
        path = self._public_url + LINK_PATH
        return {**texts, **{name: path + signer.sign(link.id) for name, link in wanted.uses.items()}}

    async def revoked(self, wanted: WantedLinks) -> frozenset[str]:
        """The names of those links that are used and were revoked; while the database is away it waits."""
        statement = select(LINKS.c.id).where(
            LINKS.c.id.in_([link.id for link in wanted.uses.values()]), LINKS.c.revoked_at.is_not(None)
        )
        read = partial(self._database.read, lambda connection: set(connection.execute(statement).scalars()))
        found = await outlasting(read)
        return frozenset(name for name, link in wanted.uses.items() if link.id in found)


def _write(connection: Connection, links: Sequence[WantedLink], now: datetime) -> None:
    """Keep links, each but once: one that was revoked stays so."""
    insert = INSERTS[connection.dialect.name](LINKS).on_conflict_do_nothing()
    for link in {link.id: link for link in links}.values():
        row = {**msgspec.structs.asdict(link), "id": link.id, "created_at": now}
        connection.execute(insert.values(**row, credential=CredentialKind.SYSTEM.value))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text.encode() + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        raise InvalidLink from None
