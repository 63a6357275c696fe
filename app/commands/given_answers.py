"""The answers that the command line has ready for what a run waits for, held against what its workflow asks."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from engine.actions.approval import ApprovalAction
from engine.definition.dependencies import compensations_of
from engine.expressions.templates import Constant, parse
from models.commands.workflows import ActionDefinition, CreateWorkflow
from models.errors import InvalidInput, MalformedRequest
from models.faults import Fault
from models.json_text import parse_json
from models.nearest_word import nearest_word

WAIT = "wait"


class GivenAnswers(msgspec.Struct, frozen=True):
    """The forms of approvals and rejections by action ids, and the payloads of signals by their names."""

    approved: Mapping[str, Any] = {}
    rejected: Mapping[str, Any] = {}
    signals: Mapping[str, Any] = {}

    def check(self, workflow: CreateWorkflow) -> None:
        """Raise `InvalidInput` where an answer is for what the workflow does not ask."""
        actions = _all_actions(workflow)
        faults = [*self._contradictions(), *self._unasked_approvals(actions), *self._unasked_signals(actions)]
        if faults:
            raise InvalidInput(faults)

    def _contradictions(self) -> Iterator[Fault]:
        for name in sorted(self.approved.keys() & self.rejected.keys()):
            yield _fault(name, "it is approved and rejected: give one of --approve and --reject")

    def _unasked_approvals(self, actions: Sequence[ActionDefinition]) -> Iterator[Fault]:
        ids = [action.action_id for action in actions]
        asking = [action.action_id for action in actions if action.action_type == ApprovalAction.action_type]
        for name in sorted((self.approved.keys() | self.rejected.keys()) - {*asking}):
            if name in ids:
                yield _fault(name, f"the action asks for no approval: {_instead(name, asking)}")
            else:
                yield _fault(name, f"the workflow has no such action: {_instead(name, ids)}")

    def _unasked_signals(self, actions: Sequence[ActionDefinition]) -> Iterator[Fault]:
        awaited = {action.config["signal"] for action in actions if _waits_for_signal(action)}
        if any(not isinstance(parse(name), Constant) for name in awaited):
            return  # only the run knows the names of all
        for name in sorted(self.signals.keys() - awaited):
            told = "the workflow waits for no such signal" if awaited else "the workflow waits for no signal"
            yield _fault(f"--signal {name}", f"{told}: {_instead(name, sorted(awaited))}" if awaited else told)


def read_answers(approved: Sequence[str], rejected: Sequence[str], signals: Sequence[str]) -> GivenAnswers:
    """The answers of `ACTION`, `ACTION=FORM` and `NAME`, `NAME=PAYLOAD`, both JSON. Raises `InvalidInput`."""
    return GivenAnswers(
        {name: _form(form, f"--approve {name}") for name, form in _named(approved, "--approve", {}).items()},
        {name: _form(form, f"--reject {name}") for name, form in _named(rejected, "--reject", {}).items()},
        _named(signals, "--signal", None),
    )


def read_json(text: str, what: str) -> Any:
    """The value of a text of somebody's who is told `what` it is. Raises `InvalidInput`."""
    try:
        return parse_json(text)
    except MalformedRequest:
        raise InvalidInput([Fault((what,), f"must be JSON, not {text!r}", "value_error.json")]) from None


def _named(words: Sequence[str], option: str, otherwise: Any) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for word in words:
        name, has_value, text = word.partition("=")
        if name in values:
            raise InvalidInput([_fault(f"{option} {name}", "it is given twice: give it once")])
        values[name] = read_json(text, f"{option} {name}") if has_value else otherwise
    return values


def _form(value: Any, what: str) -> Any:
    if not isinstance(value, dict):
        raise InvalidInput([Fault((what,), "the form must be a JSON object", "type_error.object")])
    return value


def _all_actions(workflow: CreateWorkflow) -> Sequence[ActionDefinition]:
    actions = [*workflow.actions, *workflow.on_failure, *workflow.on_exit]
    return [*actions, *compensations_of(workflow.actions)]


def _waits_for_signal(action: ActionDefinition) -> bool:
    return action.action_type == WAIT and isinstance(action.config.get("signal"), str)


def _instead(name: str, known: Collection[str]) -> str:
    near = nearest_word(name, known)
    return f"did you mean '{near}'?" if near else f"there are {', '.join(known) or 'none'}"


def _fault(name: str, message: str) -> Fault:
    return Fault((name,), message, "value_error")
