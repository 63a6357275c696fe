"""One value for many words says the same as `IN`, on both databases and whatever the words hold."""

import pytest
from sqlalchemy import literal, select

from models.database.one_of import one_of, word_list
from resolvers.context import Context

pytestmark = pytest.mark.asyncio

WORDS = ["plain", "a,b", "it's", '{"q": "}', "é\\n", ""]


@pytest.mark.parametrize("word", WORDS)
async def test_a_word_is_found_among_those_that_it_is_one_of(ctx: Context, word: str) -> None:
    others = [other for other in WORDS if other != word]
    fixed = [one_of(literal(word), words) for words in (WORDS, others, [])]
    named = one_of(literal(word), word_list("given"))
    found = await ctx.services.database.read(
        lambda connection: (
            tuple(connection.execute(select(*fixed)).one()),
            [connection.execute(select(named), {"given": words}).scalar_one() for words in (WORDS, others, [])],
        )
    )
    assert found == ((True, False, False), [True, False, False])
