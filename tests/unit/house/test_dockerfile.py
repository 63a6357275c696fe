"""What the Dockerfile promises: nothing unpinned goes in, an unprivileged user runs it, and only /data is written."""

import re
import shlex
import subprocess
import tomllib
from pathlib import Path

import pytest

from app import container_health
from app.settings.reading import load_settings
from app.settings.settings import DEFAULT_PORT
from tests.support.container import DATA, ROOT, Instruction, stages, the

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PINNED = re.compile(r"[a-z]+:\d+\.\d+\.\d+-[a-z-]+@sha256:[0-9a-f]{64}")
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
LOCKED = re.compile(r"^[a-z0-9-]+(\[[a-z,]+\])?==(?P<version>[^ ;]+)")
HASH = re.compile(r"^ +--hash=sha256:[0-9a-f]{64}( \\)?$")
NETWORK_PROGRAMS = {"apt", "apt-get", "curl", "wget", "git", "npm", "apk"}


def instructions(word: str) -> list[Instruction]:
    """All instructions of a kind, of every stage."""
    return [instruction for stage in stages() for instruction in stage if instruction.word == word]


def commands() -> list[list[str]]:
    """The commands that the build runs, each as its words."""
    return [shlex.split(part) for run in instructions("RUN") for part in re.split(r"&&|;|\|", run.rest)]


def test_every_stage_is_from_a_pinned_image_or_an_earlier_stage() -> None:
    known: set[str] = set()
    for start in instructions("FROM"):
        image, *name = re.split(r"\s+AS\s+", start.rest)
        assert image in known or PINNED.fullmatch(image), image
        known.update(name)


def test_nothing_comes_from_the_network_but_locked_packages() -> None:
    assert instructions("ADD") == []
    assert not NETWORK_PROGRAMS & {command[0] for command in commands()}
    installs = [command for command in commands() if "install" in command and Path(command[0]).name == "pip"]
    assert len(installs) == 3
    for command in installs:
        from_locks = [Path(word).suffix for word in command if word.startswith("requirements/")]
        is_locked = "--require-hashes" in command and from_locks and set(from_locks) == {".lock"}
        assert is_locked or {"--no-index", "--no-deps"} <= set(command), command
    assert instructions("ENV")[0].pairs["PIP_ONLY_BINARY"] == ":all:"  # or a package could run its own build


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_locked_package_has_a_version_and_hashes(lock: Path) -> None:
    entries = re.split(r"\n(?=\S)", re.sub(r"^ *#.*\n", "", lock.read_text(), flags=re.MULTILINE).strip())
    assert entries
    for entry in entries:
        first, *hashes = entry.splitlines()
        assert LOCKED.match(first), first
        assert hashes and all(map(HASH.fullmatch, hashes)), entry


def test_the_image_holds_what_the_first_stage_installed_and_no_installer() -> None:
    *_, build, image = stages()
    copied = [instruction.rest for instruction in image if instruction.word == "COPY"]
    assert copied == ["--from=build /opt/orchestrator /opt/orchestrator"]
    assert "python -m venv --without-pip /opt/orchestrator" in " ".join(run.rest for run in build if run.word == "RUN")
    assert shlex.split(the("RUN").rest)[:2] == ["pip", "uninstall"]
    assert {"rm", "-r", "/usr/local/lib/python3.13/ensurepip"} <= set(shlex.split(the("RUN").rest))
    assert instructions("FROM")[0].rest.startswith("python:3.13.")  # whose folder that is


def test_it_runs_as_a_numbered_user_that_owns_the_data_and_nothing_else() -> None:
    user, group = the("USER").rest.split(":")
    assert int(user) >= 10_000 and int(group) >= 10_000
    assert f"install --directory --owner={user} --group={group} --mode=0700 {DATA}" in the("RUN").rest
    image = [instruction.word for instruction in stages()[-1]]
    assert image.index("USER") > max(index for index, word in enumerate(image) if word in ("RUN", "COPY"))


def test_it_writes_to_its_volume_alone() -> None:
    environ = the("ENV").pairs
    assert the("VOLUME").rest == the("WORKDIR").rest == DATA
    assert environ["HOME"] == environ["ORCHESTRATOR_DATA_DIR"] == DATA
    assert environ["PYTHONDONTWRITEBYTECODE"] == "1"


def test_it_serves_production_on_the_port_that_it_names() -> None:
    settings = load_settings(the("ENV").pairs)
    assert (settings.environment, settings.port) == ("production", int(the("EXPOSE").rest))
    assert the("ENTRYPOINT").words + the("CMD").words == ["orchestrator", "serve"]
    assert the("STOPSIGNAL").rest == "SIGTERM"
    assert the("HEALTHCHECK").words == ["python", "-m", container_health.__name__]
    assert int(container_health.PORT) == DEFAULT_PORT


def test_a_changed_text_makes_neither_the_packages_nor_the_pages_anew() -> None:
    _, build, _ = stages()
    steps = [(instruction.word, instruction.rest) for instruction in build if instruction.word in ("COPY", "RUN")]
    copied = [rest for word, rest in steps if word == "COPY"]
    assert copied == ["requirements/ requirements/", "hatch_build.py ./", "console/ console/", ". ."]
    slow = [number for number, (_, rest) in enumerate(steps) if "--require-hashes" in rest or "hatch_build.py" in rest]
    slow = [number for number in slow if steps[number][0] == "RUN"]
    assert len(slow) == 2 and max(slow) < steps.index(("COPY", ". ."))


def test_its_labels_are_the_projects() -> None:
    labels = {name.removeprefix("org.opencontainers.image."): value for name, value in the("LABEL").pairs.items()}
    assert (the("ARG").rest, labels["version"]) == ("VERSION=unreleased", "$VERSION")
    made = subprocess.run(["make", "--dry-run", "image"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert f"--build-arg VERSION={PROJECT['project']['version']} " in made.stdout
    assert labels["licenses"] == PROJECT["project"]["license"]
    assert PROJECT["project"]["description"].startswith(labels["description"])


def test_the_build_sees_what_the_wheel_is_made_of_and_nothing_else() -> None:
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if not line.startswith("#")]
    seen = {line.removeprefix("!") for line in lines if line.startswith("!")}
    assert lines[0] == "*"
    project, wheel = PROJECT["project"], PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    made_of = {*wheel["packages"], *wheel["force-include"], project["readme"], *project["license-files"]}
    assert seen == made_of | {"pyproject.toml", "hatch_build.py", "console", "requirements"}
    assert all((ROOT / name).exists() for name in seen)
