"""Presents again what was kept of a credential, for what it made and may outlive the request (ADR 15)."""

from app.credentials.api_keys import ApiKeys
from app.credentials.key_ring import KeyRing
from models.errors import Unauthenticated
from models.words import CredentialKind
from resolvers.context import Credential, Recall, Viewer


def recaller(token_keys: KeyRing, api_keys: ApiKeys, *, trusts_user_header: bool) -> Recall:
    """The function that says whether a credential is still good, by the rules of the next request."""

    async def recall(credential: Credential) -> Viewer | None:
        match credential.kind:
            case CredentialKind.API_KEY:
                return await api_keys.check_digest(credential.key_id or "", credential.proof or "")
            case CredentialKind.BEARER:  # its own time was told when it came, and what it grants is written in it
                await token_keys.require(credential.proof)
            case CredentialKind.USER_HEADER if not trusts_user_header:
                raise Unauthenticated("X-User-ID is no credential here any more")
            case CredentialKind.APPROVAL_LINK:
                raise Unauthenticated("A link makes nothing that could be used later")
            case CredentialKind.USER_HEADER | CredentialKind.SYSTEM:
                pass  # what the service does itself ends with what it is for
        return None

    return recall
