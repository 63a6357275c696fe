"""What the tests of the examples share."""

from pathlib import Path

import pytest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A documents folder with a secret beside it and links of every kind inside."""
    (tmp_path / "secret.txt").write_text("secret")
    documents = tmp_path / "documents"
    (documents / "part").mkdir(parents=True)
    (documents / "part" / "my file.md").write_text("# Inside\n")
    (documents / "escape.txt").symlink_to(tmp_path / "secret.txt")
    (documents / "escape").symlink_to(tmp_path)
    (documents / "loop").symlink_to(documents / "loop")
    (documents / "alias.md").symlink_to(documents / "part" / "my file.md")
    return documents
