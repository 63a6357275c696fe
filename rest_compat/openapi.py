"""The OpenAPI document of the REST edge, complete and true: `python -m rest_compat.openapi FILE`."""

import argparse
import sys
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from models.distribution import installed_version
from rest_compat.openapi_forms import Schema, ref
from rest_compat.openapi_operations import OPERATIONS, Operation
from rest_compat.openapi_schemas import schemas

JSON = "application/json"
DESCRIPTION = (
    "The REST layer of Orchestrator, a durable workflow orchestrator. GraphQL at `/graphql` offers all of this and "
    "more, through the same functions. Every error has the same envelope, with a stable `error_code`."
)
TAGS = {
    "Workflows": "Definitions: what is to be done.",
    "Executions": "What is done, or was.",
    "Monitoring": "The service itself.",
    "Test environment": "Data to try things out on. In production these paths do not exist.",
}
MEANINGS = {
    200: "Done.",
    201: "Created.",
    202: "Accepted: it is on disk, and goes on.",
    204: "Done; there is nothing to say.",
    400: "The body cannot be parsed.",
    401: "No valid credential.",
    403: "Not allowed.",
    404: "No such object.",
    409: "The object is in another state than the operation needs.",
    413: "Over 1 MiB.",
    415: "The body is not JSON.",
    422: "A value breaks a rule; `detail` lists every fault.",
    503: "Not now: try again in a moment.",
}


COUNT: Schema = {"schema": {"type": "integer", "minimum": 0}}
RATE_LIMITED: Schema = {
    "description": "More requests than a caller may make in a minute. Where they are limited, all of these headers but "
    "the first are on every answer.",
    "headers": {
        "Retry-After": {"description": "In how many seconds the request can be repeated.", **COUNT},
        "RateLimit-Limit": {"description": "How many requests a caller may make in a minute.", **COUNT},
        "RateLimit-Remaining": {"description": "How many of them are left.", **COUNT},
        "RateLimit-Reset": {"description": "In how many seconds the oldest of those in use come back.", **COUNT},
        "RateLimit-Policy": {"description": "Limit and window, such as `100;w=60`.", "schema": {"type": "string"}},
    },
    "content": {JSON: {"schema": ref("Error")}},
}


@cache
def document() -> Schema:
    """The document. What belongs to the test environment alone is in it, and says so."""
    paths: dict[str, Schema] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Orchestrator",
            "version": installed_version(),
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "http://localhost:5080"}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": schemas(),
            "responses": {"RateLimited": RATE_LIMITED},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
                "userId": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "X-User-ID",
                    "description": "In the test environment on a loopback address only.",
                },
            },
        },
        "security": [{"bearer": []}, {"apiKey": []}, {"userId": []}],
    }


def encoded(served_at: str = "") -> bytes:
    """The document as indented JSON, with an address of its server, or a path on that from which it comes."""
    described = document() | ({"servers": [{"url": served_at}]} if served_at else {})
    return msgspec.json.format(msgspec.json.encode(described), indent=2) + b"\n"


def _operation(operation: Operation) -> Schema:
    described: Schema = {
        "operationId": operation.id,
        "summary": operation.summary,
        "tags": [operation.tag],
        "parameters": list(operation.parameters),
        "responses": _responses(operation),
    }
    if operation.takes is not None:
        content = {"schema": ref(operation.takes.__name__), "example": operation.takes_example}
        described["requestBody"] = {"content": {JSON: content}, "required": not operation.body_is_optional}
    if operation.open:
        described["security"] = [{}, {"bearer": []}, {"apiKey": []}, {"userId": []}]
    return described


def _responses(operation: Operation) -> Schema:
    responses: dict[str, Schema] = {}
    for status, schema in operation.answers.items():
        answer: Schema = {"description": MEANINGS[status]}
        if schema is not None:
            answer["content"] = {JSON: {"schema": ref(schema)}}
        if operation.links:
            answer["links"] = operation.links
        responses[str(status)] = answer
    for status in operation.errors:
        if status not in operation.answers:
            responses[str(status)] = {
                "description": MEANINGS[status],
                "content": {JSON: {"schema": ref("Error")}},
            }
    if not operation.open:
        responses["429"] = {"$ref": "#/components/responses/RateLimited"}
    return responses


def main() -> None:
    """Write the file, or with `--check` exit with 1 where it differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--check", action="store_true")
    arguments: Any = parser.parse_args()
    if not arguments.check:
        arguments.file.write_bytes(encoded())
    elif not arguments.file.exists() or arguments.file.read_bytes() != encoded():
        sys.exit(f"{arguments.file} does not describe the API any more: look at the difference, then run 'make schema'")


if __name__ == "__main__":
    main()
