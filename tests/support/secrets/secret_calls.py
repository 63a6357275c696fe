"""What the tests of secrets share: the operations of GraphQL, and a short way to keep one."""

from models.commands.validation import parse
from models.entities.secrets import SetSecret
from resolvers.access import secrets
from resolvers.context import Context

VALUE = "a-value-that-nobody-reads"
SET = """
mutation ($input: SetSecretInput!) {
  setSecret(input: $input) {
    secret { name version createdBy createdAt updatedBy updatedAt }
    userErrors { code message path }
  }
}
"""
DELETE = """
mutation ($input: DeleteSecretInput!) {
  deleteSecret(input: $input) { deletedName userErrors { code message path } }
}
"""
LIST = """
query ($first: Int, $after: String, $last: Int, $before: String) {
  secrets(first: $first, after: $after, last: $last, before: $before) {
    totalCount nodes { name version } edges { cursor } pageInfo { hasNextPage hasPreviousPage endCursor startCursor }
  }
}
"""


async def keep(ctx: Context, name: str, value: str = VALUE) -> int:
    """Set a secret and return its version."""
    return (await secrets.set_secret(ctx, parse(SetSecret, {"name": name, "value": value}))).version
