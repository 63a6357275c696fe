"""The configuration of a service call: which service, which path below its base URL, and what to send."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from engine.actions.endpoints import ENDPOINT_SAYS, SCHEME
from engine.actions.objects import ObjectOrTemplate, is_whole
from engine.actions.protocol import FILLED_IN, EndpointField, NamesService
from engine.actions.secret_fields import MayHoldSecrets
from engine.services.contents import Encoding, contradiction
from models.commands import header_names
from models.commands.validation import Command
from models.commands.workflows import MAX_KEY

IN_QUERY = frozenset({"GET", "DELETE"})
"""The methods whose `parameters` are a query; of the others they are the body."""

OPEN = "{{"
KEY_HEADER = "idempotency-key"


class ServiceCallConfig(Command):
    """Which service, which path below its base URL, and what to send."""

    service: Annotated[str, StringConstraints(min_length=1, max_length=200), NamesService()] = Field(
        description="The name by which the service is registered.", examples=["crm"]
    )
    endpoint: Annotated[str, StringConstraints(min_length=1, max_length=2048), EndpointField(), MayHoldSecrets()] = (
        Field(description=ENDPOINT_SAYS, examples=["/customers/{{customer_id}}"])
    )
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = Field("POST", description="The HTTP method.")
    query: Annotated[ObjectOrTemplate | None, MayHoldSecrets()] = Field(
        None,
        description="More of the query, beside that of the endpoint: a list repeats its key, null is left out.",
        examples=[{"page": 2, "state": ["open", "new"]}],
    )
    encoding: Encoding | None = Field(
        None,
        description="How the body is sent: bytes takes base64, form and multipart take an object. Default: json.",
    )
    body: Annotated[Any, MayHoldSecrets()] = Field(
        None, description="The body, any JSON. Default: the parameters.", examples=[[{"url": "{{document_url}}"}]]
    )
    parameters: Annotated[ObjectOrTemplate | None, MayHoldSecrets()] = Field(
        None,
        description="The query of a GET or DELETE, beside that of the endpoint; else the body.",
        examples=[{"url": "{{document_url}}"}],
    )
    idempotency_key: Annotated[str, StringConstraints(min_length=1, max_length=2048)] | None = Field(
        None,
        description="What the call sends as `Idempotency-Key`, at each attempt. Default: a key of the engine's own, "
        "another one for each piece of work.",
        examples=["order-{{order.id}}-reserve"],
    )
    headers: Annotated[dict[str, str], MayHoldSecrets()] = Field(
        default_factory=dict,
        description="Headers of the call; what the engine sets itself cannot be set here.",
        examples=[{"Authorization": "Bearer {{secrets.crm_token}}"}],
    )

    @field_validator("body")
    @classmethod
    def _body_fits_its_encoding(cls, body: Any, info: ValidationInfo) -> Any:
        encoding = info.data.get("encoding")
        is_template = isinstance(body, str) and is_whole(body)
        if encoding in ("form", "multipart") and not isinstance(body, dict) and not is_template:
            raise ValueError(f"must be an object to be sent as {encoding}: its keys are the names of the fields")
        if encoding in ("text", "bytes") and not isinstance(body, str):
            raise ValueError(f"must be a text to be sent as {encoding} (write '| string' or '| json' in a template)")
        return body

    @field_validator("parameters")
    @classmethod
    def _there_is_one_body(cls, parameters: Any, info: ValidationInfo) -> Any:
        if parameters is None or info.data.get("method") in IN_QUERY:
            return parameters
        if info.data.get("body") is not None:
            raise ValueError("are the body of this method, beside which there is one: give a query by 'query'")
        if info.data.get("encoding") in ("text", "bytes"):
            raise ValueError(f"are an object: give what is sent as {info.data['encoding']} by 'body'")
        return parameters

    @field_validator("idempotency_key")
    @classmethod
    def _key_can_be_sent(cls, key: str | None, info: ValidationInfo) -> str | None:
        if key is None or (OPEN in key and info.context is not FILLED_IN):
            return key
        if not header_names.VALUE.fullmatch(key) or len(key) > MAX_KEY:
            raise ValueError(f"must be {MAX_KEY} characters of printable ASCII at most")
        return key

    @field_validator("headers")
    @classmethod
    def _headers_are_allowed(cls, headers: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        encoding = info.data.get("encoding")
        for name, value in headers.items():
            if not header_names.NAME.fullmatch(name) or not header_names.VALUE.fullmatch(value):
                raise ValueError(f"header {name!r} is not a valid HTTP header: use printable ASCII")
            if name.lower() == KEY_HEADER and info.data.get("idempotency_key") is not None:
                raise ValueError(f"header '{name}' stands beside an idempotency_key: leave one of them out")
            if header_names.is_reserved(name) and name.lower() != KEY_HEADER:
                raise ValueError(f"header '{name}' is set by the engine or for a connection, and cannot be set here")
            if encoding is not None and (reason := _contradiction(name, value, encoding)):
                raise ValueError(f"header '{name}' {reason}")
        return headers

    @property
    def own_key(self) -> str | None:
        """The idempotency key that the call brings, by its field or by the header of that name, if it brings one."""
        in_headers = (value for name, value in self.headers.items() if name.lower() == KEY_HEADER)
        return self.idempotency_key or next(in_headers, None) or None

    @property
    def query_values(self) -> list[Any]:
        """What goes into the query beside that of the endpoint."""
        given = (self.query, self.parameters if self.method in IN_QUERY else None)
        return [values for values in given if values is not None]

    @property
    def has_body(self) -> bool:
        """Whether it sends a body."""
        return self.method not in IN_QUERY or self._gives_body

    @property
    def body_value(self) -> Any:
        """The JSON value of its body; what has none given sends an empty object."""
        if self._gives_body:
            return self.body
        return {} if self.parameters is None else self.parameters

    @property
    def _gives_body(self) -> bool:
        """A template may have made null of it, which is a body in JSON."""
        return "body" in self.model_fields_set and (self.body is not None or self.parameters is None)


def saved_faults(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the fields of a sound configuration that are refused when it is saved, and why.

    An answer may bring a URL, which is looked at when it is called; and what was saved before there were encodings is
    sent as it was.
    """
    read = ServiceCallConfig.model_validate(config)
    if SCHEME.match(read.endpoint):
        yield (
            "endpoint",
            "is a URL: register its host as a service, name that, and leave the path, such as /fetch",
        )
    if read.has_body and read.encoding is None:
        for name, value in read.headers.items():
            if reason := _contradiction(name, value, "json"):
                yield "headers", f"header '{name}' {reason}"


def _contradiction(name: str, value: str, encoding: Encoding) -> str | None:
    if header_names.read_name(name) != "content-type" or OPEN in value:
        return None
    return contradiction(value, encoding)
