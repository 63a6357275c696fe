"""Checks the forms of control flow that an action takes: its condition, its items, its repetition, its output."""

from collections.abc import Iterator, Mapping, Set
from typing import Any

from engine.definition.dependencies import compensations_of
from engine.expressions import templates
from engine.expressions.language import Faulty, references
from engine.expressions.local_names import LocalTemplate, templates_of
from engine.expressions.located import located
from models.commands.parameters import RESERVED_NAMES
from models.commands.validation import Location
from models.commands.workflows import ActionDefinition
from models.faults import Fault
from models.words import EndingType, RunIf

EXPRESSION = "value_error.expression"
WHOLE: Mapping[Location, str] = {
    ("when",): "must be true, false or one whole expression such as {{check.response.score > 0.5}}",
    ("for_each", "in"): "must be a list, or one whole expression such as {{list.response.entries}} that gives one",
    ("success_when",): "must be one whole expression such as {{http.status in [200, 404]}}",
    ("retry", "when"): "must be one whole expression such as {{response.code == 'BUSY'}}",
    ("for_each", "when"): "must be true, false or one whole expression such as {{item.total > 0}}",
    ("repeat", "until"): "must be one whole expression such as {{response.state == 'done'}}",
}
"""What is no text in the end, and so cannot be a text with expressions inside."""

ONCE = ("for_each", "repeat", "retry", "output", "compensate")
"""What an action that ends the execution has not."""


def form_faults(action: ActionDefinition, taken: Set[str], loc: Location) -> Iterator[Fault]:
    """Yield what is wrong with how an action is steered. `taken` are the names of parameters and actions."""
    if action.run_if is not None and not action.depends_on:
        message = "run_if looks at what an action depends on: name that in depends_on"
        yield Fault((*loc, "run_if"), message, "value_error.run_if")
    if action.cancel_losers and action.run_if is not RunIf.FIRST_SUCCESS:
        message = "goes with run_if: first_success alone: nobody loses where there is no race"
        yield Fault((*loc, "cancel_losers"), message, "value_error.run_if")
    yield from _name_faults(action, taken, loc)
    yield from _early_names(action, loc)
    if action.action_type in list(EndingType):
        yield from _ending_faults(action, loc)
    for steered, where in ((action, loc), *((undo, (*loc, "compensate")) for undo in compensations_of([action]))):
        for part in templates_of(steered):
            if part.loc != ("config",) and part.source is not None:
                yield from _template_faults(part, where)


def _name_faults(action: ActionDefinition, taken: Set[str], loc: Location) -> Iterator[Fault]:
    if action.for_each is None:
        return
    names = {"as": action.for_each.as_, "index_as": action.for_each.index_as}
    for key, name in names.items():
        if name in taken or name in RESERVED_NAMES:
            what = "reserved for template paths" if name in RESERVED_NAMES else "a parameter or an action as well"
            message = f"'{name}' is {what}: give it another name by {key}"
            yield Fault((*loc, "for_each", key), message, "value_error.duplicate")
    if names["as"] == names["index_as"]:
        message = "the item and its index have the same name: give one of them another"
        yield Fault((*loc, "for_each", "index_as"), message, "value_error.duplicate")


def _ending_faults(action: ActionDefinition, loc: Location) -> Iterator[Fault]:
    """What ends the execution does so once, and there is nothing left to do it over, or to undo it."""
    for name in ONCE:
        if getattr(action, name) is not None:
            message = f"'{action.action_type}' ends the execution at once: leave {name} out"
            yield Fault((*loc, name), message, "value_error.ending")


def _early_names(action: ActionDefinition, loc: Location) -> Iterator[Fault]:
    """`when` decides about the action before there is any item."""
    if action.for_each is None:
        return
    own = {action.for_each.as_, action.for_each.index_as}
    for found in located(action.when, (*loc, "when")):
        early = [reference for reference in references(found.expression) if reference.root in own]
        if early:
            message = (
                f"'{early[0].root}' is not known here: this decides about the action as a whole, "
                "and for_each.when about each item"
            )
            yield Fault(found.loc, message, EXPRESSION, found.at(early[0].position))


def _template_faults(part: LocalTemplate, loc: Location) -> Iterator[Fault]:
    where = (*loc, *part.loc)
    template = templates.parse(part.source)
    for found in located(part.source, where):
        if isinstance(found.expression, Faulty):
            message = f"'{{{{{found.source}}}}}' cannot be read: {found.expression.reason}"
            yield Fault(found.loc, message, EXPRESSION, found.at(found.expression.position))
            return
    if part.loc in WHOLE and not _is_whole(template, part.source):
        yield Fault(where, WHOLE[part.loc], EXPRESSION)
    elif any(reference.secret is not None for reference in templates.references(template)):
        yield Fault(where, "must not use secrets: they are known to the call alone, at its moment", EXPRESSION)


def _is_whole(template: templates.Template, source: Any) -> bool:
    return isinstance(template, templates.Whole) or not isinstance(source, str)
