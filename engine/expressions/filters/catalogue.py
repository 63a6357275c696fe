"""All filters by their names, in the order of the alphabet."""

from collections.abc import Mapping

from engine.expressions.filters.definition import Filter
from engine.expressions.filters.encodings import ENCODING_FILTERS
from engine.expressions.filters.lists import LIST_FILTERS
from engine.expressions.filters.moments import MOMENT_FILTERS
from engine.expressions.filters.numbers import NUMBER_FILTERS
from engine.expressions.filters.objects import OBJECT_FILTERS
from engine.expressions.filters.texts import TEXT_FILTERS

FILTERS: Mapping[str, Filter] = dict(
    sorted(
        {
            **ENCODING_FILTERS,
            **LIST_FILTERS,
            **MOMENT_FILTERS,
            **NUMBER_FILTERS,
            **OBJECT_FILTERS,
            **TEXT_FILTERS,
        }.items()
    )
)
"""`default` is given a path that leads nowhere too, and `select` and `reject` what their condition comes to for each
item: whoever evaluates sees to it.
"""

SELECTING = ("reject", "select")
"""Those whose argument is looked at for each item."""
