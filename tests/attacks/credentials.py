"""Attacks with credentials: forged (S3), no longer good (S4), names without a proof (S5), planted in files (S24)."""

import base64
import json
import time
from datetime import timedelta
from typing import Any

import jwt
import msgspec

from app.settings.production import unsafe
from app.settings.reading import given
from app.settings.settings import Settings
from resolvers.context import Viewer
from tests.attacks.target import EDITOR, Target, attack, patched
from tests.support.calls import JWT_SECRET

CLAIMS = {"sub": "ada", "iss": "orchestrator", "aud": "orchestrator", "roles": ["admin"]}
KEY = """
mutation { createApiKey(input: { name: "k" }) { key apiKey { id } } }
"""


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    whole = {**CLAIMS, "iat": now, "exp": now + 300, **changes}
    return {name: value for name, value in whole.items() if value is not None}


def unsigned(said: dict[str, Any]) -> str:
    parts = (json.dumps(part).encode() for part in ({"alg": "none", "typ": "JWT"}, said))
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + "."


def signed(said: dict[str, Any], secret: str = JWT_SECRET) -> str:
    return jwt.encode(said, secret, algorithm="HS256")


async def status_of(target: Target, token: str) -> int:
    answer = await target.client.get("/workflows", headers={"Authorization": f"Bearer {token}"})
    return answer.status_code


async def _believing(self: Any, token: str) -> Viewer:
    """What a check would be that reads a token and looks no further."""
    from app.credentials.claims import viewer_of

    said = jwt.decode(token, options={"verify_signature": False})
    return viewer_of({"exp": said["iat"] + 300, **said}, self.clock.now(), 10**9)


@attack("S3", patched("app.credentials.bearer_tokens.BearerTokens.check", _believing))
async def forged_tokens(target: Target) -> None:
    now = int(time.time())
    forged = {
        "unsigned": unsigned(claims()),
        "signed by another": signed(claims(), "another secret, also of 32 bytes and more"),
        "for ever": signed(claims(exp=None)),
        "for ten years": signed(claims(exp=now + 10 * 365 * 86_400)),
        "of another issuer": signed(claims(iss="someone")),
        "for another service": signed(claims(aud="another")),
        "of nobody": signed(claims(sub=None)),
    }
    assert await status_of(target, signed(claims())) == 200
    for name, token in forged.items():
        assert (name, await status_of(target, token)) == (name, 401)


@attack("S3", patched("app.credentials.claims.LEEWAY", timedelta(days=7)))
async def a_token_of_yesterday(target: Target) -> None:
    past = int(time.time()) - 86_400
    assert await status_of(target, signed(claims(iat=past, exp=past + 300))) == 401


async def _unlooked(self: Any, key: str) -> Viewer:
    from app.credentials.api_keys import _viewer, key_id_of, read_proof

    row = await self.database.read(lambda connection: read_proof(connection, key_id_of(key) or ""))
    return _viewer(row, row.digest, is_former=False)


@attack("S4", patched("app.credentials.api_keys.ApiKeys.check", _unlooked))
async def keys_that_were_revoked_or_guessed(target: Target) -> None:
    made = (await target.graphql(KEY, EDITOR))["data"]["createApiKey"]
    key, id_ = made["key"], made["apiKey"]["id"]
    good = {"X-API-Key": key}
    assert (await target.client.get("/workflows", headers=good)).status_code == 200
    query = f'{{ apiKeys {{ nodes {{ id name }} }} node(id: "{id_}") {{ id }} }}'
    assert key not in json.dumps(await target.graphql(query, EDITOR))
    revoke = f'mutation {{ revokeApiKey(input: {{ id: "{id_}" }}) {{ userErrors {{ code }} }} }}'
    await target.graphql(revoke, EDITOR)
    assert (await target.client.get("/workflows", headers=good)).status_code == 401


@attack("S5", patched("app.settings.settings.Settings.trusts_user_header", True))
async def a_name_without_a_proof(target: Target) -> None:
    answer = await target.client.get("/workflows", headers={"X-User-ID": "ada"})
    assert answer.status_code == 401


@attack("S5", patched("app.settings.production.is_weak", lambda _secret: False))
async def a_secret_that_everybody_knows(target: Target) -> None:
    known = Settings(data_dir=target.settings.data_dir, jwt_secret="changeme" * 4)
    assert any("JWT_SECRET" in fault for fault in unsafe(known, {}, given({}, None)))


@attack("S24", patched("app.settings.production.faults_of_folder", lambda *_: iter(())))
async def a_key_that_somebody_planted(target: Target) -> None:
    folder = target.settings.data_dir / "shared"
    folder.mkdir(mode=0o700)
    (folder / "callback_secret").symlink_to(folder.parent / "what_others_know")
    settings = msgspec.structs.replace(target.settings, data_dir=folder)
    assert any("callback_secret is a link" in fault for fault in unsafe(settings, {}, given({}, None)))
    folder.chmod(0o770)
    assert any(f"can write to {folder}" in fault for fault in unsafe(settings, {}, given({}, None)))
