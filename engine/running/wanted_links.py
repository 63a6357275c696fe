"""Finds which links to approvals an attempt uses, and for whom: known before the approval waits."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from engine.core.failure import ActionFailed
from engine.core.plan import PlannedAction
from engine.core.run import Run
from engine.definition.link_references import APPROVAL, LinkName, link_name
from engine.expressions.budget import Budget
from engine.running.filling_in import part_of
from engine.secrets.approval_links import WantedLink, WantedLinks
from models.words import ActionErrorCode

ScopeOf = Callable[[PlannedAction], Mapping[str, Any]]
"""What the templates of an action see now."""


def wanted_links(
    run: Run,
    scope: ScopeOf,
    used: Iterable[str],
    hidden: Iterable[str],
    item: Any,
    deadline: datetime | None,
    budget: Budget,
) -> WantedLinks:
    """The links among the secrets that an attempt uses, and those among all that it must hide. `item` is what it runs
    for, if it runs for each of a list. Raises `ActionFailed` where a link that is used leads to nobody.
    """
    names = {name: link for name in {*used, *hidden} if (link := link_name(name)) is not None}
    if not names:
        return WantedLinks()
    made = _Links(run, scope, deadline or run.created_at, budget)
    uses = {name: made.link(names[name], item) for name in used if name in names}
    hides = {link.id: link for name in names.values() for link in made.all_of(name.action_id)}
    return WantedLinks(uses, tuple(hides.values()))


class _Links:
    """The links of one execution at one moment."""

    def __init__(self, run: Run, scope: ScopeOf, expires_at: datetime, budget: Budget) -> None:
        self._run = run
        self._scope = scope
        self._expires_at = expires_at
        self._budget = budget

    def link(self, name: LinkName, item: Any) -> WantedLink:
        approvers, later = self._approvers(name.action_id)
        known = {*approvers, *later}
        if name.approver is not None:
            if name.approver in known:
                return self._of(name.action_id, name.approver)
            raise _failure(name, f"'{name.approver}' is none of its approvers")
        if isinstance(item, str) and item in known:
            return self._of(name.action_id, item)
        if len({*approvers}) == 1:
            return self._of(name.action_id, approvers[0])
        example = f'{{{{{name.action_id}.link["{approvers[0] if approvers else "ann"}"]}}}}'
        raise _failure(name, f"it has {len({*approvers})} approvers: write {example}, or run this for each approver")

    def all_of(self, action_id: str) -> list[WantedLink]:
        """The links that may have been sent: none where nobody can say yet who the approvers are."""
        try:
            approvers, later = self._approvers(action_id)
        except ActionFailed:
            return []
        return [self._of(action_id, approver) for approver in dict.fromkeys((*approvers, *later))]

    def _of(self, action_id: str, approver: str) -> WantedLink:
        run = self._run
        return WantedLink(run.tenant, run.execution_id, action_id, approver, run.created_by, self._expires_at)

    def _approvers(self, action_id: str) -> tuple[list[str], list[str]]:
        """Who may decide at once, and who if nobody has after a while."""
        planned = next((each for each in self._run.plan.every_action if each.action_id == action_id), None)
        if planned is None or planned.action_type != APPROVAL or planned.for_each is not None:
            raise _failure(LinkName(action_id, None), "only an approval that asks once has a link")
        scope = self._scope(planned)
        escalation = part_of(planned.config, "escalation", scope, self._budget) or {}
        approvers = part_of(planned.config, "approvers", scope, self._budget)
        return _texts(approvers), _texts(escalation.get("approvers"))


def _texts(value: Any) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


def _failure(name: LinkName, reason: str) -> ActionFailed:
    return ActionFailed(ActionErrorCode.EXPRESSION_ERROR, f"'{{{{{name.secret}}}}}' has no value: {reason}")
