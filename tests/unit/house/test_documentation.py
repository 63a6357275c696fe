"""The README and the pages of `docs/` say what is true: links lead somewhere, every fenced block is checked."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from graphql import parse, validate

from app.commands.validate_command import validate as validate_command
from app.settings.reading import load_settings
from app.settings.settings import DEFAULT_PORT, PARSERS
from engine.actions.installed import installed_actions
from engine.expressions.budget import Budget
from engine.expressions.evaluation import evaluate
from engine.expressions.filters.catalogue import FILTERS
from engine.expressions.language import Faulty
from engine.expressions.parser import parse_expression
from engine.services.registry import Service
from models.api_key_text import KEY
from models.commands.retry_policy import RetryPolicy
from rest_compat.openapi_operations import OPERATIONS
from tests.support.documents.grammar import Grammar
from tests.support.documents.markdown import ROOT, Block, anchors, blocks, links, pages, prose, rows, section, text_of
from tests.support.documents.shell_words import check, commands, schema
from tests.support.javascript import node

PAGES = [*pages()]
BLOCKS = [block for page in PAGES for block in blocks(page)]
MOST_LINES = 150
DIAGRAMS = ("flowchart ", "stateDiagram", "sequenceDiagram")
MEANING = re.compile(
    "nothing is referred to|takes .* arguments|put parentheses|is there twice|a key is|at most, and this"
)
"""Why an expression is refused that the grammar lets through."""

GLUED = ("further", "path", "number", "text", "name", "word", "digits")
ALIKE = 24
"""Lines of one paragraph that begin with so many characters alike are two versions of it."""

ITEM = re.compile(r"\s*([|*#-]|\d+\.) ?")
MODULE = re.compile(r"`((?:app|benchmarks|engine|models|release|resolvers|rest_compat|schema|tests)/[\w/]+\.py)")
WORD = re.compile(r"`([^`]+)`")
SERVICE_FIELDS = {*Service.__struct_fields__} - {"name"}


def check_graphql(block: Block, _folder: Path) -> None:
    assert validate(schema(), parse(block.text)) == []


def check_ebnf(block: Block, _folder: Path) -> None:
    grammar = Grammar(block.text, GLUED, {"filter": [*FILTERS]})
    chance = Random(block.text)  # noqa: S311 - nobody is to be surprised
    for _ in range(300):
        sentence = grammar.sentence("expression", chance)
        expression = parse_expression(sentence)
        assert not isinstance(expression, Faulty) or MEANING.search(expression.reason), (sentence, expression)


def check_console(block: Block, _folder: Path) -> None:
    found = [*commands(block.text)]
    assert found, "no line of it begins with '$ '"
    for command in found:
        check(command)


def check_yaml(block: Block, folder: Path) -> None:
    for document in yaml.safe_load_all(block.text):
        if "actions" in document:
            check_workflow(block.text, folder / "workflow.yaml")
        elif "scrape_configs" in document:
            check_scraping(document)
        elif "groups" in document:
            check_alerts(document)
        else:
            assert "apiVersion" in document and block.page == "docs/kubernetes.md", "a workflow in whole, or a new kind"


def check_workflow(text: str, file: Path) -> None:
    file.write_text(text, encoding="utf-8")
    ended = CliRunner().invoke(validate_command, [str(file), "--strict"])
    assert ended.exit_code == 0, ended.output


def check_scraping(document: dict[str, Any]) -> None:
    (job,) = document["scrape_configs"]
    (static,) = job["static_configs"]
    assert static["targets"] == [f"127.0.0.1:{DEFAULT_PORT}"]
    assert job.get("metrics_path", "/metrics") in {operation.path for operation in OPERATIONS}


def check_alerts(document: dict[str, Any]) -> None:
    (group,) = document["groups"]
    known = measured()
    for rule in group["rules"]:
        named = re.findall(r"\b(?:orchestrator|http)_\w+", rule["expr"])
        assert named or rule["expr"].startswith("up{"), rule
        assert [name for name in named if f'"{name.removesuffix("_total")}"' not in known] == []


def measured() -> str:
    """The module that names all metrics."""
    return (ROOT / "rest_compat" / "prometheus.py").read_text(encoding="utf-8")


def check_json(block: Block, folder: Path) -> None:
    if "actions" in json.loads(block.text):
        check_workflow(block.text, folder / "workflow.json")


def check_python(block: Block, _folder: Path) -> None:
    compile(block.text, block.name, "exec")


def check_javascript(block: Block, folder: Path) -> None:
    file = folder / ("block.mjs" if "export " in block.text else "block.cjs")
    file.write_text(block.text, encoding="utf-8")
    subprocess.run([node(), "--check", str(file)], check=True, capture_output=True, timeout=50)


def check_mermaid(block: Block, _folder: Path) -> None:
    assert block.text.startswith(DIAGRAMS)
    assert block.text.count('"') % 2 == 0
    for opening, closing in ("[]", "()", "{}"):
        assert block.text.count(opening) == block.text.count(closing)


def check_toml(block: Block, folder: Path) -> None:
    """A block is a settings file that can be read."""
    file = folder / "orchestrator.toml"
    file.write_text(block.text)
    load_settings({}, settings_file=file)


CHECKS: dict[str, Callable[[Block, Path], None]] = {
    "console": check_console,
    "ebnf": check_ebnf,
    "graphql": check_graphql,
    "js": check_javascript,
    "json": check_json,
    "mermaid": check_mermaid,
    "python": check_python,
    "toml": check_toml,
    "yaml": check_yaml,
}


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.name)
def test_every_block_is_what_it_says_or_says_why_it_is_not_checked(block: Block, tmp_path: Path) -> None:
    if not block.why_unchecked:
        CHECKS[block.language](block, tmp_path)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("console", "make run\n"),
        ("ebnf", 'expression = value , [ "+" ] , value ;'),
        ("ebnf", 'expression = "a" , "<" , "a" , { "<" , "a" } ;'),
        ("console", "$ make nothing\n"),
        ("console", "$ .venv/bin/orchestrator serve --wrokers 4\n"),
        ("console", "$ orchestrator apply x.yaml\n"),
        ("console", "$ export ORCHESTRATOR_PROT=5080\n"),
        ("console", "$ export ORCHESTRATOR_PORT=many\n"),
        ("console", "$ curl localhost:5080/executions\n"),
        ("console", '$ curl localhost:5080/graphql -d \'{"query": "{ nothing }"}\'\n'),
        ("console", "$ docker compose run --rm api-3 migrate\n"),
        ("console", "$ export KEY=$(orchestrator api-key make)\n"),
        ("console", "$ wget localhost\n"),
        ("console", "$ pipx install orchestrator\n"),
        ("console", "$ uv pip install .\n"),
        ("console", "$ docker compose --file compose.single.yaml run --rm api-1 migrate\n"),
        ("graphql", "{ nothing }\n"),
        ("json", "{1}\n"),
        ("python", "def\n"),
        ("js", "export default {\n"),
        ("toml", "prot = 5080\n"),
        ("toml", "port = 'many'\n"),
        ("yaml", "name: x\nactions:\n  - {action_id: a, action_type: transform, config: {output: '{{b}}'}}\n"),
        ("yaml", "kind: of nothing\n"),
        ("mermaid", "graph\n"),
        ("", "without a language\n"),
    ],
)
def test_a_block_that_is_wrong_is_noticed(language: str, text: str, tmp_path: Path) -> None:
    with pytest.raises(Exception):  # noqa: B017 - each check has an exception of its own
        CHECKS[language](Block("docs/some.md", 1, language, "", text), tmp_path)


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    lost = []
    for link in links(page):
        if link.startswith(("https://", "http://", "mailto:")):
            continue
        name, _, anchor = link.partition("#")
        target = (ROOT / page).parent / name if name else ROOT / page
        is_there = target.exists()
        if anchor and is_there:
            is_there = anchor in anchors(target.resolve().relative_to(ROOT).as_posix())
        if not is_there:
            lost.append(link)
    assert lost == []


def test_the_readme_is_short_and_leads_to_every_page() -> None:
    assert len(text_of("README.md").splitlines()) <= MOST_LINES
    linked = {link.partition("#")[0] for link in links("README.md")}
    assert {page for page in PAGES if page.startswith("docs/") and page.count("/") == 1} - linked == set()


def test_every_module_that_a_page_names_is_there() -> None:
    named = {name for page in PAGES for name in MODULE.findall(prose(page))}
    assert named
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []


def test_no_command_hides_in_an_indented_line() -> None:
    assert [page for page in PAGES if re.search(r"^    (\$ |orchestrator )", prose(page), re.MULTILINE)] == []


def words(page: str, heading: str | None = None) -> list[str]:
    """The words in the first cells of the tables of a page, or of one of its sections."""
    text = text_of(page) if heading is None else section(page, heading)
    return [word for cells in rows(text) for word in WORD.findall(cells[0])]


def test_every_setting_has_its_row_and_every_row_its_setting() -> None:
    assert sorted(words("docs/settings.md")) == sorted([*(name.upper() for name in PARSERS), *SERVICE_FIELDS])


def test_every_field_of_a_service_and_of_a_retry_has_its_row() -> None:
    assert sorted(words("docs/settings.md", "Services")) == sorted(SERVICE_FIELDS)
    assert sorted(words("docs/workflows.md", "Retries")) == sorted(RetryPolicy.model_fields)


@pytest.mark.parametrize("page", PAGES)
def test_no_paragraph_stands_there_in_two_versions(page: str) -> None:
    for paragraph in prose(page).split("\n\n"):
        begun = [line[:ALIKE] for line in paragraph.splitlines() if len(line) > ALIKE and not ITEM.match(line)]
        assert [line for line in begun if begun.count(line) > 1] == []


@pytest.mark.parametrize("action_type", installed_actions())
def test_every_action_type_is_shown_with_all_its_fields(action_type: str) -> None:
    text = section("docs/actions.md", f"`{action_type}`")
    fields = installed_actions()[action_type].config_model.model_fields
    assert [name for name in fields if not re.search(rf"\b{name}\b", text)] == []
    shown = [yaml.safe_load(example) for example in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]
    assert action_type in {action["action_type"] for workflow in shown for action in workflow["actions"]}


def test_every_filter_and_operator_gives_what_its_row_says() -> None:
    page = "docs/expressions.md"
    (values,) = [json.loads(block.text) for block in blocks(page) if block.language == "json"]
    shown = [cells for heading in ("Operators", "Filters") for cells in rows(section(page, heading))]
    for *_, example, gives in shown:
        example, gives = example.strip("`"), gives.strip("`")
        found = evaluate(parse_expression(example.removeprefix("{{").removesuffix("}}")), values, Budget())
        assert (example, json.dumps(found)) == (example, gives)
    assert words(page, "Filters") == [*FILTERS]


def test_every_metric_that_is_named_is_measured() -> None:
    known = measured()
    named = re.findall(r"`((?:orchestrator|http)_\w+)", text_of("docs/observability.md"))
    assert named
    assert [name for name in named if f'"{name.removesuffix("_total")}"' not in known] == []


def test_the_page_tells_scanners_what_a_key_looks_like() -> None:
    assert re.sub(r"[()]", "", KEY.pattern) in text_of("docs/authentication.md")
