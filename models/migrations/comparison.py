"""Says what a comparison of the metadata with a database looks at."""

from collections.abc import Mapping
from typing import Any

from models.database.tables import SEARCH_INDEX


def is_described(name: str | None, type_: str, parents: Mapping[Any, str | None]) -> bool:
    """Whether metadata can describe the object: everything but the full-text index, and what FTS5 keeps for it.

    Alembic takes this as `include_name`.
    """
    del type_, parents  # the signature is Alembic's
    return name is None or not name.startswith(SEARCH_INDEX)
