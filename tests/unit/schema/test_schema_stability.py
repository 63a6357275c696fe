"""What breaks a client of the released schema is refused, unless somebody recorded why; what adds to it passes."""

from pathlib import Path

import pytest

from schema.stability import RECORD, faults, recorded_breaks
from schema.stability import RELEASED as RELEASED_FILE

ROOT = Path(__file__).parents[3]
RELEASED = """
type Query { workflow(id: ID!): Workflow  health: Status!  size: Int }
type Workflow { id: ID!  name: String!  tags(first: Int): [String!]! }
input Filter { tag: String }
enum Status { UP DOWN }
type Mutation { find(filter: Filter): Workflow }
"""


def changed(old: str, new: str) -> str:
    """The released schema with one change."""
    assert RELEASED.count(old) == 1
    return RELEASED.replace(old, new)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("name: String!", "", "Field Workflow.name was removed."),
        ("name: String!", "name: Int!", "Field Workflow.name changed type from String! to Int!."),
        ("name: String!", "name: String", "Field Workflow.name changed type from String! to String."),
        ("tags(first: Int)", "tags(first: Int, of: ID!)", "A required argument Workflow.tags(of:) was added."),
        ("tags(first: Int)", "tags", "Argument Workflow.tags(first:) was removed."),
        ("tag: String", "tag: String  owner: ID!", "A required field Filter.owner was added."),
        ("UP DOWN", "UP", "Enum value Status.DOWN was removed."),
    ],
)
def test_a_break_is_refused_by_its_name_and_passes_with_a_reason(old: str, new: str, said: str) -> None:
    present = changed(old, new)
    assert faults(RELEASED, present, "") == [f"breaks clients of the release: {said}"]
    assert faults(RELEASED, present, f"# why\n\n{said} -- nobody could use it\n") == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name: String!", "name: String!  owner: String"),
        ("tags(first: Int)", "tags(first: Int, after: ID)"),
        ("tag: String", "tag: String  owner: ID"),
        ("UP DOWN", "UP DOWN DEGRADED"),
        ("health: Status!", '"Described." health: Status! @deprecated(reason: "see status")  status: Status'),
    ],
)
def test_an_addition_passes(old: str, new: str) -> None:
    assert faults(RELEASED, changed(old, new), "") == []


def test_a_record_of_what_is_no_break_any_more_is_refused() -> None:
    record = "Workflow.name was removed. -- it was renamed"
    assert faults(RELEASED, RELEASED, record) == ["is recorded, but is no break: Workflow.name was removed."]


@pytest.mark.parametrize("line", ["Workflow.name was removed.", "Workflow.name was removed. -- "])
def test_a_record_without_a_reason_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"no reason for: Workflow\.name was removed"):
        recorded_breaks(line)


def test_the_committed_schema_breaks_no_client_of_the_release() -> None:
    released, present, record = ((ROOT / name).read_text() for name in (RELEASED_FILE, "schema.graphql", RECORD))
    assert "type Query" in released
    assert faults(released, present, record) == []
