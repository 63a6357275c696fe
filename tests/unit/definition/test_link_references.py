"""Links in templates: what they become, what waits for what, and what is refused, each with its place."""

import asyncio
import tracemalloc
from datetime import UTC, datetime
from typing import Any, cast

import msgspec
import pytest

from engine.core.failure import ActionFailed
from engine.definition import link_references
from engine.definition.compiling import compile_plan
from engine.definition.link_references import link_faults, link_name, link_warnings, linked
from engine.secrets.approval_links import ExecutionLinks, LinkSigner, WantedLink, WantedLinks
from models.commands.workflows import ActionDefinition

LINKS = (
    """{{ask.link}} {{ ask.link["a@b.c"] + '?x' }} {{actions.ask.link.ann | upper}} {{ask.response}} {{other.link}}"""
)


def action(action_id: str, action_type: str = "service_call", **more: Any) -> ActionDefinition:
    return ActionDefinition.model_validate({"action_id": action_id, "action_type": action_type, **more})


def asks(action_id: str = "ask", *approvers: str, **more: Any) -> ActionDefinition:
    return action(action_id, "approval", config={"message": "Go?", "approvers": list(approvers) or ["ann"]}, **more)


def sends(text: Any, **more: Any) -> ActionDefinition:
    return action("mail", config={"parameters": {"text": text}}, **more)


def said(*actions: ActionDefinition, taken: frozenset[str] = frozenset()) -> list[tuple[Any, int | None, str]]:
    found = link_faults(actions, taken, ("actions",))
    return [(fault.loc, fault.character, fault.msg) for fault in found]


def test_a_link_becomes_a_secret_of_a_name_that_no_other_has() -> None:
    _, mail = linked([asks(), sends([LINKS])])
    assert mail.config["parameters"]["text"] == [
        """{{secrets["ask.link"]}} {{ secrets["ask.link.a@b.c"] + '?x' }} {{secrets["ask.link.ann"] | upper}} """
        "{{ask.response}} {{other.link}}"
    ]
    names = [link_name(name) for name in ("ask.link", "ask.link.a@b.c", "token")]
    assert [(name.action_id, name.approver, name.secret) if name else None for name in names] == [
        ("ask", None, "ask.link"),
        ("ask", "a@b.c", "ask.link.a@b.c"),
        None,
    ]


def test_a_long_text_with_many_links_is_not_made_anew_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    text = ("{{ask.link}}" + "x" * 2_000) * 100
    grown: list[int] = []
    link = link_references._link

    def measured(*given: Any) -> Any:
        now, most = tracemalloc.get_traced_memory()
        grown.append(most - now)
        tracemalloc.reset_peak()
        return link(*given)

    monkeypatch.setattr(link_references, "_link", measured)
    tracemalloc.start()
    try:
        _, mail = linked([asks(), sends(text)])
    finally:
        tracemalloc.stop()
    assert mail.config["parameters"]["text"] == ("""{{secrets["ask.link"]}}""" + "x" * 2_000) * 100
    assert len(grown) == 200
    assert sum(each > 50_000 for each in grown) <= 2


def test_who_sends_a_link_waits_for_the_approvers_and_not_for_the_approval() -> None:
    before, ask = (
        action("find", "transform"),
        asks("ask", "{{find.response}}", "{{actions.look.response.who}}", "{{boss}}"),
    )
    actions = [before, action("look", "transform"), ask, sends("{{ask.link}}", depends_on=["look"])]
    plan = compile_plan([], [each.model_dump(exclude_unset=True, by_alias=True) for each in actions])
    mail = plan.actions[-1]
    assert (mail.depends_on, mail.secrets, plan.secrets) == ({"find", "look"}, {"ask.link"}, {"ask.link"})


def test_what_has_the_name_of_an_approval_for_itself_is_no_link() -> None:
    own = sends("{{ask.link}}", for_each={"in": [{"link": "x"}], "as": "ask"})
    assert linked([asks(), own])[1] is own
    assert said(asks("other"), own) == []


def test_a_definition_without_approvals_stays_as_it_is() -> None:
    actions = [action("a", config={"x": "{{page.link}}"}), action("b")]
    assert linked(actions) == actions
    assert said(*actions) == []


def test_a_fault_has_its_place_to_the_character() -> None:
    faults = said(action("a"), sends("see {{ a.link }}"))
    assert faults == [
        (
            ("actions", 1, "config", "parameters", "text"),
            7,
            "'{{a.link}}': 'a' is no approval of this part of the workflow, and only an approval has a link",
        )
    ]


def test_links_of_other_parts_and_of_what_undoes_are_refused() -> None:
    assert len(said(sends("{{ask.link}}"), taken=frozenset({"ask"}))) == 1
    undone = action("a", compensate={"action_type": "service_call", "config": {"x": "{{ask.link}}"}})
    assert [place for place, _, _ in said(asks(), undone)] == [("actions", 1, "compensate", "config", "x")]


def test_a_link_stands_where_it_is_sent() -> None:
    for kind in ("approval", "sub_workflow", "transform", "wait"):
        config = {"message": "{{ask.link}}", "approvers": ["bob"]}
        ((_, _, reason),) = said(asks(), action("a", kind, config=config))
        assert "an action that sends it" in reason
    for part in ({"when": "{{ask.link == ''}}"}, {"output": "{{ask.link}}"}, {"for_each": {"in": ["{{ask.link}}"]}}):
        ((place, _, reason),) = said(asks(), sends("x", **part))
        assert (place[2], "an action that sends it" in reason) == (next(iter(part)), True)


def test_what_is_told_to_all_is_warned_of() -> None:
    told = action("told", "notification", config={"message": "See {{ask.link}}"})
    mails = action("mails", "notification", config={"channel": "email", "message": "{{ask.link}}", "to": "ann@b.c"})
    (warning,) = link_warnings([asks(), told, mails, sends("{{ask.link}}")], "actions")
    assert (warning.path, warning.character, warning.code) == (("actions", 1, "config", "message"), 6, "hidden_link")


def test_without_an_address_of_the_service_no_link_is_sent() -> None:
    wanted = WantedLink("default", "exec_1", "ask", "ann", "ada", datetime(2026, 1, 1, tzinfo=UTC))
    links = ExecutionLinks(cast(Any, None), cast(Any, None), lambda: LinkSigner([bytes(32)]), "")
    hidden = asyncio.run(links.values(WantedLinks({}, [wanted])))
    assert [text.startswith(f"{wanted.id}.") for text in hidden.values()] == [True]
    with pytest.raises(ActionFailed, match="set ORCHESTRATOR_PUBLIC_URL on every node"):
        asyncio.run(links.values(WantedLinks({"ask.link": wanted}, [wanted])))


def test_a_link_is_the_same_each_time_and_another_for_everybody_else() -> None:
    wanted = WantedLink("default", "exec_1", "ask", "ann", "ada", datetime(2026, 1, 1, tzinfo=UTC))
    later = msgspec.structs.replace(wanted, expires_at=datetime(2027, 1, 1, tzinfo=UTC))
    changes = ({"tenant": "b"}, {"execution_id": "exec_2"}, {"action_id": "other"}, {"approver": "bob"})
    others = [msgspec.structs.replace(wanted, **change) for change in changes]
    assert later.id == wanted.id
    assert len({wanted.id, *(other.id for other in others)}) == 5
