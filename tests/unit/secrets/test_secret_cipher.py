"""The cipher of secrets: what it sealed opens with its key at its place, and in no other way."""

import base64
import os

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.secrets.cipher import Sealed, SecretCipher, SecretPlace, SecretUnreadable, key_id, new_key, read_key
from models.errors import SecretsNotConfigured

OLD, NEW = bytes(range(32)), bytes(range(32, 64))
PLACE = SecretPlace("default", "token", 1)


@given(value=st.text(st.characters(codec="utf-8"), max_size=200))
def test_what_was_sealed_opens_to_the_same_value(value: str) -> None:
    cipher = SecretCipher(lambda: [OLD])
    assert cipher.open(cipher.seal(value, PLACE), PLACE) == value


def test_nothing_of_the_value_is_in_what_is_kept_and_no_two_are_alike() -> None:
    cipher = SecretCipher(lambda: [OLD])
    first, second = cipher.seal("a value that shows", PLACE), cipher.seal("a value that shows", PLACE)
    assert b"value" not in first.ciphertext
    assert first.ciphertext != second.ciphertext
    assert first.key_id == key_id(OLD) == "630dcd2966c43366"


@pytest.mark.parametrize("at", [0, 5, 12, 20, -1])
def test_a_changed_byte_is_noticed(at: int) -> None:
    cipher = SecretCipher(lambda: [OLD])
    sealed = cipher.seal("untouched", PLACE)
    changed = bytearray(sealed.ciphertext)
    changed[at] ^= 1
    with pytest.raises(SecretUnreadable, match="changed or moved: set the secret again"):
        cipher.open(msgspec.structs.replace(sealed, ciphertext=bytes(changed)), PLACE)


@pytest.mark.parametrize("length", [0, 5, 12, 20])
def test_a_ciphertext_that_was_cut_is_noticed(length: int) -> None:
    cipher = SecretCipher(lambda: [OLD])
    sealed = cipher.seal("untouched", PLACE)
    with pytest.raises(SecretUnreadable, match="changed or moved"):
        cipher.open(Sealed(sealed.ciphertext[:length], sealed.key_id), PLACE)


@pytest.mark.parametrize(
    "elsewhere",
    [
        SecretPlace("default", "other", 1),
        SecretPlace("another", "token", 1),
        SecretPlace("default", "token", 2),
        SecretPlace('default","token",1]', "", 1),
    ],
    ids=["name", "tenant", "version", "forged"],
)
def test_a_value_opens_at_its_own_place_alone(elsewhere: SecretPlace) -> None:
    cipher = SecretCipher(lambda: [OLD])
    with pytest.raises(SecretUnreadable, match="changed or moved"):
        cipher.open(cipher.seal("at home", PLACE), elsewhere)


@given(
    one=st.tuples(st.text(max_size=4), st.text(max_size=4), st.integers(0, 20)),
    other=st.tuples(st.text(max_size=4), st.text(max_size=4), st.integers(0, 20)),
)
def test_no_two_places_are_the_same_to_the_cipher(one: tuple[str, str, int], other: tuple[str, str, int]) -> None:
    assert (SecretPlace(*one).associated_data == SecretPlace(*other).associated_data) is (one == other)


def test_the_newest_key_encrypts_and_all_decrypt() -> None:
    before = SecretCipher(lambda: [OLD]).seal("older than the key", PLACE)
    both = SecretCipher(lambda: [NEW, OLD])
    assert both.newest == key_id(NEW)
    assert both.open(before, PLACE) == "older than the key"
    after = both.seal(both.open(before, PLACE), PLACE)
    assert SecretCipher(lambda: [NEW]).open(after, PLACE) == "older than the key"


def test_a_key_that_is_missing_is_named_with_what_to_set() -> None:
    sealed = SecretCipher(lambda: [OLD]).seal("locked", PLACE)
    for cipher in (SecretCipher(lambda: [NEW]), SecretCipher(lambda: [])):
        with pytest.raises(SecretUnreadable, match=f"{key_id(OLD)}: add that key to ORCHESTRATOR_ENCRYPTION_KEYS"):
            cipher.open(sealed, PLACE)


def test_the_key_id_decides_which_key_is_tried() -> None:
    cipher = SecretCipher(lambda: [NEW, OLD])
    sealed = SecretCipher(lambda: [OLD]).seal("mine", PLACE)
    with pytest.raises(SecretUnreadable, match="changed or moved"):
        cipher.open(msgspec.structs.replace(sealed, key_id=key_id(NEW)), PLACE)


def test_without_a_key_nothing_is_encrypted() -> None:
    with pytest.raises(SecretsNotConfigured, match="set ORCHESTRATOR_ENCRYPTION_KEYS"):
        SecretCipher(lambda: []).seal("homeless", PLACE)


def test_a_key_is_32_random_bytes_in_base64() -> None:
    assert len(read_key(new_key())) == 32
    assert new_key() != new_key()
    key = os.urandom(32)
    assert read_key(base64.b64encode(key).decode()) == key


@pytest.mark.parametrize(
    "text",
    ["", "short", "not base64 at all!", base64.b64encode(b"x" * 31).decode(), base64.b64encode(b"x" * 33).decode()],
)
def test_what_is_no_key_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(ValueError, match="32 bytes") as caught:
        read_key(text)
    assert not text or text not in str(caught.value)
