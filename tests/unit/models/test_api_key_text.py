"""The text of an API key: what scanners find, and a checksum by which a slip needs no look at the database."""

import re
import string
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.api_key_text import BASE_62, KEY, digest_of, key_id_of, new_key

KEY_ID = "key_0123456789abcdef"


def test_a_key_names_its_id_and_has_the_documented_form() -> None:
    key = new_key(KEY_ID)
    assert re.fullmatch(r"orc_[0-9a-f]{16}[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}", key)
    assert key.startswith("orc_0123456789abcdef")
    assert key_id_of(key) == KEY_ID
    assert KEY.search(f'X-API-Key: "{key}"') is not None


def test_the_checksum_is_the_documented_one() -> None:
    key = new_key(KEY_ID)
    rest, digits = zlib.crc32(key[:-6].encode()), ""
    while rest:
        rest, digit = divmod(rest, 62)
        digits = (string.digits + string.ascii_uppercase + string.ascii_lowercase)[digit] + digits
    assert key[-6:] == digits.rjust(6, "0")
    assert len(BASE_62) == 62


def test_no_two_keys_are_alike_and_only_their_digests_are_kept() -> None:
    keys = {new_key(KEY_ID) for _ in range(1_000)}
    assert len(keys) == len({key[20:63] for key in keys}) == 1_000
    digests = {digest_of(key) for key in keys}
    assert len(digests) == 1_000
    assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in digests)


@given(position=st.integers(0, 68), put=st.sampled_from(string.printable))
def test_a_key_with_one_slip_names_nothing(position: int, put: str) -> None:
    key = new_key(KEY_ID)
    slipped = key[:position] + put + key[position + 1 :]
    assert (key_id_of(slipped) is None) is (slipped != key)


@pytest.mark.parametrize("text", ["", "orc_", "key_0123456789abcdef", "unknown", "\ud800", "é" * 69, "a" * 1_000_000])
def test_what_is_no_key_names_nothing(text: str) -> None:
    assert key_id_of(text) is None
    key = new_key(KEY_ID)
    for cut in (key[:-1], key[1:], f"{key} ", f" {key}", f"{key}\n", key.upper(), key + key[-1]):
        assert key_id_of(cut) is None
