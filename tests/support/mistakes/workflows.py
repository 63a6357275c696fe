"""Mistakes in the body of a workflow, the same at REST, GraphQL and `validate`: where, and what to do about it."""

from typing import Any, NamedTuple

Json = dict[str, Any]


class BodyMistake(NamedTuple):
    """What is sent in place of the fields of a right body, where the fault is, and what its text has to say."""

    fields: Json
    place: str
    says: str


class SavedMistake(NamedTuple):
    """What is saved with a warning: its fields, the place, the stable code, and what the text has to say."""

    fields: Json
    place: str
    code: str
    says: str


def action(**fields: Any) -> Json:
    """The one action of a workflow: a notification where nothing else is said."""
    return {"actions": [{"action_id": "a", "action_type": "notification", "config": {"message": "Hi"}, **fields}]}


def told(message: str, *more: Json, **fields: Any) -> Json:
    """A workflow with the parameter `who`, whose first action `a` tells a text, and whose others are given."""
    given = action(config={"message": message}, **fields)["actions"]
    return {"parameters": [{"name": "who", "type": "string", "required": True}], "actions": [*given, *more]}


def after(message: str, **fields: Any) -> Json:
    """A workflow whose second action `b` tells a text of what came of the first one."""
    return told("Hi", {"action_id": "b", "action_type": "notification", "config": {"message": message}}, **fields)


def call(**config: Any) -> Json:
    """One call of a service."""
    return action(action_type="service_call", config={"service": "crm", "endpoint": "/x", **config})


def takes(**parameter: Any) -> Json:
    """One parameter."""
    return {"parameters": [{"name": "p", "type": "string", **parameter}]}


BODIES: tuple[BodyMistake, ...] = (
    BodyMistake({"name": ""}, "name", "at least 1 character"),
    BodyMistake({"name": "   "}, "name", "must not be blank"),
    BodyMistake({"name": 7}, "name", "valid string"),
    BodyMistake({"name": "x" * 201}, "name", "at most 200 characters"),
    BodyMistake({"title": "x"}, "title", "did you mean 'name'?"),
    BodyMistake({"steps": []}, "steps", "did you mean 'actions'?"),
    BodyMistake({"params": []}, "params", "did you mean 'parameters'?"),
    BodyMistake({"timeoutSeconds": 5}, "timeoutSeconds", "did you mean 'timeout_seconds'?"),
    BodyMistake({"timeout_seconds": 0}, "timeout_seconds", "greater than or equal to 1"),
    BodyMistake({"timeout_seconds": "5"}, "timeout_seconds", "valid integer"),
    BodyMistake({"timeout_seconds": 604_801}, "timeout_seconds", "less than or equal to 604800"),
    BodyMistake({"status": "on"}, "status", "'active', 'inactive' or 'draft'"),
    BodyMistake({"tags": "a,b"}, "tags", "valid list"),
    BodyMistake({"tags": [""]}, "tags.0", "at least 1 character"),
    BodyMistake({"concurrency": {"max": 1}}, "concurrency.max", "known are key, limit, on_limit"),
    BodyMistake({"concurrency": {"limit": 0}}, "concurrency.limit", "greater than or equal to 1"),
    BodyMistake({"concurrency": {"limit": 1, "key": "{{gone}}"}}, "concurrency.key", "names no parameter"),
    BodyMistake({"retention": {"days": 1}}, "retention.days", "known are completed, failed"),
    BodyMistake({"retention": {"completed": "soon"}}, "retention.completed", "write a number and s, m, h, d or w"),
    BodyMistake({"retention": "7d"}, "retention", 'write retention: {completed: "7d"}'),
    BodyMistake({"outputs": {"a b": 1}}, "outputs.a b.[key]", "must begin with a letter or _"),
    BodyMistake({"outputs": {"x": "{{a >}}"}}, "outputs.x", "a value is missing at character 4"),
    BodyMistake({"outputs": {"x": "{{secrets.k}}"}}, "outputs.x", "must not use secrets"),
    BodyMistake(takes(default="x"), "parameters.0.default", "did you mean 'default_value'?"),
    BodyMistake(takes(enum=["x"]), "parameters.0.enum", "did you mean 'allowed_values'?"),
    BodyMistake(takes(type="text"), "parameters.0.type", "did you mean 'string'?"),
    BodyMistake(takes(type="int"), "parameters.0.type", "did you mean 'integer'?"),
    BodyMistake(takes(type="str"), "parameters.0.type", "'array' (did you mean 'string'?)"),
    BodyMistake(takes(name="first name"), "parameters.0.name", "must begin with a letter or _"),
    BodyMistake(takes(name="secrets"), "parameters.0.name", "reserved for template paths: choose another name"),
    BodyMistake(takes(default_value=3), "parameters.0.default_value", "is no string"),
    BodyMistake(takes(allowed_values=[1]), "parameters.0.allowed_values", "which is no string"),
    BodyMistake(takes(default_value="c", allowed_values=["a"]), "parameters.0.allowed_values", "not among"),
    BodyMistake(takes(regex="x"), "parameters.0.regex", "did you mean 'pattern'?"),
    BodyMistake(takes(type="integer", min=1), "parameters.0.min", "did you mean 'minimum'?"),
    BodyMistake(takes(minimum=1), "parameters.0.minimum", "of string there can be min_length, max_length, pattern"),
    BodyMistake(takes(type="object", max_length=1), "parameters.0.max_length", "of object there can be schema"),
    BodyMistake(takes(type="integer", minimum=1.5), "parameters.0.minimum", "1.5 is no integer"),
    BodyMistake(takes(min_length=3, max_length=2), "parameters.0.max_length", "is less than min_length 3"),
    BodyMistake(takes(pattern="[a-"), "parameters.0.pattern", "is no pattern of RE2: missing ]"),
    BodyMistake(takes(pattern="(?=a)"), "parameters.0.pattern", "there is no look-around"),
    BodyMistake(takes(pattern="(a)\\1"), "parameters.0.pattern", "there are no back-references"),
    BodyMistake(takes(format="mail"), "parameters.0.format", "did you mean 'email'?"),
    BodyMistake(takes(format="date", default_value="1.2.2026"), "parameters.0.default_value", "must be a date, such"),
    BodyMistake(takes(max_length=1, allowed_values=["a", "bc"]), "parameters.0.allowed_values", "at most 1 character"),
    BodyMistake(takes(schema={}), "parameters.0.schema", "is for object and array alone"),
    BodyMistake(takes(type="array", schema={"items": {"type": "text"}}), "parameters.0.schema.items.type", "no type"),
    BodyMistake(takes(type="object", schema={"definitions": {}}), "parameters.0.schema.definitions", "write $defs"),
    BodyMistake(takes(type="object", json_schema={}), "parameters.0.json_schema", "did you mean 'schema'?"),
    BodyMistake(takes(type="object", properties={}), "parameters.0.properties", "did you mean 'schema'?"),
    BodyMistake(takes(secret_hint=True, multiline=True), "parameters.0.secret_hint", "does not go with multiline"),
    BodyMistake({"parameters": [*takes()["parameters"] * 2]}, "parameters.1.name", "'p' is defined twice"),
    BodyMistake({"parameters": ["p"]}, "parameters.0", "must be a JSON object"),
    BodyMistake({"parameters": {"who": "string"}}, "parameters", "write parameters: [{name: who, type: string}]"),
    BodyMistake({"actions": {"a": {}}}, "actions", "write actions: [{action_id: hello, action_type: notification"),
    BodyMistake({"concurrency": 1}, "concurrency", "write concurrency: {limit: 1}"),
    BodyMistake(action(for_each=[1, 2]), "actions.0.for_each", "write for_each: {in: [...]}"),
    BodyMistake(action(retry=3), "actions.0.retry", "write retry: {max_attempts: 3}"),
    BodyMistake({"actions": [{}]}, "actions.0.action_id", "field required"),
    BodyMistake({"actions": [*action()["actions"] * 2]}, "actions.1.action_id", "is used twice"),
    BodyMistake(action(id="b"), "actions.0.id", "did you mean 'action_id'?"),
    BodyMistake(action(actionId="b"), "actions.0.actionId", "did you mean 'action_id'?"),
    BodyMistake(action(needs=["b"]), "actions.0.needs", "did you mean 'depends_on'?"),
    BodyMistake(action(condition="x"), "actions.0.condition", "did you mean 'when'?"),
    BodyMistake(action(action_type="notificaton"), "actions.0.action_type", "did you mean 'notification'?"),
    BodyMistake(action(action_type="http"), "actions.0.action_type", "did you mean 'service_call'?"),
    BodyMistake(action(action_type="request"), "actions.0.action_type", "did you mean 'service_call'?"),
    BodyMistake(
        action(action_type="quantum"), "actions.0.action_type", "known are approval, fail, finish, notification"
    ),
    BodyMistake(action(depends_on=["gone"]), "actions.0.depends_on.0", "is no action of this workflow"),
    BodyMistake(action(depends_on=["a"]), "actions.0.depends_on.0", "cannot depend on itself"),
    BodyMistake(action(config={"message": "{{a.response}}"}), "actions.0.config", "cannot use its own result"),
    BodyMistake(action(on_error="ignore"), "actions.0.on_error", "'fail' or 'continue'"),
    BodyMistake(action(retry={"retries": 3}), "actions.0.retry.retries", "did you mean 'max_attempts'?"),
    BodyMistake(action(retry={"max_attempts": 0}), "actions.0.retry.max_attempts", "greater than or equal to 1"),
    BodyMistake(action(when="{{a ==}}"), "actions.0.when", "a value is missing"),
    BodyMistake(action(when="yes"), "actions.0.when", "one whole expression such as"),
    BodyMistake(action(run_if="never"), "actions.0.run_if", "'any_success'"),
    BodyMistake(action(run_if="all_failed"), "actions.0.run_if", "name that in depends_on"),
    BodyMistake(action(for_each={"in": "1,2"}), "actions.0.for_each.in", "must be a list, or one whole expression"),
    BodyMistake(action(for_each={"in": [], "as": "a"}), "actions.0.for_each.as", "give it another name by as"),
    BodyMistake(action(for_each={"items": []}), "actions.0.for_each.items", "did you mean 'in'?"),
    BodyMistake(action(repeat={"until": "done"}), "actions.0.repeat.until", "one whole expression such as"),
    BodyMistake(action(config={"text": "Hi"}), "actions.0.config.text", "did you mean 'message'?"),
    BodyMistake(action(config={}), "actions.0.config.message", "field required"),
    BodyMistake(action(config={"message": "Hi", "level": "warn"}), "actions.0.config.level", "'warning'"),
    BodyMistake(action(action_type="wait", config={}), "actions.0.config", "needs one of seconds, until and signal"),
    BodyMistake(action(action_type="wait", config={"duration": 5}), "actions.0.config.duration", "mean 'seconds'?"),
    BodyMistake(action(action_type="wait", config={"seconds": "5s"}), "actions.0.config.seconds", "must be a number"),
    BodyMistake(action(action_type="wait", config={"until": "noon"}), "actions.0.config.until", "such as 2026-01-31T"),
    BodyMistake(
        action(action_type="approval", config={"message": "?", "approvers": ["x"], "quorum": 2}),
        "actions.0.config.quorum",
        "only 1 approvers",
    ),
    BodyMistake(call(endpoint="https://crm.example.org/x"), "actions.0.config.endpoint", "register its host"),
    BodyMistake(call(method="get"), "actions.0.config.method", "did you mean 'GET'?"),
    BodyMistake(call(service_name="crm"), "actions.0.config.service_name", "did you mean 'service'?"),
    BodyMistake(call(payload={}), "actions.0.config.payload", "did you mean 'body'?"),
    BodyMistake(call(headers={"Host": "x"}), "actions.0.config.headers", "cannot be set here"),
    BodyMistake(
        {"on_exit": action(compensate={"action_type": "transform"})["actions"]}, "on_exit.0.compensate", "leave"
    ),
)
"""What is refused."""

RIGHT_IN_GRAPHQL = frozenset({"timeoutSeconds", "tags", "actions.0.actionId"})
"""The places of what GraphQL spells so, or makes a list of."""

SAVED: tuple[SavedMistake, ...] = (
    SavedMistake({"actions": []}, "actions", "no_actions", "no actions: an execution ends at once"),
    SavedMistake(told("{{whom}}"), "actions.0.config.message", "unknown_reference", "did you mean 'who'?"),
    SavedMistake(told("{{params.who}}"), "actions.0.config.message", "unknown_reference", "'parameters.who'"),
    SavedMistake(told("{{inputs.who}}"), "actions.0.config.message", "unknown_reference", "'parameters.who'"),
    SavedMistake(after("{{steps.a.status}}"), "actions.1.config.message", "unknown_reference", "'actions.a.status'"),
    SavedMistake(told("{{who-x}}"), "actions.0.config.message", "unknown_reference", "put spaces around a minus"),
    SavedMistake(after("{{a.message}}"), "actions.1.config.message", "no_such_field", "'a.response.message'"),
    SavedMistake(after("{{a.result.message}}"), "actions.1.config.message", "no_such_field", "'a.response.message'"),
    SavedMistake(after("{{a.respone.message}}"), "actions.1.config.message", "no_such_field", "'a.response.message'"),
    SavedMistake(after("{{a.eror.code}}"), "actions.1.config.message", "no_such_field", "'a.error.code'"),
    SavedMistake(after("{{a.response.mesage}}"), "actions.1.config.message", "no_such_field", "'message'?"),
    SavedMistake(
        after("{{a.response.message}}", for_each={"in": [1]}), "actions.1.config.message", "no_such_field", "is a list"
    ),
    SavedMistake(action() | {"outputs": {"x": "{{a.message}}"}}, "outputs.x", "no_such_field", "'a.response.message'"),
    SavedMistake(told("Hi {{who"), "actions.0.config.message", "sent_as_text", "close it by }}"),
    SavedMistake(told("Hi {who}"), "actions.0.config.message", "sent_as_text", "write '{{who}}'"),
    SavedMistake(told("Hi ${inputs.who}"), "actions.0.config.message", "sent_as_text", "write '{{parameters.who}}'"),
    SavedMistake(told("{% if who %}Hi{% endif %}"), "actions.0.config.message", "sent_as_text", "a 'when'"),
    SavedMistake(told("{{who && who}}"), "actions.0.config.message", "unreadable_expression", "(write 'and')"),
    SavedMistake(told("{{who || 'x'}}"), "actions.0.config.message", "unreadable_expression", "(write 'or')"),
    SavedMistake(told("{{!who}}"), "actions.0.config.message", "unreadable_expression", "(write 'not')"),
    SavedMistake(told("{{who ? 1 : 2}}"), "actions.0.config.message", "unreadable_expression", "its 'when'"),
    SavedMistake(told("{{who = 'x'}}"), "actions.0.config.message", "unreadable_expression", "(write '==')"),
    SavedMistake(told("{{len(who)}}"), "actions.0.config.message", "unreadable_expression", "(write 'a | length')"),
    SavedMistake(told("{{now() + who}}"), "actions.0.config.message", "unreadable_expression", "no functions"),
    SavedMistake(told("{{who.length}}"), "actions.0.config.message", "type_mismatch", "write '| length'"),
    SavedMistake(told("{{who | uper}}"), "actions.0.config.message", "unreadable_expression", "did you mean 'upper'"),
    SavedMistake(told("{{who | size}}"), "actions.0.config.message", "unreadable_expression", "did you mean 'length'"),
    SavedMistake(told("{{who if who else 1}}"), "actions.0.config.message", "type_mismatch", "compare it"),
    SavedMistake(told("{{who if true}}"), "actions.0.config.message", "unreadable_expression", "'else' is missing"),
    SavedMistake(told("{{`who` + who}}"), "actions.0.config.message", "unreadable_expression", "between ' and '"),
    SavedMistake(told("{{who + 1}}"), "actions.0.config.message", "type_mismatch", "'| string' after the number"),
    SavedMistake(told("{{secrets.gone}}"), "actions.0.config.message", "unknown_secret", "until there is one"),
    SavedMistake(call(service="nobody"), "actions.0.config.service", "unknown_service", "SERVICE_NOT_REGISTERED"),
    SavedMistake(
        action(action_type="sub_workflow", config={"workflow_id": "Greeting"}),
        "actions.0.config.workflow_id",
        "not_an_id",
        "name by `workflow`",
    ),
    SavedMistake(
        takes(type="integer") | action(action_type="transform", config={"output": "{{p + 1}}"}),
        "actions.0.config.output",
        "may_be_null",
        "'| default(...)'",
    ),
    SavedMistake(takes(type="boolean") | action(when="{{p}}"), "actions.0.when", "may_be_null", "make it required"),
    SavedMistake(action(when=False), "actions.0.when", "unreachable_action", "give it another condition"),
)
"""What is saved with a warning."""

RIGHT: tuple[Json, ...] = (
    told("{{missing | default('y')}} {{who}}"),
    after("{{a.response.message}} {{a.status}} {{a.error}} {{a.response | json}} {{a.message | default('x')}}"),
    takes() | action(config={"message": "Hi {{p}} {{p | default('you') | upper}}"}),
    takes(type="integer") | action(action_type="transform", config={"output": "{{p + 1}}"}, when="{{p != null}}"),
    told('{"who": 1} { } }} ${x} {nobody}'),
)
"""What is meant as it stands, and warned of by nobody."""
