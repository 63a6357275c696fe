"""What the fuzzer asks of a GraphQL answer: its own check takes every refusal of a value for a bug of the server."""

import schemathesis
from graphql import StringValueNode
from hypothesis import strategies as st

schemathesis.graphql.scalar("JSON", st.text(max_size=20).map(lambda text: StringValueNode(value=text)))
"""Of the values that any JSON may be it needs one where there must be one."""


@schemathesis.check
def no_bug(ctx: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case) -> None:
    """Every answer is a GraphQL answer, and whatever it refuses it refuses on purpose."""
    assert response.status_code < 500, response.status_code
    body = response.json()
    found = {error["extensions"]["code"] for error in body.get("errors", [])}
    assert "INTERNAL_ERROR" not in found
    assert "data" in body or found
