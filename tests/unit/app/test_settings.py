"""Every setting is read from its variable, and a bad one is refused by name at start."""

import json
from base64 import b64encode
from hashlib import sha256
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.asgi import create_app
from app.credentials.token_keys import MIN_SECRET_BYTES
from app.settings.reading import load_settings, read_settings
from app.settings.settings import PARSERS, PREFIX, SETTINGS, Environment, Settings, SettingsError
from engine.services.registry import DEFAULT_TIMEOUT_SECONDS, ClientCredentials, Service

SECRET = "s" * MIN_SECRET_BYTES
NEW_KEY = "whsec_bm5ubm5ubm5ubm5ubm5ubm5ubm5ubm5u"
OLD_KEY = "whsec_b29vb29vb29vb29vb29vb29vb29vb29v"
AES_KEY = b64encode(b"k" * 32).decode()
OTHER_AES_KEY = b64encode(b"l" * 32).decode()


def test_without_any_variable_the_defaults_hold() -> None:
    settings = load_settings({})
    assert settings == Settings()
    assert (settings.environment, settings.host, settings.port) == (Environment.TEST, "127.0.0.1", 5080)
    assert (settings.data_dir, settings.database_url, settings.services) == (Path(".orchestrator"), "", {})
    assert (settings.jwt_secret, settings.jwt_issuer, settings.jwt_audience) == ("", "orchestrator", "orchestrator")
    assert (settings.jwt_keys_file, settings.jwt_jwks_url, settings.jwt_max_life_seconds) == ((), "", 86_400)


def test_every_setting_has_its_variable() -> None:
    assert set(PARSERS) == set(Settings.__struct_fields__)


@pytest.mark.parametrize(
    ("variable", "text", "name", "value"),
    [
        ("DATA_DIR", "/var/lib/x", "data_dir", Path("/var/lib/x")),
        ("DATABASE_URL", "postgresql+asyncpg://db/x", "database_url", "postgresql+asyncpg://db/x"),
        ("ENVIRONMENT", "test", "environment", Environment.TEST),
        ("ENVIRONMENT", "production", "environment", Environment.PRODUCTION),
        ("HOST", "0.0.0.0", "host", "0.0.0.0"),  # noqa: S104 - a word in a test, nothing is bound
        ("PORT", "0", "port", 0),
        ("PORT", "8080", "port", 8080),
        ("PORT", "65535", "port", 65535),
        ("SERVICES", "{}", "services", {}),
        ("JWT_SECRET", SECRET, "jwt_secret", SECRET),
        ("JWT_ISSUER", "https://issuer", "jwt_issuer", "https://issuer"),
        ("JWT_AUDIENCE", "api", "jwt_audience", "api"),
        ("JWT_KEYS_FILE", "", "jwt_keys_file", ()),
        ("JWT_JWKS_URL", "", "jwt_jwks_url", ""),
        ("JWT_JWKS_URL", "https://issuer/keys", "jwt_jwks_url", "https://issuer/keys"),
        ("JWT_MAX_LIFE_SECONDS", "1", "jwt_max_life_seconds", 1),
        ("JWT_MAX_LIFE_SECONDS", "31536000", "jwt_max_life_seconds", 31_536_000),
        ("CALLBACK_SECRETS", "", "callback_secrets", ()),
        ("CALLBACK_SECRETS", f"{NEW_KEY}, {OLD_KEY}", "callback_secrets", (b"n" * 24, b"o" * 24)),
        ("ENCRYPTION_KEYS", "", "encryption_keys", ()),
        ("ENCRYPTION_KEYS", f"{AES_KEY}, {OTHER_AES_KEY}", "encryption_keys", (b"k" * 32, b"l" * 32)),
        ("ALLOW_PRIVATE_NETWORKS", "", "allow_private_networks", ()),
        (
            "ALLOW_PRIVATE_NETWORKS",
            "10.0.0.0/8, fd00::/8",
            "allow_private_networks",
            (ip_network("10.0.0.0/8"), ip_network("fd00::/8")),
        ),
        ("PUBLIC_URL", "", "public_url", ""),
        ("PUBLIC_URL", "https://a.example", "public_url", "https://a.example"),
        ("PUBLIC_URL", "https://a.example:8443/flows/", "public_url", "https://a.example:8443/flows"),
        ("ALLOWED_ORIGINS", "", "allowed_origins", frozenset()),
        ("ALLOWED_ORIGINS", "*", "allowed_origins", frozenset({"*"})),
        (
            "ALLOWED_ORIGINS",
            "https://A.example:443, http://b.example:8080",
            "allowed_origins",
            frozenset({"https://a.example", "http://b.example:8080"}),
        ),
        ("GRAPHQL_MAX_COST", "5", "graphql_max_cost", 5),
        ("GRAPHQL_TIMEOUT_SECONDS", "2.5", "graphql_timeout_seconds", 2.5),
        ("GRAPHQL_ONLY_TRUSTED", "false", "graphql_only_trusted", False),
    ],
)
def test_a_setting_is_read_from_its_variable(variable: str, text: str, name: str, value: Any) -> None:
    settings = load_settings({PREFIX + variable: text})
    assert getattr(settings, name) == value
    assert settings == msgspec.structs.replace(Settings(), **{name: value})


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("DATABASE_URL", "sqlite:///"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "sqlite:///?timeout=1"),
        ("PUBLIC_URL", "a.example"),
        ("PUBLIC_URL", "/flows"),
        ("PUBLIC_URL", "ftp://a.example"),
        ("PUBLIC_URL", "https://ann:secret@a.example"),
        ("PUBLIC_URL", "https://a.example/?from=mail"),
        ("PUBLIC_URL", "https://a.example/#top"),
        ("PUBLIC_URL", "https://a.example?"),
        ("PUBLIC_URL", "https://a.example/flows#"),
        ("PUBLIC_URL", "https://a.example/a b"),
        ("PUBLIC_URL", "http://a.example\n"),
        ("ALLOWED_ORIGINS", "a.example"),
        ("ALLOWED_ORIGINS", "https://a.example/path"),
        ("GRAPHQL_MAX_COST", "0"),
        ("GRAPHQL_MAX_COST", "many"),
        ("GRAPHQL_TIMEOUT_SECONDS", "0"),
        ("GRAPHQL_TIMEOUT_SECONDS", "nan"),
        ("GRAPHQL_TIMEOUT_SECONDS", "1e9"),
        ("GRAPHQL_TRUSTED_DOCUMENTS", "/nosuch/file.json"),
        ("GRAPHQL_ONLY_TRUSTED", "yes"),
        ("GRAPHQL_ONLY_TRUSTED", "true"),  # without a list of documents
        ("PORT", ""),
        ("PORT", "http"),
        ("PORT", "80.0"),
        ("PORT", "-1"),
        ("PORT", "65536"),
        ("PORT", "1" * 5000),
        ("ENVIRONMENT", ""),
        ("ENVIRONMENT", "prod"),
        ("ENVIRONMENT", "PRODUCTION"),
        ("SERVICES", ""),
        ("SERVICES", "{"),
        ("SERVICES", "[]"),
        ("SERVICES", "null"),
        ("SERVICES", "http://x"),
        ("SERVICES", '{"a": 1}'),
        ("SERVICES", '{"a": null}'),
        ("SERVICES", '{"a": {}}'),
        ("SERVICES", '{"a": ""}'),
        ("SERVICES", '{"a": "localhost:9000"}'),
        ("SERVICES", '{"a": "ftp://x"}'),
        ("SERVICES", '{"a": {"url": "file:///etc/passwd"}}'),
        ("SERVICES", '{"a": {"url": 5}}'),
        ("SERVICES", '{"a": {"url": "http://x", "timeout_seconds": "30"}}'),
        ("SERVICES", '{"a": {"url": "http://x", "timeout_seconds": true}}'),
        ("SERVICES", '{"a": {"url": "http://x", "headers": ["X"]}}'),
        ("SERVICES", '{"a": {"url": "http://x", "headers": {"X": 1}}}'),
        ("SERVICES", '{"a": {"url": "http://x", "idempotent": 1}}'),
        ("SERVICES", '{"a": {"url": "http://x", "max_concurrency": 0}}'),
        ("SERVICES", '{"a": {"url": "http://x", "max_concurrency": 1.5}}'),
        ("SERVICES", '{"a": {"url": "http://x", "max_concurrency": null}}'),
        ("SERVICES", '{"a": {"url": "http://x", "rate_limit": 0}}'),
        ("SERVICES", '{"a": {"url": "http://x", "rate_limit": 1e-300}}'),
        ("SERVICES", '{"a": {"url": "http://x", "rate_limit": 1e300}}'),
        ("SERVICES", '{"a": {"url": "http://x", "circuit_threshold": 0}}'),
        ("SERVICES", '{"a": {"url": "http://x", "circuit_open_seconds": 0}}'),
        ("SERVICES", '{"a": {"url": "http://x", "circuit_open_seconds": null}}'),
        ("SERVICES", '{"a": {"url": "http://x", "max_response_bytes": 1000}}'),
        ("SERVICES", '{"a": {"url": "http://x", "client_credentials": {"token_url": "http://t"}}}'),
        (
            "SERVICES",
            '{"a": {"url": "http://x","client_credentials": {"token_url": "t", "client_id": "", "client_secret": ""}}}',
        ),
        ("SERVICES", '{"a": {"url": "http://x", "retries": 3}}'),
        ("SERVICES", '{"a": {"url": "http://x", "proxy": "https://p:1"}}'),
        ("SERVICES", '{"a": {"url": "https://x", "tls": {}}}'),
        ("LOG_LEVEL", "debug,info"),
        ("LOG_LEVEL", "engine=debug,engine=info"),
        ("DATA_DIR", ""),
        ("JWT_SECRET", "short"),
        ("JWT_JWKS_URL", "issuer"),
        ("JWT_JWKS_URL", "file:///keys"),
        ("JWT_MAX_LIFE_SECONDS", "0"),
        ("JWT_MAX_LIFE_SECONDS", "31536001"),
        ("JWT_MAX_LIFE_SECONDS", "-1"),
        ("JWT_MAX_LIFE_SECONDS", "1e3"),
        ("JWT_MAX_LIFE_SECONDS", "\u0661"),
        ("JWT_SECRET", "s" * (MIN_SECRET_BYTES - 1)),
    ],
)
def test_a_bad_value_is_refused_and_its_variable_named(variable: str, text: str) -> None:
    with pytest.raises(SettingsError, match=f"^{PREFIX}{variable} "):
        load_settings({PREFIX + variable: text})


def test_the_refusal_of_a_service_names_it_and_shows_what_is_expected() -> None:
    with pytest.raises(SettingsError, match="the url of service 'mail' must be an http:// or https:// URL"):
        load_settings({"ORCHESTRATOR_SERVICES": '{"fine": "http://x", "mail": "smtp://x"}'})
    with pytest.raises(SettingsError, match="set a JSON object such as"):
        load_settings({"ORCHESTRATOR_SERVICES": "[]"})
    with pytest.raises(SettingsError, match="the max_concurrency of service 'x' must be from 1 to 10,000, not 0"):
        load_settings({"ORCHESTRATOR_SERVICES": '{"x": {"url": "http://x", "max_concurrency": 0}}'})
    with pytest.raises(SettingsError, match="calls per second, or null for no limit, not 0"):
        load_settings({"ORCHESTRATOR_SERVICES": '{"x": {"url": "http://x", "rate_limit": 0}}'})


def test_the_refusal_of_a_secret_does_not_show_it() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({"ORCHESTRATOR_JWT_SECRET": "hunter2"})
    assert str(caught.value) == "ORCHESTRATOR_JWT_SECRET must have at least 32 bytes, not 7"


SCHEMES = ("http", "https", "postgresql+asyncpg", "postgres", "redis", "rediss", "smtp", "smtps", "sqlite")
PASSWORDS = ("geheim", "x@geheim", "x/geheim", "x#geheim", "x?geheim", "12?geheim&geheim", "[geheim")
ENDS = ("db:5/x", "db:x")
LEAKY = (
    "user:geheim@host",
    "https://geheim@127.0.0.1/x",
    *(f"{scheme}://user:{password}@{end}" for scheme in SCHEMES for password in PASSWORDS for end in ENDS),
)


@pytest.mark.parametrize("name", [name for name, setting in SETTINGS.items() if setting.shown is not str])
def test_no_refusal_of_a_setting_quotes_what_is_hidden_of_it(name: str) -> None:
    for text in (*LEAKY, "geheim") if SETTINGS[name].is_secret else LEAKY:
        proxied = json.dumps({"crm": {"url": "http://crm", "proxy": text}})
        services = (json.dumps({"crm": text}), json.dumps({"crm": {"url": text}}), f'{{"crm": "{text}', proxied)
        for given in (text, *services) if name == "services" else (text,):
            _, faults = read_settings({PREFIX + name.upper(): given})
            assert "geheim" not in "".join(faults), given
            assert "geheim" not in SETTINGS[name].shown(given), given


def test_credentials_in_the_address_of_a_service_are_told_where_they_belong() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({"ORCHESTRATOR_SERVICES": '{"crm": "http://user:geheim@127.0.0.1:5290"}'})
    said = "the url of service 'crm' has a user or a password: put credentials into headers"
    assert str(caught.value) == f"ORCHESTRATOR_SERVICES is not valid: {said}"


def test_the_length_of_a_secret_is_counted_in_bytes() -> None:
    assert load_settings({"ORCHESTRATOR_JWT_SECRET": "é" * 16}).jwt_secret == "é" * 16


def test_an_empty_secret_is_none() -> None:
    assert load_settings({"ORCHESTRATOR_JWT_SECRET": ""}).jwt_secret == ""


def test_services_are_given_as_urls_or_objects() -> None:
    text = """{
        "short": "http://127.0.0.1:9000",
        "long": {"url": "https://x/base", "timeout_seconds": 2.5, "headers": {"X-Key": "k"}},
        "gated": {"url": "http://y", "idempotent": true, "max_concurrency": 5, "rate_limit": 0.5,
                  "circuit_threshold": 3, "circuit_open_seconds": 10},
        "ungated": {"url": "http://z", "rate_limit": null, "circuit_threshold": null},
        "token": {"url": "http://t", "max_response_bytes": 2048,
                  "client_credentials": {"token_url": "http://l/t",
                                         "client_id": "c", "client_secret": "s", "scope": "r"}}
    }"""
    assert load_settings({"ORCHESTRATOR_SERVICES": text}).services == {
        "short": Service("short", "http://127.0.0.1:9000", DEFAULT_TIMEOUT_SECONDS, {}),
        "long": Service("long", "https://x/base", 2.5, {"X-Key": "k"}),
        "gated": Service(
            "gated",
            "http://y",
            idempotent=True,
            max_concurrency=5,
            rate_limit=0.5,
            circuit_threshold=3,
            circuit_open_seconds=10,
        ),
        "ungated": Service("ungated", "http://z", rate_limit=None, circuit_threshold=None),
        "token": Service(
            "token",
            "http://t",
            max_response_bytes=2_048,
            client_credentials=ClientCredentials("http://l/t", "c", client_secret="s", scope="r"),
        ),
    }


def test_other_variables_are_ignored() -> None:
    environ = {"PORT": "1", "orchestrator_port": "1", "ORCHESTRATOR_COLOUR": "red", "PATH": "/bin"}
    assert load_settings(environ) == Settings()


def test_an_override_wins_and_none_is_no_override() -> None:
    environ = {"ORCHESTRATOR_PORT": "1000", "ORCHESTRATOR_DATA_DIR": "/from/environ"}
    settings = load_settings(environ, port=2000, data_dir=None)
    assert (settings.port, settings.data_dir) == (2000, Path("/from/environ"))


def test_settings_cannot_be_changed() -> None:
    settings = load_settings({})
    with pytest.raises(AttributeError):
        settings.port = 1  # type: ignore[misc]  # that this is refused is what is tested


def test_the_default_database_is_a_file_in_the_data_directory() -> None:
    settings = Settings(data_dir=Path("/data"))
    assert settings.url == "sqlite:////data/orchestrator.db"
    assert settings.is_embedded


@pytest.mark.parametrize(("url", "is_embedded"), [("sqlite:////x.db", True), ("postgresql+asyncpg://db/x", False)])
def test_a_database_url_wins_over_the_data_directory(url: str, is_embedded: bool) -> None:
    settings = Settings(data_dir=Path("/data"), database_url=url)
    assert (settings.url, settings.is_embedded) == (url, is_embedded)


@pytest.mark.parametrize(
    ("url", "dsn"),
    [
        ("postgresql+asyncpg://a:b@h:1/db", "postgresql://a:b@h:1/db"),
        (
            "postgresql+asyncpg://a@h/db?ssl=require&prepared_statement_cache_size=0",
            "postgresql://a@h/db?sslmode=require",
        ),
        ("postgresql+asyncpg://a@/db?host=%2Ftmp%2Fpg", "postgresql://a@/db?host=%2Ftmp%2Fpg"),
    ],
)
def test_the_address_of_a_database_is_told_to_its_own_clients_in_their_words(url: str, dsn: str) -> None:
    assert load_settings({"ORCHESTRATOR_DATABASE_URL": url}).dsn == dsn


@pytest.mark.parametrize(
    ("host", "is_loopback"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104 - a word in a test, nothing is bound
        ("::", False),
        ("", False),
        ("10.0.0.1", False),
        ("192.168.1.1", False),
        ("example.com", False),
        ("localhost.example.com", False),
        ("127.0.0.1.example.com", False),
        ("127.1", False),
    ],
)
def test_the_user_header_is_trusted_on_loopback_in_the_test_environment_only(host: str, is_loopback: bool) -> None:
    assert Settings(host=host).trusts_user_header is is_loopback
    assert Settings(host=host, environment=Environment.PRODUCTION).trusts_user_header is False


@pytest.mark.parametrize(
    ("variable", "text", "message"),
    [
        ("CALLBACK_SECRETS", "hunter2", "is not valid: a secret starts with whsec_"),
        (
            "ENCRYPTION_KEYS",
            "hunter2",
            "is not valid: a key is 32 bytes in base64, as `openssl rand -base64 32` prints them",
        ),
        (
            "ENCRYPTION_KEYS",
            f"{AES_KEY},aHVudGVyMg==",
            "is not valid: a key has 32 bytes, as `openssl rand -base64 32` prints them, not 7",
        ),
        ("CALLBACK_SECRETS", f"{NEW_KEY},whsec_eA==", "is not valid: a secret has 24 to 64 bytes before base64, not 1"),
        ("ALLOW_PRIVATE_NETWORKS", "10.0.0.1/8", "is not valid: 10.0.0.1/8 has host bits set"),
        ("ALLOW_PRIVATE_NETWORKS", "home", "is not valid: 'home' does not appear to be an IPv4 or IPv6 network"),
    ],
)
def test_a_bad_key_or_network_is_refused_by_name(variable: str, text: str, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({PREFIX + variable: text})
    assert str(caught.value) == f"{PREFIX}{variable} {message}"


def test_trusted_documents_are_read_from_a_file_and_each_hash_is_checked(tmp_path: Path) -> None:
    file = tmp_path / "documents.json"
    text = "{ __typename }"
    right = {sha256(text.encode()).hexdigest(): text}
    environ = {PREFIX + "GRAPHQL_TRUSTED_DOCUMENTS": str(file), PREFIX + "GRAPHQL_ONLY_TRUSTED": "true"}
    file.write_bytes(msgspec.json.encode(right))
    settings = load_settings(environ)
    assert (settings.graphql_trusted_documents, settings.graphql_only_trusted) == (right, True)
    for wrong in (b"{", b"[]", b'{"abc": 1}', b'{"abc": "{ __typename }"}'):
        file.write_bytes(wrong)
        with pytest.raises(SettingsError, match="GRAPHQL_TRUSTED_DOCUMENTS"):
            load_settings(environ)


def test_a_trusted_document_that_is_not_valid_is_refused_at_start(tmp_path: Path) -> None:
    documents = {"0" * 64: "{ nosuch }"}
    with pytest.raises(SettingsError, match="GRAPHQL_TRUSTED_DOCUMENTS"):
        create_app(Settings(data_dir=tmp_path, graphql_trusted_documents=documents))


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "http://127.0.0.1:5080"),
        ({"HOST": "::1", "PORT": "80"}, "http://[::1]:80"),
        ({"PORT": "0"}, ""),
        ({"HOST": "::"}, ""),
        ({"ENVIRONMENT": "production"}, ""),
        ({"ENVIRONMENT": "production", "PUBLIC_URL": "https://a.example/"}, "https://a.example"),
        ({"ENVIRONMENT": "production", "PUBLIC_URL": "http://127.0.0.1:5080"}, "http://127.0.0.1:5080"),
    ],
)
def test_people_reach_the_service_where_they_are_told(environ: dict[str, str], expected: str) -> None:
    assert load_settings({PREFIX + name: text for name, text in environ.items()}).reached_at == expected


def test_links_do_not_travel_in_the_clear_in_production() -> None:
    with pytest.raises(SettingsError, match="PUBLIC_URL must be an https:// URL in production"):
        load_settings({PREFIX + "ENVIRONMENT": "production", PREFIX + "PUBLIC_URL": "http://a.example"})
