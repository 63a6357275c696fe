"""What the tests of databases share."""

from pathlib import Path

import pytest


@pytest.fixture
def file(data_dir: Path) -> Path:
    """A migrated database that nobody has opened."""
    return data_dir / "orchestrator.db"
