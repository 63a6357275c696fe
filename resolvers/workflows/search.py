"""The use case of finding workflows by words: ranked, and fast however many workflows there are (decision W10)."""

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection, select, true

from models.commands.workflows import SearchWorkflows
from models.database.search_index import count, newest
from models.entities.workflows import WorkflowSummary
from models.search_terms import Condition, conditions, words
from models.words import Permission
from resolvers.access.permissions import permits
from resolvers.context import Context
from resolvers.workflows.rows import SUMMARY_COLUMNS, WORKFLOWS, summary

MAX_COUNTED = 10_000
"""Counting on would cost more than the search itself, and tell nobody more."""

# Other than the partial indexes say it, and unordered: SQLite would read the whole tenant by one of those indexes.
NOT_DELETED = WORKFLOWS.c.deleted_at.is_(None).is_(true())


MAX_SKIPPED = 1_000
"""Further down a better query finds more than a further page."""


class SearchResult(msgspec.Struct, frozen=True):
    """The best matches after so many better ones. `total` is how many match, counted up to `MAX_COUNTED`."""

    workflows: list[WorkflowSummary]
    total: int
    query: str
    limit: int
    skipped: int = 0

    @property
    def has_more(self) -> bool:
        """Whether there are further matches that may be asked for."""
        return self.skipped + self.limit < min(self.total, MAX_SKIPPED + 1)


@permits(Permission.WORKFLOW_READ)
async def search_workflows(ctx: Context, command: SearchWorkflows, skip: int = 0) -> SearchResult:
    """The tenant's workflows that match every word of the query, the best first, without `skip` better ones.

    A word matches what begins with it, in any case. Ranks: the name is the query, the name begins with it, every
    word is in the name, in the name or a tag, anywhere; within a rank the newest first, id as tie-break. A query
    without any word, such as `%`, matches nothing.
    """
    query = words(command.q)
    if not query:
        return SearchResult([], 0, command.q, command.limit, skip)
    tenant = ctx.user.tenant
    ranks = list(conditions(tenant, query))

    def read(connection: Connection) -> SearchResult:
        total = count(connection, ranks[-1], MAX_COUNTED)
        end = skip + command.limit
        best = _best(connection, ranks, end) if total else {}
        found = _in_order(connection, tenant, best)[skip:end]
        return SearchResult(found, total, command.q, command.limit, skip)

    return await ctx.read(read)


def _best(connection: Connection, ranks: Sequence[Condition], limit: int) -> dict[str, int]:
    """The best matches by their id, each with its rank.

    What meets one condition meets the next as well, so the newest of each are enough to know the best of all.
    """
    found: dict[str, int] = {}
    for rank, condition in enumerate(ranks):
        for workflow_id in newest(connection, condition, limit):
            found.setdefault(workflow_id, rank)
        if len(found) >= limit:
            break
    return found


def _in_order(connection: Connection, tenant: str, ranks: Mapping[str, int]) -> list[WorkflowSummary]:
    statement = select(*SUMMARY_COLUMNS).where(WORKFLOWS.c.id.in_(ranks), WORKFLOWS.c.tenant == tenant, NOT_DELETED)
    newest_first = sorted(connection.execute(statement), key=lambda row: (row.created_at, row.id), reverse=True)
    return [summary(row) for row in sorted(newest_first, key=lambda row: ranks[row.id])]
