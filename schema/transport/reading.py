"""Reads documents: parses them, checks them against limits and schema, remembers them, picks the operation meant."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    parse,
    validate,
)

from models.error_codes import ErrorCode
from models.errors import MalformedRequest
from models.latest import Latest
from schema.transport.cost import CostTerm, Price, actual_cost, cost, cost_terms, prices
from schema.transport.limits import MAX_CHARACTERS, MAX_NESTING, MAX_TOKENS, form_errors, refusal
from schema.transport.tokens import count_tokens

MAX_KNOWN = 128
MAX_ERRORS = 3
"""Each costs a search for names that are alike and quotes what is wrong, which may be the whole document."""
ABORTED = "Parsing aborted."
"""How the parser ends its message about what is nested too deeply for it."""


class ReadOperation:
    """One operation of a read document."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, definition: OperationDefinitionNode) -> None:
        self._schema = schema
        self._document = document
        self.definition = definition
        self.type: OperationType = definition.operation

    @cached_property
    def _terms(self) -> tuple[CostTerm, ...]:
        return cost_terms(self._schema, self._document, self.definition)

    @cached_property
    def _prices(self) -> Mapping[str, Price]:
        return prices(self._schema, self._document, self.definition)

    def cost(self, variables: Mapping[str, Any]) -> int:
        """What it may cost with these variables; only a document without errors has a cost."""
        return cost(self._terms, variables)

    def actual_cost(self, data: Mapping[str, Any] | None, weight: int) -> int:
        """What an answer to it did cost, whose values of JSON have so many bytes."""
        return actual_cost(data, self._prices, weight)


class ReadDocument:
    """A parsed document, the reasons why it is refused, and its operations by name."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self.document = document
        self.errors = _errors(schema, document)
        self._operations = {
            node.name.value if node.name else None: ReadOperation(schema, document, node)
            for node in document.definitions
            if isinstance(node, OperationDefinitionNode)
        }

    def operation(self, name: str | None) -> ReadOperation:
        """The operation that is meant; `name` may be empty where there is only one. Raises `GraphQLError`."""
        if name:
            if name not in self._operations:
                raise GraphQLError(f'The document has no operation named "{name}"')
            return self._operations[name]
        if len(self._operations) != 1:
            problem = "no operation" if not self._operations else "several operations: say which one in operationName"
            raise GraphQLError(f"The document has {problem}")
        return next(iter(self._operations.values()))


class DocumentReader:
    """Reads documents for one schema and remembers those that were read last."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._known: Latest[str, ReadDocument] = Latest(MAX_KNOWN)

    def read(self, text: str) -> ReadDocument:
        """The document of a text. Raises `GraphQLError` where it cannot be parsed within the limits."""
        found = self._known.get(text)
        if found is None:
            found = ReadDocument(self._schema, _parsed(text))
            self._known.put(text, found)
        return found

    def is_valid(self, text: str) -> bool:
        """Whether a text is a document without errors."""
        try:
            return not self.read(text).errors
        except (GraphQLError, MalformedRequest):
            return False


def _parsed(text: str) -> DocumentNode:
    if len(text) > MAX_CHARACTERS:
        raise refusal(ErrorCode.OPERATION_TOO_LONG, "characters", len(text), MAX_CHARACTERS)
    tokens = count_tokens(text)  # comments count too: the parser keeps a token for each
    if tokens > MAX_TOKENS:
        raise refusal(ErrorCode.OPERATION_TOO_LONG, "tokens", tokens, MAX_TOKENS)
    try:
        return parse(text)
    except GraphQLSyntaxError as error:
        if not error.message.endswith(ABORTED):
            raise
        raise refusal(ErrorCode.OPERATION_TOO_DEEP, "brackets within each other", None, MAX_NESTING) from None


def _errors(schema: GraphQLSchema, document: DocumentNode) -> list[GraphQLError]:
    """What is over a limit, else what is against the schema: the second takes longer, and must not be for free."""
    try:
        return form_errors(document) or validate(schema, document, max_errors=MAX_ERRORS)
    except RecursionError:  # values nest too, in lists and objects
        return [refusal(ErrorCode.OPERATION_TOO_DEEP, "values within each other", None, MAX_NESTING)]
