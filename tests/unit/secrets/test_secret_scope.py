"""What templates see below `secrets`: names before the call, values at its moment, and all is hidden."""

from typing import Any

import pytest

from engine.expressions import templates
from engine.expressions.budget import Budget
from engine.secrets.redaction import Redactor
from engine.secrets.scope import RevealedSecrets, SecretNames
from engine.services.credentials import credentials
from engine.services.registry import Service

CONFIG = {"alone": "{{ secrets.token }}", "within": ["Bearer {{secrets.token}}", "{{p}}"], "key": "{{secrets.api-key}}"}
VALUES = {"token": "the-token-itself", "api-key": "the-key-itself"}


def rendered(secrets: Any) -> Any:
    return templates.render(templates.parse(CONFIG), {"p": "{{secrets.token}}", "secrets": secrets}, Budget())


def test_before_the_call_each_secret_is_the_text_that_names_it() -> None:
    assert rendered(SecretNames(VALUES)) == {
        "alone": "{{secrets.token}}",
        "within": ["Bearer {{secrets.token}}", "{{secrets.token}}"],
        "key": "{{secrets.api-key}}",
    }


def test_at_its_moment_each_is_its_value_which_is_hidden_afterwards() -> None:
    redactor = Redactor()
    config = rendered(RevealedSecrets(VALUES, redactor))
    assert config == {
        "alone": "the-token-itself",
        "within": ["Bearer the-token-itself", "{{secrets.token}}"],
        "key": "the-key-itself",
    }
    assert redactor.redact(config) == {
        "alone": "[secret:token]",
        "within": ["Bearer [secret:token]", "{{secrets.token}}"],
        "key": "[secret:api-key]",
    }


def test_what_an_expression_makes_of_a_secret_is_hidden_too() -> None:
    redactor = Redactor()
    secrets = RevealedSecrets(VALUES, redactor)
    secrets.made("token", "flesti-nekot-eht")
    secrets.made("token", ["the", "token", 12345678])
    assert redactor.text("it is flesti-nekot-eht") == "it is [secret:token]"
    assert redactor.text('sent ["the","token",12345678]') == "sent [secret:token]"


def test_rendering_tells_of_every_expression_that_uses_a_secret() -> None:
    made: list[tuple[str, Any]] = []

    class Told(dict[str, str]):
        def made(self, name: str, value: Any) -> None:
            made.append((name, value))

    rendered(Told(VALUES))
    assert made == [
        ("token", "the-token-itself"),
        ("token", "the-token-itself"),
        ("api-key", "the-key-itself"),
    ]


# --- the operator's own --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "value", "said", "shown"),
    [
        ("Authorization", "Bearer abcd-efgh-ijkl", "no abcd-efgh-ijkl", "no [secret:services.pay.authorization]"),
        ("authorization", "Basic dXNlcjpwYXNzd29yZDE=", "password1?", "[secret:services.pay.authorization]?"),
        ("Authorization", "Basic dXNlcjpwYXNzd29yZDE=", "user:password1", "[secret:services.pay.authorization]"),
        ("X-API-Key", "k3y-k3y-k3y", "k3y-k3y-k3y", "[secret:services.pay.x-api-key]"),
        ("X-Auth-Token", "t0ken-t0ken", "t0ken-t0ken", "[secret:services.pay.x-auth-token]"),
        ("Client-Secret", "s3cret-s3cret", "s3cret-s3cret", "[secret:services.pay.client-secret]"),
        ("Cookie", "theme=dark; session=abcdefgh", "abcdefgh", "[secret:services.pay.cookie]"),
        (
            "Authorization",
            "Signature keyId=my-key-id,sig=0123456789",
            "0123456789",
            "[secret:services.pay.authorization]",
        ),
    ],
)
def test_the_credentials_of_a_service_are_hidden_whole_and_in_parts(
    header: str, value: str, said: str, shown: str
) -> None:
    hides = credentials(Service("pay", "http://pay", headers={header: value}))
    assert hides.text(said) == shown
    assert value.partition(" ")[2] not in hides.text(f"sent {value}!") or " " not in value


def test_other_headers_and_words_are_not_hidden() -> None:
    headers = {"X-Region": "eu-central-1", "Authorization": "Negotiate abcd-efgh", "X-Key": "short"}
    hides = credentials(Service("pay", "http://pay", headers=headers))
    assert hides.text("Negotiate in eu-central-1, short") == "Negotiate in eu-central-1, short"
    assert not credentials(Service("pay", "http://pay", headers={"Accept": "application/json"}))
    assert credentials(Service("pay", "http://pay", headers={"Authorization": "Basic no-base-64"}))
