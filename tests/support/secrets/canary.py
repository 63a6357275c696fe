"""The canary: secrets that are easily recognised, services that give them back, and who is careless with them."""

import asyncio
import base64
import json
import re
from typing import Annotated, Any
from urllib.parse import parse_qs

import msgspec
from pydantic import BaseModel, TypeAdapter

from engine.actions.protocol import ActionCall
from engine.actions.secret_fields import MayHoldSecrets
from engine.core.failure import ActionFailed
from engine.core.truncation import MAX_RESPONSE_BYTES
from models.words import ActionErrorCode
from tests.support.calls import Json
from tests.support.scripted_service import ScriptedService
from tests.support.secrets.encodings import ENCODINGS, percent_everything

ODD = 'c4n4ry"Zx&q/Lw+8=<T>%R\\2Y~k'
PLAIN = "c4n4ry.urltoken_77zQ"
BEARER = "c4n4ry-of-the-operator-9"
BASIC = "c4n4ry-basic-pass"
VALUES = (ODD, PLAIN, BEARER, BASIC)

LETTERS = "c4n4ry"
"""What all of them begin with: escapes leave it as it is."""


def needles() -> dict[str, str]:
    """By what a secret would be known: its first letters in every encoding of letters, and the heart of the others."""
    found = {
        "raw": LETTERS,
        "upper": LETTERS.upper(),
        "every byte": percent_everything(LETTERS),
        "html numbers": ENCODINGS["html numbers"](LETTERS),
        "escaped letters": ENCODINGS["escaped letters"](LETTERS),
        "hex": LETTERS.encode().hex(),
        "upper hex": LETTERS.encode().hex().upper(),
    }
    for value in VALUES:
        for name in ENCODINGS:
            if name.startswith("base64"):
                found[f"{name} of {value}"] = ENCODINGS[name](value).replace("\n", "").strip("=")[-26:-6]
    return found


def found_in(text: str) -> dict[str, str]:
    """The needles that are in a text, with what stands around each; JSON within JSON and broken lines hide none."""
    plain = re.sub(r"\\+", r"\\", text)
    unfolded = plain.replace("\\n", "").replace("\n", "")
    return {
        name: where[max(0, where.index(needle) - 200) :][:400]
        for name, needle in needles().items()
        for where in (plain, unfolded)
        if needle in where
    }


# --- services that give back what they get -------------------------------------------------------


def received(request: Json) -> list[str]:
    """The secrets that came with a request, wherever."""
    headers, query = request["headers"], parse_qs(request["query"])
    candidates = [
        headers.get("x-secret", ""),
        headers.get("authorization", "").removeprefix("Bearer "),
        request["path"].rpartition("/")[2],
        *query.get("q", []),
        base64.b64decode(headers.get("proxy-token", "").removeprefix("Basic ")).decode().removeprefix("robot:"),
    ]
    if request["body"] not in (b"", b"{}"):
        body = json.loads(request["body"])
        candidates += [body.get("a", ""), body.get("deep", [{"x": ""}])[0]["x"]]
    return [value for value in dict.fromkeys(candidates) if value in VALUES]


def echoed(request: Json) -> Json:
    """Each secret in each encoding, as text, as key, within text."""
    return {
        "encoded": [{name: f"<{encode(value)}>" for name, encode in ENCODINGS.items()} for value in received(request)],
        "keys": [{encode(value): name for name, encode in ENCODINGS.items()} for value in received(request)],
        "whole": {"headers": request["headers"], "body": request["body"].decode(), "query": request["query"]},
    }


async def answer(send: Any, status: int, content_type: str, body: bytes, **headers: str) -> None:
    given = {"content-type": content_type, **headers}
    raw = [(name.encode(), value.encode()) for name, value in given.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


async def echo(service: ScriptedService, send: Any) -> None:
    await answer(send, 200, "application/json", json.dumps(echoed(service.requests[-1])).encode())


async def echo_text(service: ScriptedService, send: Any) -> None:
    await answer(send, 200, "text/plain", json.dumps(echoed(service.requests[-1])).encode())


async def fail(service: ScriptedService, send: Any) -> None:
    await answer(send, 500, "application/json", json.dumps(echoed(service.requests[-1])).encode())


async def garbage(service: ScriptedService, send: Any) -> None:
    body = b'{"broken": "\xff\xfe' + json.dumps(echoed(service.requests[-1])).encode()
    await answer(send, 200, "application/json", body)


async def redirect(service: ScriptedService, send: Any) -> None:
    text = json.dumps(echoed(service.requests[-1]))
    await answer(send, 302, "text/html", text.encode(), location=f"/elsewhere?next={PLAIN}")


async def remembered(_service: ScriptedService, send: Any) -> None:
    await answer(send, 200, "application/json", json.dumps({"of an earlier call": [ODD, PLAIN]}).encode())


async def large(service: ScriptedService, send: Any) -> None:
    """A secret lies across the place where the response is cut."""
    value = percent_everything(received(service.requests[-1])[0])
    await answer(send, 200, "text/plain", b"." * (MAX_RESPONSE_BYTES - len(value) // 2) + value.encode() * 3)


ANSWERS = {
    f"/echo/{PLAIN}": echo,
    "/query": echo_text,
    "/fail": fail,
    "/garbage": garbage,
    "/redirect": redirect,
    "/remembered": remembered,
    "/large": large,
    "/operator": echo,
    "/operator-fails": fail,
}


async def break_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Speak no HTTP; each path is another way to break off in the middle of a secret."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    value = next((line.partition(": ")[2] for line in head.splitlines() if line.lower().startswith("x-secret")), "")
    long = f"X-Long: {value * 600}" if "/long" in head else ""
    line = {
        "/line": f"{value} {ENCODINGS['base64'](value)}",
        "/long": f"HTTP/1.1 200 OK\r\n{long}",
        "/coding": f"HTTP/1.1 200 OK\r\nContent-Encoding: {'-' * 50}{value}",
        "/chunk": f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{value}",
    }.get(head.split(" ")[1], "")  # the service's health is asked for as well
    writer.write(line.encode() + b"\r\n\r\n")
    await writer.drain()
    writer.close()


# --- an action type that handles them carelessly -------------------------------------------------


class CarelessConfig(BaseModel):
    how: str
    value: Annotated[str, MayHoldSecrets()]


class Careless:
    """Lets its secret slip into errors of all kinds, and into responses that are no plain JSON."""

    action_type = "careless"
    config_model = CarelessConfig
    reaches_out = True

    def gate(self, _call: ActionCall) -> None:
        """It asks nobody."""

    async def run(self, call: ActionCall) -> Any:
        value = call.config.value
        match call.config.how:
            case "bytes":
                return {"blob": value.encode(), "model": CarelessResponse(value)}
            case "failure":
                raise ActionFailed(ActionErrorCode.INTERNAL_ERROR, f"no {value!r}", response={value: [value.encode()]})
            case "pydantic":
                TypeAdapter(int).validate_python(f"{value}{'.' * 100}{value}")
            case "chained":
                try:
                    raise KeyError(value)
                except KeyError as error:
                    raise ExceptionGroup(f"for {value[:14]}...", [ValueError(ENCODINGS["base64"](value))]) from error
        return None


class CarelessResponse(msgspec.Struct):
    value: str
