"""What the compose files promise: nodes start, safely, with secrets that nobody has committed, and are looked after."""

import re
import subprocess
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy.engine import make_url

from app.cli import main
from app.server.server import DRAIN_SECONDS
from app.settings.production import production_settings, worker_settings
from app.settings.reading import load_settings
from app.settings.settings import PARSERS, PREFIX
from models.database.postgres import POOL_SIZE
from models.words import NodeKind
from tests.support.container import DATA, ROOT, the

COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
NODES = {name: service for name, service in SERVICES.items() if service["image"] == "orchestrator"}
SERVING = {name: service for name, service in NODES.items() if name != "migrate"}
[SINGLE] = yaml.safe_load((ROOT / "compose.single.yaml").read_text())["services"].values()
PROXY_PORT = 8080
PLACE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<kind>[?-])(?P<rest>[^}]*))?\}")
SECRET = re.compile(r"PASSWORD|SECRET|KEY|_URL")
PINNED = re.compile(r"[a-z]+:\d+\.\d+(\.\d+)?(-[a-z0-9.]+)?")


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The .env that the documented command makes."""
    folder = tmp_path_factory.mktemp("made")
    subprocess.run(["sh", ROOT / "deploy" / "make-env.sh"], cwd=folder, check=True, capture_output=True)
    return read_env(folder / ".env")


def read_env(file: Path) -> dict[str, str]:
    """The variables of a .env."""
    return dict(line.split("=", 1) for line in file.read_text().splitlines())


def filled_in(text: str, environ: dict[str, str]) -> str:
    """A text with its places filled in, as Compose does it."""

    def value(place: re.Match[str]) -> str:
        name, kind = place["name"], place["kind"]
        return environ[name] if kind == "?" else environ.get(name, place["rest"])

    return PLACE.sub(value, text)


def environment(service: dict[str, Any], secrets: dict[str, str]) -> dict[str, str]:
    """What the process finds in its environment: the image's, and what Compose adds."""
    given: dict[str, str | None] = service["environment"]
    passed = {name: secrets.get(name) if text is None else filled_in(text, secrets) for name, text in given.items()}
    return {**the("ENV").pairs, **{name: text for name, text in passed.items() if text is not None}}


def networks(*names: str) -> list[set[str]]:
    """The networks of services."""
    return [set(SERVICES[name]["networks"]) for name in names]


def test_there_are_two_api_nodes_three_workers_and_what_they_share() -> None:
    assert set(SERVICES) == {"load-balancer", "api-1", "api-2", "worker", "migrate", "postgres", "redis"}
    assert SERVICES["worker"]["deploy"]["replicas"] == 3


@pytest.mark.parametrize("name", NODES)
def test_commands_are_those_of_the_command_line(name: str) -> None:
    command, *arguments = SERVICES[name]["command"]
    main.commands[command].make_context(command, list(arguments))  # parses, and runs nothing


@pytest.mark.parametrize("name", NODES)
def test_variables_are_settings(name: str) -> None:
    for variable in SERVICES[name]["environment"]:
        assert variable.removeprefix(PREFIX).lower() in PARSERS, variable


def test_the_generated_environment_is_safe_in_production(secrets: dict[str, str], tmp_path: Path) -> None:
    place = {PREFIX + "DATA_DIR": str(tmp_path / "data")}
    for name in ("api-1", "api-2"):
        settings = production_settings(environment(SERVICES[name], secrets) | place)
        assert settings.node_kind is NodeKind.API
        assert settings.encryption_keys
        assert settings.trusted_proxies == (front(),)
    assert worker_settings(environment(SERVICES["worker"], secrets) | place).node_kind is NodeKind.WORKER
    load_settings(environment(SERVICES["migrate"], secrets))


def test_every_node_reaches_the_same_database_and_redis(secrets: dict[str, str]) -> None:
    for service in NODES.values():
        url = make_url(load_settings(environment(service, secrets)).url)
        server = SERVICES["postgres"]["environment"]
        assert (url.host, url.username, url.database) == ("postgres", server["POSTGRES_USER"], server["POSTGRES_DB"])
        assert url.password == filled_in(server["POSTGRES_PASSWORD"], secrets) == secrets["POSTGRES_PASSWORD"]
    for service in SERVING.values():
        assert load_settings(environment(service, secrets)).redis_url.endswith(
            f":{secrets['REDIS_PASSWORD']}@redis:6379/0"
        )


def test_secrets_are_made_and_in_no_file_that_is_committed(secrets: dict[str, str]) -> None:
    services = [*SERVICES.values(), SINGLE]
    given = [(name, text) for service in services for name, text in service.get("environment", {}).items()]
    for name, text in given:
        if text is not None and SECRET.search(name) and name != "ORCHESTRATOR_JWT_JWKS_URL":
            required = [place for place in PLACE.finditer(text) if place["kind"] == "?"]
            assert len(required) == 1, name
            assert required[0]["name"] in secrets
            assert "make-env.sh" in required[0]["rest"]
    assert "/.env" in (ROOT / ".gitignore").read_text().splitlines()


def test_each_call_makes_new_secrets_for_its_owner_alone_and_overwrites_none(
    secrets: dict[str, str], tmp_path: Path
) -> None:
    make = ["sh", ROOT / "deploy" / "make-env.sh"]
    subprocess.run(make, cwd=tmp_path, check=True, capture_output=True)
    file = tmp_path / ".env"
    made = file.read_text()
    assert not set(read_env(file).values()) & set(secrets.values())
    assert file.stat().st_mode & 0o077 == 0
    assert subprocess.run(make, cwd=tmp_path, capture_output=True).returncode != 0
    assert file.read_text() == made


def test_a_node_alone_serves_production_on_this_machine_and_keeps_what_it_has(
    secrets: dict[str, str], tmp_path: Path
) -> None:
    command, *arguments = SINGLE["command"]
    main.commands[command].make_context(command, list(arguments))
    place = {PREFIX + "DATA_DIR": str(tmp_path / "data")}
    settings = production_settings(environment(SINGLE, secrets) | place)
    assert settings.is_embedded and settings.encryption_keys and settings.callback_secrets and settings.jwt_secret
    port = the("EXPOSE").rest
    assert [filled_in(text, {}) for text in SINGLE["ports"]] == [f"127.0.0.1:{port}:{port}"]
    assert (SINGLE["image"], SINGLE["build"], SINGLE["volumes"]) == ("orchestrator", ".", [f"data:{DATA}"])
    assert (SINGLE["read_only"], SINGLE["cap_drop"]) == (True, ["ALL"])
    assert SINGLE["security_opt"] == ["no-new-privileges:true"]
    assert SINGLE["healthcheck"]["test"] == ["CMD", *the("HEALTHCHECK").words]
    assert int(SINGLE["stop_grace_period"].removesuffix("s")) >= 30 > DRAIN_SECONDS


def test_only_the_load_balancer_is_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["load-balancer"]
    (port,) = SERVICES["load-balancer"]["ports"]
    assert filled_in(port, {}) == f"127.0.0.1:{PROXY_PORT}:{PROXY_PORT}"


def test_nobody_who_is_believed_as_a_proxy_is_anything_else() -> None:
    assert networks("load-balancer", "api-1", "api-2") == [{"front"}, {"front", "back"}, {"front", "back"}]
    assert networks("worker", "migrate", "postgres", "redis") == [{"back", "out"}, {"back"}, {"back"}, {"back"}]
    assert COMPOSE["networks"]["back"]["internal"] is True


def front() -> Any:
    """The network of the load balancer."""
    (config,) = COMPOSE["networks"]["front"]["ipam"]["config"]
    return ip_network(config["subnet"])


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_is_written_but_what_is_named(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["security_opt"] == ["no-new-privileges:true"]
    if service["image"] == "orchestrator":
        user, group = the("USER").rest.split(":")
        assert service["tmpfs"] == [f"{DATA}:uid={user},gid={group},mode=0700"]
        assert service["cap_drop"] == ["ALL"]
        assert service["build"] == "."
    else:
        assert PINNED.fullmatch(service["image"])


def test_everybody_starts_after_what_it_needs_and_is_asked_for_its_health() -> None:
    for service in SERVING.values():
        assert service["healthcheck"]["test"] == ["CMD", *the("HEALTHCHECK").words]
        assert service["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
        assert service["depends_on"]["redis"] == {"condition": "service_healthy"}
    assert SERVICES["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert SERVICES["load-balancer"]["depends_on"] == {
        name: {"condition": "service_healthy"} for name in ("api-1", "api-2")
    }
    assert all("test" in SERVICES[name]["healthcheck"] for name in ("postgres", "redis"))


def test_a_node_has_time_to_drain() -> None:
    for service in SERVING.values():
        assert int(service["stop_grace_period"].removesuffix("s")) >= 30 > DRAIN_SECONDS


def test_the_database_takes_all_connections_that_the_nodes_may_open() -> None:
    (most,) = [word for word in SERVICES["postgres"]["command"] if word.startswith("max_connections=")]
    processes = sum(service.get("deploy", {}).get("replicas", 1) for service in SERVING.values())
    per_process = 2 * POOL_SIZE + 1  # as many again in need, and the line of the wake-ups
    reserved = 3
    assert int(most.split("=")[1]) >= 1.5 * processes * per_process + reserved  # with room for half as many again


def test_the_load_balancer_knows_the_api_nodes_and_asks_whether_they_are_ready() -> None:
    text = (ROOT / "deploy" / "haproxy.cfg").read_text()
    balancer = SERVICES["load-balancer"]
    port = the("EXPOSE").rest
    assert balancer["environment"] == {"API_1": f"api-1:{port}", "API_2": f"api-2:{port}"}
    assert all(f'"${{{name}}}"' in text for name in balancer["environment"])
    assert "option httpchk GET /readyz" in text
    assert f"bind :{PROXY_PORT}\n" in text
    assert "http-request set-header X-Forwarded-For %[src]" in text  # or callers could say who they are
    assert balancer["volumes"] == ["./deploy/haproxy.cfg:/usr/local/etc/haproxy/haproxy.cfg:ro"]
