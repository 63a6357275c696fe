"""Says in words which action types there are and what each of them is given, from their own models."""

from collections.abc import Iterator
from inspect import cleandoc

from pydantic import BaseModel

from engine.actions.registry import ActionRegistry


def type_words(actions: ActionRegistry) -> str:
    """The words for an `action_type`."""
    return ", ".join(f"`{name}`" for name in sorted(actions))


def config_texts(actions: ActionRegistry) -> Iterator[str]:
    """Yield for each action type what its `config` must have, what it may have, and what that is for."""
    for name, action in sorted(actions.items()):
        fields = action.config_model.model_fields
        needed = [field.alias or key for key, field in fields.items() if field.is_required()]
        given = [field.alias or key for key, field in fields.items() if not field.is_required()]
        parts = [_listed(needed), f"if need be {_listed(given)}" if needed and given else _listed(given)]
        yield f"`{name}`: {', '.join(part for part in parts if part)}. {_what_it_is(action.config_model)}"


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _what_it_is(model: type[BaseModel]) -> str:
    """The first paragraph of what a model says of itself."""
    return " ".join(cleandoc(model.__doc__ or "").partition("\n\n")[0].split())
