"""The house itself: committed descriptions are true, migrations make the tables, and our package names are ours."""

import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from models.database.tables import WorkflowRow
from models.distribution import DISTRIBUTION
from models.migrations.upgrade import upgrade
from tests.support.distribution import TOGETHER

ROOT = Path(__file__).parents[3]
PACKAGES = ("app", "engine", "models", "resolvers", "rest_compat", "schema", "tests", "benchmarks")
SEARCH_TABLES = "workflow_search_index"


@pytest.mark.parametrize(
    ("module", "file"),
    [
        ("schema.export", "schema.graphql"),
        ("rest_compat.openapi", "openapi.json"),
        ("app.files.workflow_schema", "workflow.schema.json"),
        ("examples.workflows.pictures", "examples/workflows/README.md"),
        ("release.reference", "docs/reference.md"),
        ("release.reference", "docs/settings.md"),
        ("release.reference", "docs/expressions.md"),
    ],
)
def test_the_committed_description_is_the_one_that_is_served(module: str, file: str) -> None:
    command = [sys.executable, "-m", module, "--check", file]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=50, check=False)
    assert ended.returncode == 0, ended.stderr


def test_the_migrations_make_the_tables_that_the_models_describe() -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        upgrade(connection)
        context = MigrationContext.configure(connection, opts={"include_name": _is_ours})
        differences = compare_metadata(context, WorkflowRow.metadata)
    engine.dispose()
    assert differences == []


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """The full-text index is made of tables of its own kind, which no model describes."""
    return not (kind == "table" and name is not None and name.startswith(SEARCH_TABLES))


def test_no_dependency_owns_one_of_our_package_names() -> None:
    for distribution in distributions():
        if distribution.metadata["Name"] == DISTRIBUTION:
            continue
        owned = {file.parts[0] for file in distribution.files or () if len(file.parts) > 1}
        assert not owned & set(PACKAGES), distribution.metadata["Name"]


def test_a_command_starts_without_what_only_others_need() -> None:
    heavy = ("sqlalchemy", "strawberry", "litestar", "aiohttp")
    program = f"import sys, app.cli; print([name for name in {heavy} if name in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"


def test_a_worker_starts_without_the_schema() -> None:
    needless = ("strawberry", "graphql", "schema.schema", "rest_compat.workflows")
    settings = {
        "ORCHESTRATOR_DATABASE_URL": "postgresql+asyncpg://host/database",
        "ORCHESTRATOR_NODE_KIND": "worker",
    }
    program = (
        "import sys, app.server.server, app.settings.reading; "
        f"app.server.server.create_app(app.settings.reading.load_settings({settings})); "
        f"print([name for name in {needless} if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"


def test_the_modules_that_one_process_runs_are_there() -> None:
    assert [module for module in sorted(TOGETHER) if not (ROOT / module).is_file()] == []
