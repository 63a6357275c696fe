"""Every expected failure as a typed error with a stable code, the same word on both edges.

OrchestratorError
  ├── InvalidInput             422  a value is wrong; lists every fault
  │     └── IdempotencyKeyReused
  ├── MalformedRequest         400  the body cannot be read at all
  ├── Unauthenticated          401  who are you
  ├── PermissionDenied         403  you may not
  ├── DocumentNotTrusted       403  only known documents are served here
  ├── NotFound                 404  no such object (or not yours to see); VersionNotFound: see entities/workflows.py
  ├── Gone, ApprovalLinkEnded  410  it was here, and its time is over
  │     └── ExecutionDeleted, CursorExpired: see retention_errors.py
  ├── Conflict                 409  the object is in another state than the operation needs
  │     ├── NameTaken, VersionMismatch, WorkflowNotActive, ExecutionFinished, ConcurrencyLimitReached, ApiKeyNotActive,
  │     ├── ServiceNameTaken, TooManyServices: see commands/services.py; NotDeletable: see retention_errors.py
  │     ├── Unreadable
  │     └── NotWaiting, AlreadyDecided, MailboxFull; ActionNotResolvable: see commands/by_hand.py
  ├── SecretsNotConfigured     503  the operator has set no key to encrypt secrets by
  ├── PersistedQueryNotFound   400  the hash is not known yet: send the text with it
  ├── PayloadTooLarge          413  over a documented size limit
  ├── UnsupportedMediaType     415  not JSON
  ├── RateLimited              429  more than a minute's worth of requests
  ├── TooManyConnections       429  more open WebSockets and streams than one caller may have
  ├── OperationTimedOut        503  took longer than an operation may
  └── Unavailable              503  try again in a moment
"""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from models.error_codes import ErrorCode
from models.faults import MAX_FAULTS, Fault, sentence, shown, some
from models.ids import WORKFLOW_PREFIX
from models.words import FaultCode


class OrchestratorError(Exception):
    """The root of all expected failures. `message` is meant for the caller and never holds internals.

    `hint` says what to do, where the documented message does not: both edges tell it beside that.
    `retry_after_seconds` says when repeating the request may help, where that is known.
    """

    code: ClassVar[ErrorCode]
    http_status: ClassVar[int]
    hint: str = ""
    retry_after_seconds: int | None = None

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidInput(OrchestratorError):
    """The input breaks a rule. `faults` holds all of them, never only the first; of very many as many as are read.

    No more are taken from the given `faults`, and long names and messages are cut: a wrong input of a megabyte has
    hundreds of thousands of faults, each of which may quote what it is about.
    """

    code = ErrorCode.VALIDATION_ERROR
    http_status = 422

    def __init__(self, faults: Iterable[Fault]) -> None:
        told = [shown(fault) for fault in some(faults)]
        if len(told) > MAX_FAULTS:
            message = f"there are more than these {MAX_FAULTS} faults: mend them first"
            told[MAX_FAULTS:] = [Fault(told[0].loc[:1], message, "value_error.more")]
        super().__init__("; ".join(map(sentence, told)))
        self.faults = tuple(told)


class IdempotencyKeyReused(InvalidInput):
    """The idempotency key was used before for another request (decision E16)."""

    code = ErrorCode.IDEMPOTENCY_KEY_REUSED


class MalformedRequest(OrchestratorError):
    """The request cannot be parsed, so nothing can be said about its fields."""

    code = ErrorCode.MALFORMED_REQUEST
    http_status = 400


class Unauthenticated(OrchestratorError):
    """No valid credential came with the request."""

    code = ErrorCode.UNAUTHENTICATED
    http_status = 401


class PermissionDenied(OrchestratorError):
    """The caller is known and may not do this. `is_audited` where the audit log has it already."""

    code = ErrorCode.PERMISSION_DENIED
    http_status = 403
    is_audited = False


class NotFound(OrchestratorError):
    """No such object in the caller's tenant."""

    code = ErrorCode.NOT_FOUND
    http_status = 404


class WorkflowNotFound(NotFound):
    """No such workflow in the caller's tenant, or it was deleted."""

    code = ErrorCode.WORKFLOW_NOT_FOUND

    def __init__(self, workflow_id: str) -> None:
        super().__init__(f"Workflow not found: {workflow_id}")
        if not workflow_id.startswith(WORKFLOW_PREFIX):
            self.hint = f"this takes an id, {WORKFLOW_PREFIX}..., which a search by the name tells"


class TemplateNotFound(NotFound):
    """No such template in the library (decision W11)."""

    code = ErrorCode.TEMPLATE_NOT_FOUND

    def __init__(self, template_name: str, known: Sequence[str]) -> None:
        super().__init__(f"Workflow template not found: {template_name}; known are {', '.join(known)}")


class ExecutionNotFound(NotFound):
    """No such execution in the caller's tenant."""

    code = ErrorCode.EXECUTION_NOT_FOUND

    def __init__(self, execution_id: str) -> None:
        super().__init__(f"Execution not found: {execution_id}")


class ScenarioNotFound(NotFound):
    """No such scenario of test data."""

    code = ErrorCode.SCENARIO_NOT_FOUND

    def __init__(self, scenario: str, known: Sequence[str]) -> None:
        super().__init__(f"Scenario not found: {scenario}; known are {', '.join(known)}")


class CallbackDeliveryNotFound(NotFound):
    """No such delivery of a callback in the caller's tenant."""

    code = ErrorCode.CALLBACK_DELIVERY_NOT_FOUND

    def __init__(self, delivery_id: str) -> None:
        super().__init__(f"Callback delivery not found: {delivery_id}")


class ApiKeyNotFound(NotFound):
    """No such API key in the caller's tenant, or it is not the caller's to manage."""

    code = ErrorCode.API_KEY_NOT_FOUND

    def __init__(self, key_id: str) -> None:
        super().__init__(f"API key not found: {key_id}")


class SecretNotFound(NotFound):
    """The caller's tenant has no such secret."""

    code = ErrorCode.SECRET_NOT_FOUND

    def __init__(self, name: str) -> None:
        super().__init__(f"Secret not found: {name}")


class ApprovalLinkNotFound(NotFound):
    """No such link in the caller's tenant, or it is not the caller's to see."""

    code = ErrorCode.APPROVAL_LINK_NOT_FOUND

    def __init__(self, link_id: str) -> None:
        super().__init__(f"Approval link not found: {link_id}")


class ApprovalLinkEnded(OrchestratorError):
    """A link that was made here is of no use any more, for good."""

    code = ErrorCode.APPROVAL_LINK_ENDED
    http_status = 410

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason}: ask for a new one")


class Conflict(OrchestratorError):
    """The object is in another state than the operation needs."""

    http_status = 409


class NameTaken(Conflict):
    """Another workflow of the same owner has this name (decision W1)."""

    code = ErrorCode.NAME_TAKEN

    def __init__(self, name: str, workflow_id: str | None = None) -> None:
        super().__init__(f"Workflow with name '{name}' already exists")
        other = "it" if workflow_id is None else workflow_id
        self.hint = f"choose another name, or update {other}"


class VersionMismatch(Conflict):
    """The workflow changed since the caller read it (decision W5)."""

    code = ErrorCode.VERSION_MISMATCH

    def __init__(self, expected: str, actual: str) -> None:
        super().__init__(f"The workflow is at version {actual}, not {expected}: read it again, then repeat the change")


class WorkflowNotActive(Conflict):
    """Only an active workflow can be executed (decision E4)."""

    code = ErrorCode.WORKFLOW_NOT_ACTIVE

    def __init__(self, workflow_id: str, status: str) -> None:
        super().__init__(f"Workflow {workflow_id} is {status}: set its status to active before executing it")


class ExecutionFinished(Conflict):
    """The execution is in a terminal state already (decision E10)."""

    code = ErrorCode.EXECUTION_FINISHED

    def __init__(self, status: str) -> None:
        super().__init__(f"Execution already {status}")
        self.status = status


class ExecutionNotFinished(Conflict):
    """Only an execution that has ended can be done over."""

    code = ErrorCode.EXECUTION_NOT_FINISHED

    def __init__(self, execution_id: str, status: str) -> None:
        super().__init__(f"Execution {execution_id} is {status}: wait for its end, or cancel it, and then repeat this")


class Unreadable(Conflict):
    """This version cannot read what is stored: a newer one wrote it, or it is damaged. It harms what it is of alone."""

    code = ErrorCode.UNREADABLE

    def __init__(self, fault: FaultCode, what: str) -> None:
        super().__init__(f"{what}: {WHAT_TO_DO[fault]}")
        self.fault = fault


WHAT_TO_DO = {
    FaultCode.NEWER_EVENT: "a newer version wrote it, and goes on with it",
    FaultCode.NEWER_DEFINITION: "a newer version wrote it, and goes on with it",
    FaultCode.DAMAGED: "restore it from a backup, or cancel the execution",
    FaultCode.ENGINE_FAULT: "the log has it, and it is tried again",
}


class NotWaiting(Conflict):
    """Nothing waits for what was sent."""

    code = ErrorCode.NOT_WAITING


class AlreadyDecided(Conflict):
    """The caller has decided this approval before."""

    code = ErrorCode.ALREADY_DECIDED

    def __init__(self) -> None:
        super().__init__("You have decided this already: each approver decides once")


class MailboxFull(Conflict):
    """An execution has as many messages as it may that nobody waits for."""

    code = ErrorCode.MAILBOX_FULL

    def __init__(self, execution_id: str, allowed: int) -> None:
        super().__init__(f"{allowed:,} messages wait in {execution_id} that no action has taken: send no more")


class ConcurrencyLimitReached(Conflict):
    """As many executions of the group are queued or running as may be, and the workflow says to refuse more."""

    code = ErrorCode.CONCURRENCY_LIMIT

    def __init__(self, workflow_id: str, key: str, limit: int) -> None:
        super().__init__(f"{limit_reached(workflow_id, key, limit)}: try again when one of them has ended")


def limit_reached(workflow_id: str, key: str, limit: int) -> str:
    """Say that a group, whose `key` is empty where it is the whole workflow, is full."""
    group = f" with the concurrency key '{key}'" if key else ""
    return f"Workflow {workflow_id} has {limit} executions{group} at work or queued, and its limit is {limit}"


class ApiKeyNotActive(Conflict):
    """An API key that was revoked or has expired cannot be rotated."""

    code = ErrorCode.API_KEY_NOT_ACTIVE

    def __init__(self, key_id: str, state: str) -> None:
        super().__init__(f"API key {key_id} {state}: create another one")


class PayloadTooLarge(OrchestratorError):
    """The request is over a documented limit (decision W13)."""

    code = ErrorCode.PAYLOAD_TOO_LARGE
    http_status = 413


class AnswerTooLarge(OrchestratorError):
    """What was asked for has more bytes than an answer may have."""

    code = ErrorCode.ANSWER_TOO_LARGE
    http_status = 422

    def __init__(self, most: int) -> None:
        ask = "ask for fewer at a time, or read the journal of an execution in parts, by `executionEvents`"
        super().__init__(f"The answer would have more than {most:,} bytes: {ask}")


class UnsupportedMediaType(OrchestratorError):
    """The body is of another type than JSON."""

    code = ErrorCode.UNSUPPORTED_MEDIA_TYPE
    http_status = 415


class RateLimited(OrchestratorError):
    """The caller has used up what may be asked for in a minute (decision X5). Nothing of this was done."""

    code = ErrorCode.RATE_LIMITED
    http_status = 429

    def __init__(self, limit: int, retry_after_seconds: int) -> None:
        super().__init__(f"More than {limit} requests in a minute: try again in {retry_after_seconds} seconds")
        self.retry_after_seconds = retry_after_seconds


class TooManyConnections(OrchestratorError):
    """The caller has as many WebSockets and streams open as one may have (FAULTS S14)."""

    code = ErrorCode.TOO_MANY_CONNECTIONS
    http_status = 429

    def __init__(self, most: int) -> None:
        super().__init__(f"You have {most} WebSockets and streams open: close one before you open another")


class Unavailable(OrchestratorError):
    """The service cannot do this now; repeating the request later is safe."""

    code = ErrorCode.UNAVAILABLE
    http_status = 503
    retry_after_seconds = 1


class SecretsNotConfigured(OrchestratorError):
    """Secrets are kept encrypted alone, and there is no key: only the operator can mend that."""

    code = ErrorCode.SECRETS_NOT_CONFIGURED
    http_status = 503

    def __init__(self) -> None:
        super().__init__(
            "Secrets cannot be kept here: the operator has to set ORCHESTRATOR_ENCRYPTION_KEYS, to 32 random bytes in "
            "base64"
        )


class PersistedQueryNotFound(OrchestratorError):
    """Nobody has sent the text to this hash yet. The message is the one that clients look for."""

    code = ErrorCode.PERSISTED_QUERY_NOT_FOUND
    http_status = 400

    def __init__(self) -> None:
        super().__init__("PersistedQueryNotFound")


class DocumentNotTrusted(OrchestratorError):
    """This service takes the documents of its list and no others."""

    code = ErrorCode.DOCUMENT_NOT_TRUSTED
    http_status = 403


class OperationTimedOut(OrchestratorError):
    """The operation was cancelled, and all work for it."""

    code = ErrorCode.OPERATION_TIMED_OUT
    http_status = 503
