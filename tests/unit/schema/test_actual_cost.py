"""What an answer did cost: its objects, each once, and the parts of what was read as a whole by less."""

from typing import Any

import pytest

from schema.schema import build_schema
from schema.transport.cost import EDGE, PARTS

SCHEMA = build_schema(test_environment=True)
ACTION = {"actionId": "a", "error": None, "attempts": [{"number": 1}, {"number": 2}]}
RUN = {"id": "exec_1", "actions": [ACTION, ACTION], "workflow": {"id": "wf_1"}}


@pytest.mark.parametrize(
    ("query", "data", "cost"),
    [
        ("{ __typename }", {"__typename": "Query"}, 0),
        ('{ execution(id: "x") { id } }', {"execution": None}, 0),
        ('{ execution(id: "x") { id } }', {"execution": {"id": "exec_1"}}, 1),
        # Two whole objects, two actions and four attempts.
        (
            '{ execution(id: "x") { id workflow { id } actions { actionId attempts { number } } } }',
            {"execution": RUN},
            4,  # 2 + 6 / 5, rounded up
        ),
        # An edge is less than a node.
        (
            '{ execution(id: "x") { dag { nodes { level } edges { source } } } }',
            {"execution": {"dag": {"nodes": [{"level": 0}] * 10, "edges": [{"source": "a"}] * 10}}},
            5,
        ),
        # What two fragments ask for is there once.
        (
            """query { execution(id: "x") { ...A ...B } }
               fragment A on Execution { actions { actionId } workflow { id } }
               fragment B on Execution { actions { attempts { number } } workflow { id } }""",
            {"execution": RUN},
            4,
        ),
        ('{ one: execution(id: "x") { id } two: execution(id: "y") { id } }', {"one": RUN, "two": RUN}, 2),
        (
            '{ node(id: "x") { ... on ActionRun { attempts { number } } } }',
            {"node": ACTION},
            2,  # what is looked for by its id is whole, whatever it is
        ),
        # The objects within a value of JSON are paid for by its bytes.
        ('{ execution(id: "x") { parameters } }', {"execution": {"parameters": {"a": {"b": {}}}}}, 1),
        ('{ __type(name: "X") { fields { name } } }', {"__type": {"fields": [{"name": "a"}, {"name": "b"}]}}, 3),
    ],
)
def test_an_answer_costs_what_it_holds(query: str, data: dict[str, Any], cost: int) -> None:
    operation = SCHEMA.reader.read(query).operation(None)
    assert operation.actual_cost(data, 0) == cost
    assert operation.actual_cost(data, 3 * 1024) == cost + 3
    assert operation.actual_cost(None, 0) == 0


def test_parts_are_types_of_the_schema() -> None:
    assert set(SCHEMA._schema.type_map) >= {EDGE, *PARTS}
