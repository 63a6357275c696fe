"""Mistakes in requests of both edges, in files and on the command line: what is sent, and what has to be answered."""

from typing import Any, NamedTuple

JSON_TYPE = {"Content-Type": "application/json"}


class RequestMistake(NamedTuple):
    """A REST request: its method and path, what `httpx` sends with it, the status, and what the answer has to say."""

    method: str
    path: str
    sent: dict[str, Any]
    status: int
    says: tuple[str, ...]


class OperationMistake(NamedTuple):
    """A GraphQL operation with its variables, and what the answer has to say."""

    query: str
    variables: dict[str, Any]
    says: tuple[str, ...]


class FileMistake(NamedTuple):
    """The text of a workflow file, its ending, the place where it is wrong, and what is to be said."""

    suffix: str
    text: str
    place: str
    says: str


class CommandMistake(NamedTuple):
    """The words of a command, its exit code, and what it has to say; `{file}` is a right workflow file."""

    words: tuple[str, ...]
    code: int
    says: tuple[str, ...]


class SettingMistake(NamedTuple):
    """A setting by its name behind ORCHESTRATOR_, its value, and what is to be said of it."""

    name: str
    value: str
    says: str


def raw(content: str) -> dict[str, Any]:
    """A body that claims to be JSON."""
    return {"content": content, "headers": JSON_TYPE}


REQUESTS: tuple[RequestMistake, ...] = (
    RequestMistake("GET", "/executions", {}, 404, ("did you mean", "/openapi.json")),
    RequestMistake("GET", "/api/v1/workflows", {}, 404, ("did you mean /workflows?", "/docs")),
    RequestMistake("GET", "/workflow", {}, 404, ("did you mean /workflows?",)),
    RequestMistake("PATCH", "/workflows/{workflow}", {"json": {}}, 405, ("This path takes", "PUT")),
    RequestMistake("GET", "/workflows/{workflow}/execute", {}, 405, ("This path takes", "POST")),
    RequestMistake("GET", "/workflows?pageSize=1", {}, 422, ("pageSize", "did you mean 'page_size'?")),
    RequestMistake("GET", "/workflows?limit=1", {}, 422, ("limit", "did you mean 'page_size'?")),
    RequestMistake("GET", "/workflows?page=0", {}, 422, ("page", "greater than or equal to 1")),
    RequestMistake("GET", "/workflows?page_size=101", {}, 422, ("page_size", "less than or equal to 100")),
    RequestMistake("GET", "/workflows?page_size=ten", {}, 422, ("page_size", "valid integer")),
    RequestMistake("GET", "/workflows?status=on", {}, 422, ("status", "'active'")),
    RequestMistake("GET", "/workflows?tags_mode=or", {}, 422, ("tags_mode", "'any'")),
    RequestMistake("GET", "/workflows/search", {}, 422, ("q", "field required")),
    RequestMistake("GET", "/workflows/search?query=x", {}, 422, ("query", "did you mean 'q'?")),
    RequestMistake("GET", "/workflows/search?q=%20", {}, 422, ("q", "send the words to search for")),
    RequestMistake("GET", "/workflows/activity?since=yesterday", {}, 422, ("since", "2026")),
    RequestMistake("GET", "/workflows/{workflow}/executions?state=x", {}, 422, ("state", "did you mean 'status'?")),
    RequestMistake("DELETE", "/workflows/{workflow}?cancelRunning=true", {}, 422, ("did you mean 'cancel_running'?",)),
    RequestMistake("DELETE", "/workflows/{workflow}?cancel_running=yes", {}, 422, ("must be true or false",)),
    RequestMistake("GET", "/workflows/Greeting", {}, 404, ("not found: Greeting", "takes an id")),
    RequestMistake("GET", "/workflows/executions/exec_0", {}, 404, ("Execution not found: exec_0",)),
    RequestMistake("POST", "/workflows", {"json": {"name": "Taken"}}, 409, ("already exists", "or update wf_")),
    RequestMistake("POST", "/workflows", raw('{"name": "x", "name": "y"}'), 422, ("name", "stands twice", "remove")),
    RequestMistake("POST", "/workflows", raw('{"name": "x",}'), 400, ("not valid JSON", "line 1 column 14")),
    RequestMistake("POST", "/workflows", raw("[]"), 422, ("must be a JSON object",)),
    RequestMistake(
        "POST",
        "/workflows",
        {"content": "name: x", "headers": {"Content-Type": "text/yaml"}},
        415,
        ("must be application/json, not text/yaml",),
    ),
    RequestMistake("POST", "/workflows/{workflow}/execute", {"json": {"params": {}}}, 422, ("mean 'parameters'?",)),
    RequestMistake("POST", "/workflows/{workflow}/execute", {"json": {"async": True}}, 422, ("'async_execution'?",)),
    RequestMistake("POST", "/workflows/{workflow}/execute", {"json": {"label": {}}}, 422, ("did you mean 'labels'?",)),
    RequestMistake(
        "POST",
        "/workflows/{workflow}/execute",
        {"json": {"labels": {"two words": "x", "orchestrator/x": "x", "number": 1}}},
        422,
        ("two words", "begins with a letter or a digit", "orchestrator/x", "choose another one", "a value is a text"),
    ),
    RequestMistake(
        "POST", "/workflows/{workflow}/execute", {"json": {"labels": ["a"]}}, 422, ("labels", "must be a JSON object")
    ),
    RequestMistake(
        "PATCH", "/workflows/executions/exec_0/labels", {"json": {"a": "b"}}, 422, ("unknown field", "set, remove")
    ),
    RequestMistake("PUT", "/workflows/executions/exec_0/labels", {"json": {}}, 405, ("This path takes", "PATCH")),
    RequestMistake("POST", "/workflows/{workflow}/execute", {"json": {}}, 422, ("who", "field required")),
    RequestMistake(
        "POST", "/workflows/{workflow}/execute", {"json": {"parameters": {"who": 1}}}, 422, ("who", "a JSON string")
    ),
    RequestMistake(
        "POST",
        "/workflows/{workflow}/execute",
        {"json": {"parameters": {"who": "x", "whom": "y"}}},
        202,
        ("Unknown parameter: whom", "did you mean 'who'?"),
    ),
    RequestMistake(
        "POST",
        "/workflows/{workflow}/execute",
        {"json": {"parameters": {"who": "x"}, "callback_url": "example.org"}},
        422,
        ("callback_url", "http or https URL"),
    ),
    RequestMistake(
        "POST", "/workflows/from-template", {"json": {"template_name": "x"}}, 404, ("known are document_analysis",)
    ),
    RequestMistake("GET", "/workflows", {"headers": {"X-User-ID": ""}}, 401, ("A user id has 1 to 200 characters",)),
)

CREATE = (
    "mutation ($input: CreateWorkflowInput!) { createWorkflow(input: $input) { userErrors { message path hint } } }"
)
FIND = "query ($filter: ExecutionFilterInput) { executions(filter: $filter) { nodes { id } } }"
EXECUTE = "mutation ($input: ExecuteWorkflowInput!) { executeWorkflow(input: $input) { userErrors { message hint } } }"

OPERATIONS: tuple[OperationMistake, ...] = (
    OperationMistake("{ workflow }", {}, ("workflow", "selection of subfields")),
    OperationMistake("{ workflos { nodes { id } } }", {}, ("workflos", "Did you mean 'workflow' or 'workflows'")),
    OperationMistake("{ workflows { nodes { nmae } } }", {}, ("nmae", "Did you mean 'name'")),
    OperationMistake("{ workflows(limit: 1) { nodes { id } } }", {}, ("Unknown argument 'limit'",)),
    OperationMistake('{ workflows(after: "x") { nodes { id } } }', {}, ("is no cursor of this list",)),
    OperationMistake("{ workflows(first: 1000) { nodes { id } } }", {}, ("first", "100")),
    OperationMistake("{ workflows(first: 1, last: 1) { nodes { id } } }", {}, ("give first or last, not both",)),
    OperationMistake(CREATE, {"input": {"name": "x", "steps": []}}, ("unknown field 'steps'", "Did you mean")),
    OperationMistake(CREATE, {"input": {"name": "Taken"}}, ("already exists", "choose another name, or update wf_")),
    OperationMistake(CREATE, {}, ("$input", "to be provided")),
    OperationMistake(FIND, {"filter": {"text": " "}}, ("filter.text", "send the text to look for")),
    OperationMistake(FIND, {"filter": {"labels": [{"value": "x"}]}}, ("key", "required")),
    OperationMistake(FIND, {"filter": {"waitReason": ["CONCURRENCY"]}}, ("kept nowhere", "ask for one of", "APPROVAL")),
    OperationMistake(
        FIND, {"filter": {"duration": {"minSeconds": 2, "maxSeconds": 1}}}, ("must not be above the upper one",)
    ),
    OperationMistake("{ executionsGroupedBy(field: LABEL) { counted } }", {}, ("labelKey", "of which label")),
    OperationMistake(EXECUTE, {"input": {"id": "Greeting"}}, ("not found: Greeting", "takes an id")),
    OperationMistake("{ workflows { nodes { id } }", {}, ("Expected Name", "<EOF>")),
)

ACTIONS = "actions:\n- action_id: a\n  action_type: notification\n  config:\n    message: "

FILES: tuple[FileMistake, ...] = (
    FileMistake("yaml", "name: one\nname: two\nactions: []\n", "2:1", "name: this key stands twice"),
    FileMistake("json", '{"name": "one", "name": "two"}', "1:17", "name: this key stands twice"),
    FileMistake("yaml", f"name: x\n{ACTIONS}{{{{who}}}}\n", "6:15", "put quotes around a text that begins with {{"),
    FileMistake("yaml", f"name: x\n{ACTIONS}{{{{who}}}}, hi\n", "6:21", "put quotes around a text that begins with {{"),
    FileMistake("yaml", "name: x\n\tactions: []\n", "2:1", "cannot start any token"),
    FileMistake("yaml", "name: x\nactions: [\n", "3:1", "not valid YAML"),
    FileMistake("yaml", "name: !secret x\n", "1:7", "means nothing in JSON: remove it"),
    FileMistake("yaml", "name: x\n1: y\n", "2:1", "a key must be a text: put quotes around it"),
    FileMistake("yaml", "- name: x\n", "1:1", "must begin with name: and actions:"),
    FileMistake("json", "[]", "1:1", "must begin with name: and actions:"),
    FileMistake("yaml", "", "1:1", "the file is empty: it must begin with name: and actions:"),
    FileMistake("yaml", "# later\n", "1:1", "the file is empty"),
    FileMistake("json", " \n", "1:1", "the file is empty"),
    FileMistake("yaml", "name: yes\nactions: []\n", "1:7", "YAML reads yes as true: put quotes around it"),
    FileMistake("yaml", "name: 7\nactions: []\n", "1:7", "valid string: put quotes around it"),
    FileMistake("json", '{"name": "x",}', "1:14", "this is not valid JSON"),
    FileMistake("json", "name: x", "1:1", "this is not valid JSON"),
    FileMistake("yaml", "nmae: x\nname: y\n", "1:1", "did you mean 'name'?"),
)

COMMANDS: tuple[CommandMistake, ...] = (
    CommandMistake(("rnu",), 2, ("No such command 'rnu'",)),
    CommandMistake(("run", "{file}", "-p", "whom=y"), 2, ("whom", "did you mean 'who'?")),
    CommandMistake(("run", "{file}", "-p", "who"), 2, ("who", "write parameters as name=value")),
    CommandMistake(("run", "{file}", "-p", "who=x", "-p", "times=x"), 2, ("times: must be an integer, not 'x'",)),
    CommandMistake(("run", "{file}", "-p", "who=x", "-p", "who=y"), 2, ("who: the parameter is given twice",)),
    CommandMistake(("run", "{file}", "-p", "who=x", "--label", "team"), 2, ("team: write labels as key=value",)),
    CommandMistake(
        ("run", "{file}", "-p", "who=x", "--label", "-a=b", "--label", "c=" + "d" * 256),
        2,
        ("labels.-a: a key has", "labels.c: a value has 255 characters at most"),
    ),
    CommandMistake(("run", "{file}"), 2, ("error: parameter 'who' is required: -p who=...",)),
    CommandMistake(("run", "gone.yaml"), 2, ("gone.yaml", "does not exist")),
    CommandMistake(("validate", "gone.yaml"), 2, ("gone.yaml", "does not exist")),
    CommandMistake(("validate",), 2, ("Missing argument 'FILE...'",)),
    CommandMistake(("dev", "--port", "x"), 2, ("--port", "'x' is not a valid integer")),
    CommandMistake(("dev", "--port", "70000"), 2, ("--port", "0<=x<=65535")),
    CommandMistake(("serve", "--prot", "1"), 2, ("No such option", "--port")),
    CommandMistake(("api-key", "create"), 2, ("Missing option",)),
)

SETTINGS: tuple[SettingMistake, ...] = (
    SettingMistake("PORT", "x", "PORT"),
    SettingMistake("PORT", "70000", "65535"),
    SettingMistake("ENVIRONMENT", "prod", "production"),
    SettingMistake("SERVICES", "x", "SERVICES"),
    SettingMistake("SERVICES", '{"crm": {}}', "url"),
    SettingMistake("SERVICES", '{"crm": {"url": "x"}}', "http"),
    SettingMistake("DATABASE_URL", "mysql://x/y", "postgresql+asyncpg"),
    SettingMistake("JWT_SECRET", "short", "32"),
    SettingMistake("ENCRYPTION_KEYS", "x", "32"),
    SettingMistake("CALLBACK_SECRETS", "x", "whsec_"),
    SettingMistake("ALLOW_PRIVATE_NETWORKS", "x", "network"),
    SettingMistake("JWT_JWKS_URL", "ftp://issuer/keys", "http"),
    SettingMistake("CONCURRENCY", "0", "CONCURRENCY"),
    SettingMistake("REDIS_URL", "x", "redis://"),
)
