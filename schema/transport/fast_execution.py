"""Runs an operation's plain fields without the machinery that only resolvers with work to do need.

A page of objects is mostly attributes that were read from the database long before. The standard executor builds for
each of them a path and an info object, and walks through its whole chain of type checks. Here such a field is an
attribute and a conversion, and so is an object, or a list of them, of which only such fields are asked. Fields that
are loaded by a key are loaded for all objects of a list at once, without a task and a future for each. Whatever is
unusual about a field (a resolver, arguments, middleware, a null where none may be, a value of another type) is left to
the standard executor, so that everything keeps its one meaning.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from operator import attrgetter
from typing import Any, TypeAlias, cast

from graphql import (
    GraphQLLeafType,
    GraphQLList,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    GraphQLResolveInfoHelpers,
    Undefined,
    get_named_type,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetailsList, GroupedFieldSet
from graphql.pyutils import AwaitableOrValue, Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.schema.schema_converter import GraphQLCoreConverter

from models.answer_budget import AnswerBudget, answer_budget, begin_answer, count_written
from schema.loaded import Loaded, loaded_field
from schema.told import is_told_once
from schema.transport.collected import KnownOperations
from schema.transport.conversions import SHORT_TEXT, Convert, as_text, conversion, wrapped
from schema.transport.shared_answers import SharedAnswers, SharedEvent, Subscribed

Plain: TypeAlias = tuple[str, Callable[[Any], Any], Convert]
"""A field's name in the answer, its attribute and its conversion."""

LoadedField: TypeAlias = tuple[str, Loaded[Any, Any], Convert]
"""The same of a field that is loaded."""

InOrder: TypeAlias = tuple[str, Any, Convert]
"""A plain field, or one that is loaded, which has its place among these instead of its attribute."""

UNBOUNDED = AnswerBudget()
"""Where no answer is counted: nothing is ever written to it."""


class _Plan:
    """A selection set, split into plain fields and the rest. It holds the set, whose identity is its key.

    Of the rest `loaded` are those that a list loads for all its objects at once, and of which plain fields are asked.
    `in_order` are both, in the order of the operation.
    """

    def __init__(
        self, plain: list[Plain], loaded: list[LoadedField], rest: GroupedFieldSet, whole: GroupedFieldSet
    ) -> None:
        self.plain = plain
        self.loaded = loaded
        self.rest = rest
        self.whole = whole

        ways: dict[str, InOrder] = {field[0]: field for field in plain}
        ways |= {name: (name, place, convert) for place, (name, _, convert) in enumerate(loaded)}
        self.in_order = [ways[name] for name in whole if name in ways]

    @property
    def is_loaded(self) -> bool:
        """Whether all that is not plain is loaded."""
        return len(self.loaded) == len(self.rest) > 0


class FastExecutionContext(StrawberryGraphQLCoreExecutionContext):
    """The standard executor with a short way for plain fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._asked: Subscribed | None = None
        self._begin_collecting()

    def _begin_collecting(self) -> None:
        """With what is known of the operation, where that can be."""
        self._collected = KnownOperations.of(self.schema).find(self.operation, self.fragments)
        self._relevant_sub_fields = self._collected.sub_fields
        self._plans: dict[tuple[GraphQLObjectType, int], _Plan] = self._collected.plans

    @property
    def async_helpers(self) -> GraphQLResolveInfoHelpers:
        """See `Executor.async_helpers`. Made where they are asked for: kept they would keep the executor, which has
        them, and all of the request with it.
        """
        return GraphQLResolveInfoHelpers(gather=self.gather_async_work, track=self.track_async_work)

    @async_helpers.setter
    def async_helpers(self, helpers: GraphQLResolveInfoHelpers) -> None:
        del helpers  # the base class assigns them

    def build_per_event_executor(self, payload: Any) -> Executor[Any]:
        """See `Executor.build_per_event_executor`; each event is an answer, and what it left behind goes with it."""
        shared = SharedAnswers.of(self.schema)
        if shared is None or not is_told_once(payload):
            return self._event_executor(payload)
        if self._asked is None:
            self._asked = Subscribed.of(self.operation, self.variable_values.coerced, self.context_value.ctx.user)
        # All that is asked of it is to execute the operation.
        return cast(Executor[Any], SharedEvent(shared, self._asked, payload, self._event_executor))

    def _event_executor(self, payload: Any) -> "FastExecutionContext":
        executor = cast(FastExecutionContext, super().build_per_event_executor(payload))
        begin_answer()
        executor._begin_collecting()
        return executor

    @property
    def is_plain(self) -> bool:
        """Whether nothing but plain fields has made the answer to an event, which its root field gives."""
        root = self.schema.subscription_type
        return all(not plan.rest for (kind, _), plan in self._plans.items() if kind is not root)

    @staticmethod
    def complete_leaf_value(return_type: GraphQLLeafType, result: Any) -> Any:
        """See `Executor.complete_leaf_value`. Raises `AnswerTooLarge`."""
        written = StrawberryGraphQLCoreExecutionContext.complete_leaf_value(return_type, result)
        if type(written) is str and len(written) > SHORT_TEXT:
            count_written(len(written))
        return written

    def execute_root_grouped_field_set(
        self,
        root_type: GraphQLObjectType,
        root_value: Any,
        grouped_field_set: GroupedFieldSet,
        serially: bool,
        position_context: Any,
    ) -> AwaitableOrValue[dict[str, Any]]:
        """See `Executor.execute_root_grouped_field_set`; what is kept goes by the identity of what was collected."""
        if self._collected.root is None:
            self._collected.root = grouped_field_set
        root = self._collected.root
        return super().execute_root_grouped_field_set(root_type, root_value, root, serially, position_context)

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Path | None,
        grouped_field_set: GroupedFieldSet,
        position_context: Any,
    ) -> AwaitableOrValue[dict[str, Any]]:
        """See `Executor.execute_fields`."""
        plan = self._plan(parent_type, grouped_field_set)
        found: dict[str, Any] = {}
        budget = answer_budget() or UNBOUNDED
        for name, attribute, convert in plan.plain:
            written = budget.written
            try:
                value = convert(attribute(source_value))
            except Exception:
                value = Undefined  # the standard executor will meet the same exception, and tell it
            if value is Undefined:
                budget.written = written  # it counts anew
            else:
                found[name] = value
        rest = plan.rest
        if len(found) < len(plan.plain):  # the first of several errors is the one that is told: keep the order
            rest = {name: details for name, details in plan.whole.items() if name not in found}
        if not rest:
            return found
        others = super().execute_fields(parent_type, source_value, path, rest, position_context)
        if not plan.plain:
            return others
        if isinstance(others, dict):
            return _merged(plan.whole, found, others)
        return _merged_later(plan.whole, found, others)

    def complete_list_value(
        self,
        return_type: GraphQLList[Any],
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> AwaitableOrValue[list[Any]]:
        """See `Executor.complete_list_value`; for a list that a resolver gave."""
        standard = partial(
            super().complete_list_value, return_type, field_details_list, info, path, result, position_context
        )
        found = self._plan_of_objects(return_type, field_details_list)
        if found is None or type(result) is not list:
            return standard()
        origin, plan = found
        if plan.is_loaded:
            return self._complete_together(origin, plan, info, result, standard)
        if plan.rest:
            return standard()
        budget = answer_budget() or UNBOUNDED
        written = budget.written
        try:
            items: Any = wrapped(return_type, partial(_object, origin, plan.plain))(result)
        except Exception:
            items = Undefined
        if type(items) is list:
            return items
        budget.written = written
        return standard()

    @staticmethod
    async def _complete_together(
        origin: type,
        plan: _Plan,
        info: GraphQLResolveInfo[Any],
        result: list[Any],
        standard: Callable[[], AwaitableOrValue[list[Any]]],
    ) -> list[Any]:
        """A list whose objects have fields that are loaded; by the `standard` way where anything is unusual."""
        budget = answer_budget() or UNBOUNDED
        written = budget.written
        items: list[Any] = []
        try:
            if all(type(item) is origin for item in result):
                shown = [await field.of(info.context, result) for _, field, _ in plan.loaded]
                items = [_with_loaded(plan, *item) for item in zip(result, *shown, strict=True)]
        except Exception:
            items = []
        if len(items) == len(result) and not any(item is Undefined for item in items):
            return items
        budget.written = written
        others = standard()
        return others if isinstance(others, list) else await others

    def _plan(self, parent_type: GraphQLObjectType, fields: GroupedFieldSet) -> _Plan:
        key = (parent_type, id(fields))
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = self._planned(parent_type, fields)
        return plan

    def _planned(self, parent_type: GraphQLObjectType, fields: GroupedFieldSet) -> _Plan:
        plain: list[Plain] = []
        loaded: list[LoadedField] = []
        rest: GroupedFieldSet = {}
        is_wrapped = self.middleware_manager is not None and bool(self.middleware_manager.middlewares)
        for name, details in fields.items():
            way = None if is_wrapped else self._way(parent_type, details)
            if way is not None:
                plain.append((name, *way))
                continue
            rest[name] = details
            field = None if is_wrapped else self._loaded_way(parent_type, details)
            if field is not None:
                loaded.append((name, *field))
        return _Plan(plain, loaded, rest, fields)

    def _way(
        self, parent_type: GraphQLObjectType, details: FieldDetailsList
    ) -> tuple[Callable[[Any], Any], Convert] | None:
        """How a field is read and converted, or None where it is not plain."""
        node = details[0].node
        if node.name.value == "__typename":
            return lambda _: parent_type.name, as_text
        field = self.schema.get_field(parent_type, node.name.value)
        if field is None or field.args or node.arguments or not getattr(field.resolve, "_is_default", False):
            return None
        definition = (field.extensions or {}).get(GraphQLCoreConverter.DEFINITION_BACKREF)
        convert = conversion(field.type) or self._convert_objects(field.type, details)
        return None if definition is None or convert is None else (attrgetter(definition.python_name), convert)

    def _loaded_way(
        self, parent_type: GraphQLObjectType, details: FieldDetailsList
    ) -> tuple[Loaded[Any, Any], Convert] | None:
        """How a field is loaded and converted, or None where it is not, or not all that is asked of it is plain."""
        field = self.schema.get_field(parent_type, details[0].node.name.value)
        definition = None if field is None else (field.extensions or {}).get(GraphQLCoreConverter.DEFINITION_BACKREF)
        resolver = None if definition is None else definition.base_resolver
        how = None if resolver is None else loaded_field(resolver.wrapped_func)
        if field is None or how is None:
            return None
        convert = conversion(field.type) or self._convert_objects(field.type, details)
        return None if convert is None else (how, convert)

    def _convert_objects(self, kind: GraphQLOutputType, details: FieldDetailsList) -> Convert | None:
        """The conversion of an object, or of a list of them, whose selected fields are all plain."""
        found = self._plan_of_objects(kind, details)
        if found is None or found[1].rest:
            return None
        origin, plan = found
        return wrapped(kind, partial(_object, origin, plan.plain))

    def _plan_of_objects(self, kind: GraphQLOutputType, details: FieldDetailsList) -> tuple[type, _Plan] | None:
        """The class of the objects that a type names, and what is selected of them, all of it at once."""
        named = get_named_type(kind)
        if not isinstance(named, GraphQLObjectType):
            return None
        fields, defers, _ = self.collect_subfields(named, details)
        definition = (named.extensions or {}).get(GraphQLCoreConverter.DEFINITION_BACKREF)
        plan = self._plan(named, fields)
        return None if defers or definition is None else (definition.origin, plan)


def _merged(whole: GroupedFieldSet, found: dict[str, Any], others: dict[str, Any]) -> dict[str, Any]:
    """In the order of the operation."""
    both = {**found, **others}
    return {name: both[name] for name in whole if name in both}


async def _merged_later(
    whole: GroupedFieldSet, found: dict[str, Any], others: Awaitable[dict[str, Any]]
) -> dict[str, Any]:
    return _merged(whole, found, await others)


def _object(origin: type, plain: list[Plain], value: Any) -> Any:
    if type(value) is not origin:
        return Undefined
    found: dict[str, Any] = {}
    for name, attribute, convert in plain:
        found[name] = converted = convert(attribute(value))
        if converted is Undefined:
            return Undefined
    return found


def _with_loaded(plan: _Plan, value: Any, *shown: Any) -> Any:
    """An object, in the order of the operation; `shown` is what its loaded fields show."""
    found: dict[str, Any] = {}
    for name, read, convert in plan.in_order:
        found[name] = converted = convert(shown[read] if type(read) is int else read(value))
        if converted is Undefined:
            return Undefined
    return found
