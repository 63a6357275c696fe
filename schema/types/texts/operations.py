"""What the words mean by which the service tells of itself and of who came to it."""

from collections.abc import Mapping
from enum import Enum

from models.entities.operations import ComponentStatus, HealthStatus
from models.words import AuditOutcome, CircuitState, CredentialKind, NodeKind

OPERATION_TEXTS: Mapping[type[Enum], Mapping[str, str]] = {
    NodeKind: {
        "ALL": "It answers the API and carries out executions.",
        "API": "It answers the API.",
        "WORKER": "It carries out executions.",
    },
    CircuitState: {
        "CLOSED": "Calls go through.",
        "OPEN": "No call goes through.",
        "HALF_OPEN": "One call is let through, to see.",
    },
    ComponentStatus: {
        "HEALTHY": "It answers.",
        "UNHEALTHY": "It does not answer.",
        "NOT_CONFIGURED": "The service runs without it.",
    },
    HealthStatus: {
        "HEALTHY": "All that it depends on answers.",
        "DEGRADED": "It works, but something that it can do without does not answer.",
        "UNHEALTHY": "It cannot work.",
    },
    CredentialKind: {
        "BEARER": "A bearer token.",
        "API_KEY": "An API key.",
        "USER_HEADER": "`X-User-ID`, in the test environment.",
        "APPROVAL_LINK": "A link to one approval.",
        "SYSTEM": "The service itself.",
    },
    AuditOutcome: {
        "SUCCEEDED": "It was done.",
        "DENIED": "Who asked is known, and may not.",
        "UNAUTHENTICATED": "Who asked is not known.",
    },
}
