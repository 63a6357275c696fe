"""`{{ask.link}}`: a link to the approval `ask` of the same section, which is a secret that the execution itself makes.

Where a definition is compiled it becomes `{{secrets["ask.link"]}}`: no other secret has a dot in its name. So whatever
holds for secrets holds for links, and nothing waits for the approval that a link leads to.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

import msgspec

from engine.expressions import templates
from engine.expressions.braces import CLOSE, OPEN
from engine.expressions.language import Faulty, references
from engine.expressions.local_names import templates_of
from engine.expressions.located import Located, located
from engine.expressions.references import SECRETS, Reference
from models.commands.validation import Location
from models.commands.workflows import ActionDefinition
from models.faults import Fault
from models.workflow_warnings import WarningCode, WorkflowWarning

LINK = "link"
APPROVAL = "approval"
CONFIG: Location = ("config",)
EXPRESSION = "value_error.expression"

RECORDED = frozenset({APPROVAL, "sub_workflow", "transform", "wait"})
"""The types of actions that send no message: what they are given is kept, or goes to another execution."""

TOLD, LOG = "notification", "log"
"""The type whose message is in the log, where everybody who sees the execution reads it, and its channel that leads to
nobody else.
"""

Approvals = Mapping[str, ActionDefinition]
"""The approvals of a section by their ids."""


class LinkName(msgspec.Struct, frozen=True):
    """Which approval a link leads to, and for whom; None: for the only approver, or whom the item names."""

    action_id: str
    approver: str | None

    @property
    def secret(self) -> str:
        """The name of the secret that it is."""
        return ".".join((self.action_id, LINK, *([] if self.approver is None else [self.approver])))


def link_name(secret: str) -> LinkName | None:
    """The link that a secret is, if it is one."""
    action_id, dot, rest = secret.partition(".")
    _, has_approver, approver = rest.partition(".")
    return LinkName(action_id, approver if has_approver else None) if dot else None


def linked(actions: Sequence[ActionDefinition]) -> list[ActionDefinition]:
    """The actions of a section with their links as secrets. Who uses one waits for what says who the approvers are."""
    approvals = approvals_of(actions)
    ids = {action.action_id for action in actions}
    return [_linked(action, approvals, ids) for action in actions] if approvals else list(actions)


def approvals_of(actions: Iterable[ActionDefinition]) -> Approvals:
    """The approvals among actions."""
    return {action.action_id: action for action in actions if action.action_type == APPROVAL}


def _linked(action: ActionDefinition, approvals: Approvals, ids: Set[str]) -> ActionDefinition:
    used = [link for _, link in _links(action, approvals)]
    if not used:
        return action
    names = local_names(action)
    waits_for = {name for link in used for name in _deciding(approvals[link.action_id]) if name in ids}
    more = sorted(waits_for - {*action.depends_on})
    config = _with_secrets(action.config, approvals, names)
    return action.model_copy(update={"config": config, "depends_on": [*action.depends_on, *more]})


def _links(action: ActionDefinition, approvals: Approvals) -> Iterator[tuple[Reference, LinkName]]:
    names = local_names(action)
    for reference in templates.references(templates.parse(action.config)):
        link = _link(reference, approvals, names)
        if link is not None:
            yield reference, link


def local_names(action: ActionDefinition) -> frozenset[str]:
    """The names that the configuration of an action sees beside those that all templates see."""
    return next(part.names for part in templates_of(action) if part.loc == CONFIG)


def _link(reference: Reference, among: Container[str], names: Set[str]) -> LinkName | None:
    """The link that a reference is to one of the actions `among`, if it is one."""
    segments = reference.segments[1:] if reference.root == "actions" else reference.segments
    if reference.root in names or not 2 <= len(segments) <= 3 or segments[1] != LINK:
        return None
    link = LinkName(str(segments[0]), str(segments[2]) if len(segments) == 3 else None)
    return link if link.action_id in among else None


def _deciding(approval: ActionDefinition) -> set[str]:
    """The names that say who the approvers are."""
    said = [templates.parse(approval.config.get("approvers")), templates.parse(approval.config.get("escalation"))]
    used = [reference for template in said for reference in templates.references(template)]
    return {str(each.segments[1] if each.root == "actions" and each.segments[1:] else each.root) for each in used}


def _with_secrets(value: Any, approvals: Approvals, names: Set[str]) -> Any:
    if isinstance(value, str):
        return _text_with_secrets(value, approvals, names)
    if isinstance(value, dict):
        return {key: _with_secrets(child, approvals, names) for key, child in value.items()}
    if isinstance(value, list):
        return [_with_secrets(child, approvals, names) for child in value]
    return value


def _text_with_secrets(text: str, approvals: Approvals, names: Set[str]) -> str:
    parts, end = list[str](), 0
    for found in located(text, ()):
        for reference in sorted(references(found.expression), key=lambda each: each.position):
            link = _link(reference, approvals, names)
            if link is not None:
                start = found.at(reference.position)
                parts += text[end:start], f'{SECRETS}["{link.secret}"]'
                end = start + len(reference.source)
    return "".join([*parts, text[end:]])


def link_faults(actions: Sequence[ActionDefinition], taken: Set[str], loc: Location) -> Iterator[Fault]:
    """Yield a fault for each link of a section at `loc` that leads nowhere, or stands where it would be shown.

    `taken` are the ids of the actions in other sections.
    """
    approvals = approvals_of(actions)
    ids = taken | {action.action_id for action in actions}
    for position, action in enumerate(actions):
        for part in templates_of(action):
            is_sent = part.loc == CONFIG and action.action_type not in RECORDED
            for found in located(part.source, (*loc, position, *part.loc), part.names):
                yield from _faults(found, ids, approvals, is_sent=is_sent)
        if action.compensate is not None:
            for found in located(action.compensate.config, (*loc, position, "compensate", "config")):
                yield from _faults(found, ids, {}, is_sent=True)


def sent_links(action: ActionDefinition, approvals: Approvals) -> Callable[[Reference], bool]:
    """Tell the references that are links in the configuration of an action that sends them; see `link_faults`."""
    names = local_names(action)
    return lambda reference: action.action_type not in RECORDED and _link(reference, approvals, names) is not None


def link_warnings(actions: Sequence[ActionDefinition], section: str) -> Iterator[WorkflowWarning]:
    """Yield a warning for each link where it is hidden from whom it is meant for too."""
    approvals = approvals_of(actions)
    for position, action in enumerate(actions):
        if action.action_type == TOLD and action.config.get("channel", LOG) == LOG:
            for found in located(action.config, (section, position, *CONFIG), local_names(action)):
                for reference in references(found.expression):
                    if _link(reference, approvals, found.names) is not None:
                        message = f"action '{action.action_id}': '{{{{{reference.source}}}}}' is hidden in what is told"
                        advice = "by channel email or webhook it gets to its approver"
                        yield found.warning(reference.position, f"{message}: {advice}", WarningCode.HIDDEN_LINK)


def _faults(found: Located, ids: Set[str], approvals: Approvals, *, is_sent: bool) -> Iterator[Fault]:
    for reference in references(found.expression):
        link = _link(reference, ids, found.names)
        if link is None:
            continue
        reason = _wrong(link, approvals)
        if reason is None and not is_sent:
            reason = "a link stands in the config of an action that sends it, as a service_call does"
        if reason is None and isinstance(_read_as_secret(found, approvals), Faulty):
            reason = "a link takes + and the filters of a secret alone"
        if reason is not None:
            yield found.fault(reference.position, f"'{{{{{reference.source}}}}}': {reason}", EXPRESSION)


def _wrong(link: LinkName, approvals: Approvals) -> str | None:
    """Why a link could never lead anywhere, if that is certain."""
    approval = approvals.get(link.action_id)
    if approval is None:
        return f"'{link.action_id}' is no approval of this part of the workflow, and only an approval has a link"
    if approval.for_each is not None:
        return f"'{link.action_id}' asks for each of a list, so it has no one link: make links by createApprovalLink"
    approvers = approval.config.get("approvers")
    if not approvers:
        return f"'{link.action_id}' names no approvers, and a link decides as one of them: name them in approvers"
    return None


def _read_as_secret(found: Located, approvals: Approvals) -> Any:
    text = _text_with_secrets(f"{OPEN}{found.source}{CLOSE}", approvals, found.names)
    return next(located(text, ())).expression
