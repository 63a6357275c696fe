"""Takes the commands of a `console` block apart, and says what of them this project does not know."""

import importlib.util
import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import click
import yaml
from graphql import GraphQLSchema, build_schema, parse, validate

from app.cli import main
from app.settings.settings import PARSERS, PREFIX
from examples.clients.generate import OPENAPI_GENERATORS
from models.distribution import DISTRIBUTION
from rest_compat.openapi_operations import OPERATIONS
from tests.support.documents.markdown import ROOT

SUBSTITUTION = re.compile(r"\$\(([^()]*)\)")
ASSIGNMENT = re.compile(r"([A-Z_]+)=(.*)", re.DOTALL)
SEPARATORS = {"|", "&&"}
REDIRECTIONS = {"<", ">"}
SYSTEM = {"openssl", "mkdir", "echo", "printf"}
"""Programs of the system whose words are not looked at."""

INSTALLERS = {"pipx": ["install"], "uv": ["tool", "install"]}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
MADE_UP = ("…", "user:password@")
MAKEFILE_NAMES = set(re.findall(r"\$\((?:if )?([A-Z_]+)[),]", (ROOT / "Makefile").read_text()))
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
OTHER_PATHS = {"/graphql", "/openapi.json"}
GENERATORS = {tuple(command.split()) for commands in OPENAPI_GENERATORS.values() for command in commands}


@cache
def schema() -> GraphQLSchema:
    """The schema that is committed."""
    return build_schema((ROOT / "schema.graphql").read_text())


def commands(text: str) -> Iterator[str]:
    """The commands of a block, each begun by `$ ` and gone on with while a line or a quotation has no end."""
    begun = ""
    for line in text.splitlines():
        if begun:
            begun += f"\n{line}"
        elif line.startswith("$ "):
            begun = line.removeprefix("$ ")
        if begun and not begun.endswith("\\") and _is_whole(begun):
            yield begun.replace("\\\n", " ")
            begun = ""
    assert not begun, f"it has no end: {begun}"


def _is_whole(text: str) -> bool:
    try:
        shlex.split(text, comments=True)
    except ValueError:
        return False
    return True


def check(command: str) -> None:
    """Raise where a command, or one within it, has words that are not known. Nothing is run."""
    for inner in SUBSTITUTION.findall(command):
        check(inner)
    lexer = shlex.shlex(SUBSTITUTION.sub("substituted", command), posix=True, punctuation_chars="<>|&")
    lexer.whitespace_split = True
    words: list[str] = []
    folder = ROOT
    for word in [*lexer, "&&"]:
        if word in SEPARATORS:
            folder = _checked(words, folder)
            words = []
        else:
            words.append(word)


def _checked(words: list[str], folder: Path) -> Path:
    """Check one command in a folder, and return the folder of the next one."""
    for sign in REDIRECTIONS & {*words}:
        place = words.index(sign)
        del words[place : place + 2]
    while words and (words[0] == "export" or ASSIGNMENT.fullmatch(words[0])):
        if (assigned := ASSIGNMENT.fullmatch(words.pop(0))) is not None:
            _check_setting(assigned[1], assigned[2])
    if not words:
        return folder
    program, *arguments = words
    if program == "cd":
        assert (folder / arguments[0]).is_dir(), arguments
        return folder / arguments[0]
    _check_program(program.removeprefix(".venv/bin/"), arguments, folder)
    return folder


def _check_program(program: str, arguments: list[str], folder: Path) -> None:
    if program == "orchestrator":
        check_orchestrator(arguments)
    elif program == "make":
        assigned = {word.partition("=")[0] for word in arguments if "=" in word}
        assert {word for word in arguments if "=" not in word} <= TARGETS and assigned <= MAKEFILE_NAMES, arguments
    elif program == "curl":
        _check_curl(arguments)
    elif program in ("python", "python3"):
        _check_python(arguments, folder)
    elif program == "docker":
        _check_docker(arguments)
    elif program in INSTALLERS:
        _check_install(INSTALLERS[program], arguments)
    elif program == "npm":
        assert {*arguments} <= {*json.loads((folder / "package.json").read_text())["scripts"]}, arguments
    elif program in {generator for generator, *_ in GENERATORS}:
        assert (program, *arguments) in GENERATORS, "no test generates a client by this command"
    elif program == "sh":
        assert (folder / arguments[0]).is_file(), arguments
    else:
        assert program in SYSTEM, f"nothing is known of '{program}'"


def check_orchestrator(arguments: list[str]) -> None:
    """Raise where the command, its arguments or its options are none of the command line's."""
    command: click.Command = main
    while isinstance(command, click.Group):
        name, *arguments = arguments
        command = command.commands[name]
    command.make_context(command.name, list(arguments))


def _check_setting(name: str, value: str) -> None:
    if name.startswith(PREFIX):
        parse_value = PARSERS[name.removeprefix(PREFIX).lower()]
        if value != "substituted" and not any(part in value for part in MADE_UP):
            parse_value(value)


def _check_curl(arguments: list[str]) -> None:
    headers, bodies, urls = [], [], []
    left = iter(arguments)
    for word in left:
        if word == "-H":
            headers.append(next(left))
        elif word == "-d":
            bodies.append(next(left))
        elif not word.startswith("-"):
            urls.append(word)
    (url,) = urls
    path = urlsplit(url if "://" in url else f"http://{url}").path
    method = "POST" if bodies else "GET"
    assert path in OTHER_PATHS or _is_served(method, path), f"{method} {path} is not served"
    assert all(": " in header for header in headers), headers
    for body in bodies:
        if not body.startswith("@"):
            sent = json.loads(body)
            if path == "/graphql":
                assert validate(schema(), parse(sent["query"])) == []


def _is_served(method: str, path: str) -> bool:
    return any(
        operation.method.upper() == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", operation.path), path)
        for operation in OPERATIONS
    )


def _check_python(arguments: list[str], folder: Path) -> None:
    first, *rest = arguments
    if first == "-m":
        assert importlib.util.find_spec(rest[0]) is not None, rest
    elif first == "-c":
        compile(rest[0], first, "exec")
    else:
        assert (folder / first).is_file(), arguments


def _check_install(begins: list[str], arguments: list[str]) -> None:
    """What is installed is this project, with extras that it has."""
    (what,) = [word for word in arguments[len(begins) :] if not word.startswith("-")]
    name, _, extra = what.rstrip("]").partition("[")
    assert arguments[: len(begins)] == begins, arguments
    assert name in (".", DISTRIBUTION) and extra in {"", *PROJECT["optional-dependencies"]}, arguments


def _check_docker(arguments: list[str]) -> None:
    verb, *rest = arguments
    if verb == "compose":
        services = COMPOSE
        if rest[0] == "--file":
            services = yaml.safe_load((ROOT / rest[1]).read_text())["services"]
            rest = rest[2:]
        verb, *rest = rest
        words = [word for word in rest if not word.startswith("-")]
        if verb == "run":
            assert words[0] in services, words
            check_orchestrator(rest[rest.index(words[0]) + 1 :])
        else:
            assert (verb, words) == ("up", []), arguments
    elif verb == "run":
        image = len(rest) - 1 - rest[::-1].index("orchestrator")
        check_orchestrator(rest[image + 1 :] or ["serve"])
        for place, word in enumerate(rest[:image]):
            if word == "--env":
                assert rest[place + 1].removeprefix(PREFIX).lower() in PARSERS, rest
    else:
        assert verb == "build", arguments
