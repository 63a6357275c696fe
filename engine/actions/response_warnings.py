"""Warns of paths into what an action gives, or a parameter is, that lead nowhere, whatever comes of it."""

from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.actions.protocol import ShapedAction
from engine.actions.registry import ActionRegistry
from engine.definition.dependencies import compensations_of, expressions_of
from engine.definition.link_references import LINK
from engine.definition.parameter_shapes import parameter_shapes
from engine.expressions.language import references
from engine.expressions.local_names import HTTP, RESPONSE
from engine.expressions.located import Located, located
from engine.expressions.references import Reference
from engine.expressions.shapes import Entries, Keys, Shape, dead_end, keys, shape_of
from models.commands.parameters import ParameterDefinition
from models.commands.workflows import ActionDefinition
from models.nearest_word import nearest_word
from models.workflow_warnings import WarningCode, WorkflowWarning

Shapes = Mapping[str, Shape]
"""What is known of the results of actions and of parameters, no two of which have one name."""

ROOTS = ("actions", "parameters")

OTHER_WORDS = frozenset({"result", "output", "outputs", "data", "body", "value", "json", "content", "return"})
"""What other systems call the response."""

HTTP_ANSWER = keys("status", "headers")
HTTP_WORDS: Mapping[str, str] = {
    **dict.fromkeys(("status_code", "statusCode", "http_status"), "status"),
    **dict.fromkeys(("headers", "response_headers"), "headers"),
}
"""What other systems call what is below `http`."""


class Result(Keys, frozen=True):
    """What there is of an action."""


def response_warnings(
    registry: ActionRegistry,
    parameters: Sequence[ParameterDefinition],
    sections: Mapping[str, Sequence[ActionDefinition]],
    outputs: Mapping[str, Any],
) -> Iterator[WorkflowWarning]:
    """Yield a warning for each path that leads nowhere. `sections` are in the order in which they run."""
    shapes: dict[str, Shape] = parameter_shapes(parameters)
    for section, actions in sections.items():
        shapes |= {action.action_id: _result(registry, action) for action in actions}
        for position, action in enumerate(actions):
            yield from _of_action(registry, action, (section, position), shapes)
            for compensation in compensations_of([action]):
                yield from _of_action(registry, compensation, (section, position, "compensate"), shapes)
    for name, output in outputs.items():
        for found in located(output, ("outputs", name)):
            yield from _of_expression(found, shapes, f"output '{name}'", "execution")


def _of_action(
    registry: ActionRegistry, action: ActionDefinition, loc: tuple[str | int, ...], shapes: Shapes
) -> Iterator[WorkflowWarning]:
    for found in expressions_of(action, loc):
        seen: Shapes = shapes
        if found.names:
            own: dict[str, Shape] = {}
            if RESPONSE in found.names:
                is_whole = found.loc[len(loc)] == "output"
                own[RESPONSE] = _whole(registry, action) if is_whole else _raw(registry, action)
            if HTTP in found.names - shapes.keys():
                own[HTTP] = HTTP_ANSWER
            seen = ChainMap(own, dict.fromkeys(found.names), shapes)  # type: ignore[arg-type]  # nobody writes to them
        yield from _of_expression(found, seen, f"action '{action.action_id}'", "action")


def _of_expression(found: Located, shapes: Shapes, named: str, what: str) -> Iterator[WorkflowWarning]:
    for reference in references(found.expression, needed=True):
        reason = _wrong(reference, shapes)
        if reason is not None:
            message = (
                f"{named}: '{{{{{reference.source}}}}}' has no value: {reason}, so the {what} will fail with "
                "EXPRESSION_ERROR"
            )
            yield found.warning(reference.position, message, WarningCode.NO_SUCH_FIELD)


def _wrong(reference: Reference, shapes: Shapes) -> str | None:
    path = reference.segments[1:] if reference.root in ROOTS else reference.segments
    if not path or str(path[0]) not in shapes or (len(path) > 1 and path[1] == LINK):
        return None
    name, *rest = path
    shape = shapes[str(name)]
    end = dead_end(shape, rest)
    if end is None or (end.depth == 0 and isinstance(shape, Entries)):
        return None  # that a parameter is a list is told by its type
    if end.depth == 0 and isinstance(shape, Result):
        return _says_response(str(name), rest, shape)
    before = ".".join(map(str, (name, *rest[: end.depth])))
    return f"'{before}' {end.reason}"


def _says_response(name: str, rest: Sequence[str | int], result: Result) -> str:
    """The commonest slips of all: what an action gives is below its response, and that word is a long one."""
    if rest[0] in HTTP_WORDS:
        meant = ".".join(map(str, (name, HTTP, HTTP_WORDS[str(rest[0])], *rest[1:])))
        return f"of an action there are {', '.join(result.shapes)} (did you mean '{meant}'?)"
    is_other = not _leads_on(result, rest)
    near = nearest_word(str(rest[0]), result.shapes) if is_other else None
    begin = near or RESPONSE
    beyond = rest[1:] if near or (is_other and rest[0] in OTHER_WORDS) else rest
    meant = ".".join(map(str, (name, begin, *beyond)))
    return f"of an action there are {', '.join(result.shapes)} (did you mean '{meant}'?)"


def _leads_on(result: Result, rest: Sequence[str | int]) -> bool:
    shape = result.shapes[RESPONSE]
    return isinstance(shape, Keys) and dead_end(shape, rest) is None


def _result(registry: ActionRegistry, action: ActionDefinition) -> Shape:
    response = _whole(registry, action) if action.output is None else shape_of(action.output)
    one: dict[str, Shape] = {"status": None, RESPONSE: response, HTTP: HTTP_ANSWER, "error": None}
    if action.for_each is None:
        return Result(one)
    return Result({"status": None, RESPONSE: Entries(response), "error": None, "items": Entries(Keys(one))})


def _whole(registry: ActionRegistry, action: ActionDefinition) -> Shape:
    """The shape of the response of one run of an action with all of its iterations, as its `output` sees it."""
    collect = None if action.repeat is None else action.repeat.collect
    return _raw(registry, action) if collect is None else Entries(shape_of(collect))


def _raw(registry: ActionRegistry, action: ActionDefinition) -> Shape:
    """The shape of what an action type gives, before anything else is made of it."""
    known = registry.get(action.action_type)
    return known.response_shape(action.config) if isinstance(known, ShapedAction) else None
