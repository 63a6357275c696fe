"""Callbacks are signed as the Standard Webhooks specification says, and receivers verify them as it says."""

import base64
import hashlib
import hmac
import re
import time
from pathlib import Path
from typing import Any

import pytest

from engine.callbacks.signature import new_secret, read_secret, signed_headers

PAGE = Path(__file__).parents[3] / "docs" / "callbacks.md"
PUBLISHED_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PUBLISHED_BODY = b'{"test": 2432232314}'


def test_the_published_example_has_the_published_signature() -> None:
    headers = signed_headers(
        [read_secret(PUBLISHED_SECRET)], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, PUBLISHED_BODY
    )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_each_secret_signs_the_id_the_time_and_the_body() -> None:
    keys = [b"n" * 24, b"o" * 64]
    signature = signed_headers(keys, "cb_1", 7, b"body\xff")["webhook-signature"]
    expected = [hmac.new(key, b"cb_1.7.body\xff", hashlib.sha256).digest() for key in keys]
    assert signature == " ".join("v1," + base64.b64encode(digest).decode() for digest in expected)


def test_a_new_secret_can_be_read_and_is_never_the_same() -> None:
    first, second = new_secret(), new_secret()
    assert len(read_secret(first)) == 32
    assert read_secret(first) != read_secret(second)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "a secret starts with whsec_"),
        ("", "a secret starts with whsec_"),
        ("whsec_not base64!", "what follows whsec_ must be base64"),
        ("whsec_ué", "what follows whsec_ must be base64"),
        ("whsec_" + base64.b64encode(b"x" * 23).decode(), "a secret has 24 to 64 bytes before base64, not 23"),
        ("whsec_" + base64.b64encode(b"x" * 65).decode(), "a secret has 24 to 64 bytes before base64, not 65"),
    ],
)
def test_a_bad_secret_is_refused_without_repeating_it(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=r"^") as caught:
        read_secret(text)
    assert str(caught.value) == message


def test_a_receiver_verifies_as_the_page_shows() -> None:
    snippets = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    (snippet,) = [snippet for snippet in snippets if "def is_authentic" in snippet]
    shown: dict[str, Any] = {}
    exec(snippet, shown)  # noqa: S102 - our own text
    is_authentic = shown["is_authentic"]
    old, new = new_secret(), new_secret()
    keys, now = [read_secret(new), read_secret(old)], int(time.time())
    headers = signed_headers(keys, "cb_1", now, b"{}")
    assert is_authentic(old, headers, b"{}")
    assert is_authentic(new, headers, b"{}")
    assert not is_authentic(new_secret(), headers, b"{}")
    assert not is_authentic(new, headers, b"{ }")
    assert not is_authentic(new, {**headers, "webhook-id": "cb_2"}, b"{}")
    assert not is_authentic(new, signed_headers(keys, "cb_1", now - 400, b"{}"), b"{}")
