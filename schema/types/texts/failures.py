"""What the words mean by which failures are told, for GraphQL's enums."""

from collections.abc import Mapping
from enum import Enum

from models.words import ActionErrorCode, FaultCode

FAILURE_TEXTS: Mapping[type[Enum], Mapping[str, str]] = {
    ActionErrorCode: {
        "EXPRESSION_ERROR": "A template has no value.",
        "EXECUTION_TOO_LARGE": "What the actions of an execution gave comes to more than it may keep.",
        "EXPRESSION_TOO_COSTLY": "To fill a template in would take more steps or bytes than there are for it.",
        "SECRET_UNREADABLE": "A secret cannot be decrypted, or was not read in time: the message says what to do.",
        "INVALID_CONFIG": "With its templates filled in, the configuration is not what the action type takes.",
        "SERVICE_NOT_REGISTERED": "No service of that name is registered.",
        "EMAIL_NOT_CONFIGURED": "The operator has named no server that mail goes out by.",
        "CONNECTION_ERROR": "The service could not be reached.",
        "TLS_REFUSED": "The service and we did not believe each other's certificates.",
        "HTTP_ERROR": "The service answered with a failure: see `httpStatus`.",
        "UNSUCCESSFUL": "Its `successWhen` did not hold of what came back.",
        "TOKEN_REFUSED": "The token endpoint of the service gave no token.",
        "TIMEOUT": "It took longer than it may.",
        "INVALID_RESPONSE": "The answer cannot be read.",
        "WORKER_LOST": "It was taken up again and again, and its process was lost each time.",
        "ITEMS_FAILED": "More of its items failed than it tolerates.",
        "REPEAT_EXHAUSTED": "Its `until` was not true after the last iteration.",
        "REJECTED": "An approver rejected it.",
        "RAISED": "An action `fail` of the workflow says so: see `ownCode`.",
        "SUB_WORKFLOW_FAILED": "The execution that it started failed or was cancelled.",
        "TOO_MANY_DESCENDANTS": "As many executions as may came of one and have not ended: it starts no more.",
        "TOO_DEEP": "As many executions as may are above the one that it would have started.",
        "PARENT_ENDED": "The execution that started it, or one above that, waits no more.",
        "STUCK": "Nothing could move the execution any more.",
        "CONCURRENCY_LIMIT": "It was one execution too many in its group, or had to make room for a newer one.",
        "INTERNAL_ERROR": "A fault of the orchestrator or of a plug-in.",
        "UNKNOWN": "A reason that this version of the service does not know.",
    },
    FaultCode: {
        "NEWER_EVENT": "Its journal has an event that this version does not know: a newer one goes on with it.",
        "NEWER_DEFINITION": "Its definition is of a version that is not known here: a newer one goes on with it.",
        "DAMAGED": "What is stored of it makes no sense: restore it from a backup, or cancel the execution.",
        "ENGINE_FAULT": "The service stumbled over it: the log has the fault.",
    },
}
