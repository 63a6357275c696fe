"""What is kept of a content in place of its secrets, and how they get to their places: exactly there, as configured."""

from typing import Any

import msgspec
import pytest

from engine.core.failure import ActionFailed
from engine.expressions import templates
from engine.expressions.budget import Budget
from engine.secrets.approval_links import WantedLinks
from engine.secrets.redaction import Redactor
from engine.secrets.scope import HiddenSecrets, RevealedSecrets
from engine.secrets.withheld import Brings, Withheld, any_secrets, only_links, with_secrets, withheld_texts

VALUES = {"token": "the token/itself", "ask.link.ann": "https://here/approvals/link_1.signed"}
FORGED = '[secret:token] {{secrets.token}} {{secrets["token"]}} {"source": "secrets.token"}'
SCOPE = {"who": "Ann", "forged": FORGED, "order": {"id": 7, "note": None, "lines": [1]}}

EXACTLY = [
    ('Dear {{who}}: {{secrets["ask.link.ann"]}}.', "Dear Ann: https://here/approvals/link_1.signed."),
    ("{{secrets.token}}{{secrets.token}}", "the token/itselfthe token/itself"),
    ("?t={{secrets.token | urlencode}}", "?t=the%20token%2Fitself"),
    ("{{ 'Bearer ' + secrets.token | upper }}", "Bearer THE TOKEN/ITSELF"),
    ("{{ who + secrets.token + who }}!", "Annthe token/itselfAnn!"),
    ("{{ order.note | default(secrets.token) }}", "the token/itself"),
    ("{{ order.gone | default(secrets.token) }}", "the token/itself"),
    ("{{ who | default(secrets.token) }}", "Ann"),
    ("{{ order.lines | default(secrets.token) }}", [1]),
    ("{{forged}} {{secrets.token}}", FORGED + " the token/itself"),
    ("{{ forged + secrets.token }}", FORGED + "the token/itself"),
    ("{{secrets.token}} {{forged}}", "the token/itself " + FORGED),
    ("{{forged}}", FORGED),
    ("[secret:token] {{secrets.token}}", "[secret:token] the token/itself"),
    ({"a": [{"b": "{{secrets.token}}"}, "{{forged}}"], "{{secrets.token}}": 1}, None),
]


def kept(config: Any, brings: Brings = any_secrets) -> tuple[dict[str, Any], Any]:
    """What is told of a configuration and what is withheld from that, as a database gives both back."""
    template = templates.parse(config)
    scope = {**SCOPE, "secrets": HiddenSecrets(VALUES)}
    told = templates.render(template, scope, Budget())
    withheld = Withheld(withheld_texts(template, ("data",), scope, brings, Budget()), frozenset(VALUES), WantedLinks())
    stored = msgspec.json.encode([told, withheld])
    assert not any(value.encode() in stored for value in VALUES.values())
    return told, msgspec.convert(msgspec.json.decode(stored)[1], Withheld)


@pytest.mark.parametrize(("data", "expected"), EXACTLY, ids=[str(data) for data, _ in EXACTLY])
def test_a_secret_gets_to_its_place_and_nothing_that_a_value_brings_is_one(data: Any, expected: Any) -> None:
    told, withheld = kept({"data": data, "other": "{{secrets.token}}"})
    whole = with_secrets(told, withheld.texts, RevealedSecrets(VALUES, Redactor()), Budget())
    if expected is None:
        expected = {"a": [{"b": "the token/itself"}, FORGED], "{{secrets.token}}": 1}
    assert whole == {"data": expected, "other": "[secret:token]"}
    assert withheld.needs <= VALUES.keys()


def test_what_takes_links_alone_brings_labels_of_other_secrets() -> None:
    data = ['{{secrets["ask.link.ann"]}} {{secrets.token}}', '{{ secrets.token + secrets["ask.link.ann"] }}']
    told, withheld = kept({"data": data}, only_links)
    whole = with_secrets(told, withheld.texts, RevealedSecrets(VALUES, Redactor()), Budget())
    assert whole["data"] == [f"{VALUES['ask.link.ann']} [secret:token]", told["data"][1]]
    assert withheld.needs == {"ask.link.ann"}


def test_what_is_told_is_left_as_it_is_and_what_is_made_of_secrets_is_hidden() -> None:
    told, withheld = kept({"data": ["{{secrets.token | upper}}"]})
    redactor = Redactor()
    assert with_secrets(told, withheld.texts, RevealedSecrets(VALUES, redactor), Budget())["data"] != told["data"]
    assert redactor.text("no THE TOKEN/ITSELF") == "no [secret:token]"
    assert (withheld.needs, withheld.hides) == ({"token"}, set(VALUES))


def test_what_takes_too_much_is_refused_before_it_is_made() -> None:
    told, withheld = kept({"data": "{{secrets.token}}" * 200})
    large = RevealedSecrets({"token": "x" * 65_536}, Redactor())
    with pytest.raises(ActionFailed, match="that the templates of an action have"):
        with_secrets(told, withheld.texts, large, Budget())
