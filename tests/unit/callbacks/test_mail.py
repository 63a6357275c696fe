"""The settings of mail, and what a message and its way are made of."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.callbacks import mail_server
from app.settings.reading import load_settings
from app.settings.settings import Settings, SettingsError
from engine.actions.installed import installed_actions
from engine.actions.notification import NotificationConfig
from engine.callbacks.mail import MailServer, message_of
from models.commands.mail_addresses import is_address
from models.commands.validation import parse
from models.errors import InvalidInput

PREFIX = "ORCHESTRATOR_"
SENDER = "Orchestrator <jobs@example.com>"


def settings_of(url: str, sender: str = SENDER) -> Settings:
    return load_settings({PREFIX + "SMTP_URL": url, PREFIX + "SMTP_SENDER": sender})


@pytest.mark.parametrize(
    ("url", "expected", "begins_tls"),
    [
        ("smtp://mail.example.com", MailServer("mail.example.com", 587, SENDER), None),
        ("smtp://u:p%40ss@mail:25", MailServer("mail", 25, SENDER, user="u", password="p@ss"), True),
        ("smtp://u:p@127.0.0.1:25", MailServer("127.0.0.1", 25, SENDER, user="u", password="p"), None),
        ("smtps://u:p@mail", MailServer("mail", 465, SENDER, is_tls=True, user="u", password="p"), False),
    ],
)
def test_a_password_goes_to_another_machine_by_tls_alone(
    url: str, expected: MailServer, begins_tls: bool | None
) -> None:
    server = mail_server(settings_of(url))
    assert server == expected
    assert server.begins_tls is begins_tls


def test_without_a_server_there_is_none(tmp_path: Path) -> None:
    assert mail_server(Settings(data_dir=tmp_path)) is None


@pytest.mark.parametrize(
    ("url", "sender", "message"),
    [
        ("http://mail", SENDER, "SMTP_URL is not valid: set it to smtp://"),
        ("smtp://u:canary@", SENDER, "SMTP_URL is not valid"),
        ("smtp://canary@mail", SENDER, "give both USER and PASSWORD"),
        ("smtp://u:canary@mail:99999", SENDER, "SMTP_URL is not valid"),
        ("smtp://u:canary@mail/path", SENDER, "SMTP_URL is not valid"),
        ("smtp://mail", "jobs", "SMTP_SENDER is not valid"),
        ("smtp://mail", "Jobs <jobs@example.com>\nBcc: eve@example.com", "SMTP_SENDER is not valid"),
        ("smtp://mail", "", "go together"),
        ("", SENDER, "go together"),
    ],
)
def test_a_setting_that_cannot_work_is_told_without_its_password(url: str, sender: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message) as refused:
        settings_of(url, sender)
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize("address", ["ann@example.com", "a+b.c@x-y.example", "root@localhost"])
def test_an_address_is_one_mailbox(address: str) -> None:
    assert is_address(address)


@pytest.mark.parametrize(
    "address",
    [
        *("ann", "@example.com", "ann@", "a b@example.com", "ann@example.com,eve@example.com", "<ann@example.com>"),
        *("ann@example.com\n", "ann@-example.com", "ann@example..com", "a" * 65 + "@example.com", "ann@example.com>"),
        *("ann@" + "a." * 130 + "com", "ann@exämple.com"),
    ],
)
def test_anything_else_is_none(address: str) -> None:
    assert not is_address(address)


def test_a_message_is_the_same_each_time_and_tells_what_it_is_of() -> None:
    content = {"to": ["a@b.c", "d@e.f"], "subject": "Ünter", "message": "text", "data": None, "execution_id": "exec_1"}
    made = [message_of("cb_1", "a@b.c", content, SENDER, datetime(2026, 1, 15, tzinfo=UTC)) for _ in range(2)]
    assert made[0].as_bytes() == made[1].as_bytes()
    assert made[0].get_content() == "text\n"


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"channel": "webhook"}, "the channel webhook needs service"),
        ({"channel": "email"}, "the channel email needs to"),
        ({"to": "ann@example.com"}, "to is for the channel email, and this is log"),
        ({"channel": "email", "to": "ann@example.com", "service": "x"}, "service is for the channel webhook"),
        ({"channel": "email", "to": "ann"}, "must be an address such as ann@example.com"),
        ({"channel": "email", "to": 7}, "must be an address such as ann@example.com"),
        ({"channel": "email", "to": ["ann@example.com", None]}, "must be an address such as ann@example.com"),
        ({"channel": "email", "to": []}, "1 to 50 addresses"),
        ({"channel": "email", "to": ["ann@example.com"] * 51}, "1 to 50 addresses"),
        ({"channel": "email", "to": "ann@example.com", "subject": "a\r\nBcc: eve@example.com"}, "one line"),
        ({"channel": "pigeon"}, "'log', 'webhook' or 'email'"),
    ],
)
def test_what_does_not_belong_together_is_refused_when_saved(config: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        parse(NotificationConfig, {"message": "hello", **config})


def test_where_nobody_knows_whether_mail_goes_out_nothing_is_said_of_it() -> None:
    action: Any = installed_actions()["notification"]
    assert list(action.warnings({"channel": "email"})) == []
