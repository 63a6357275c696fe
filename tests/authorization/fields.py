"""Every field of the roots of the schema: an operation that asks for it, and who may."""

from string import Template
from typing import NamedTuple

from tests.authorization.actors import (
    ADMIN,
    EDITOR,
    EVERYBODY,
    MEMBERS,
    NARROW,
    OPERATOR,
    OWNER,
    SIGNED_IN,
    STRANGER,
)

READERS = MEMBERS | {NARROW, STRANGER}
"""Who may read workflows; the stranger reads those of the own tenant, of which there are none."""

WATCHERS = MEMBERS | {STRANGER}
"""Who may read executions."""

CREATORS = frozenset({EDITOR, OWNER, ADMIN, STRANGER})
EDITORS = frozenset({EDITOR, OWNER, ADMIN})
RUNNERS = frozenset({OPERATOR, EDITOR, OWNER, ADMIN})
OVERSEERS = frozenset({OPERATOR, OWNER, ADMIN})
"""Who may change what the owner owns."""

KEEPERS = frozenset({OWNER, ADMIN})
"""Who may manage the owner's API keys."""

ADMINS = frozenset({ADMIN, STRANGER})


class Case(NamedTuple):
    """An operation with `$workflow`, `$execution`, ... for ids; it `aims` where it is about an object of the tenant.

    Then the stranger must be told what anybody is told of an id that does not exist. Where it is `private`, so must all
    others of the tenant that may not.
    """

    operation: str
    may: frozenset[str]
    aims: bool = False
    private: bool = False

    def text(self, **ids: str) -> str:
        """The operation."""
        return Template(self.operation).substitute(ids)


FIELDS: dict[str, Case] = {
    "Query.node": Case('{ node(id: "$workflow") { id } }', MEMBERS | {NARROW}, aims=True),
    "Query.viewer": Case("{ viewer { userId tenant role permissions } }", SIGNED_IN),
    "Query.workflow": Case('{ workflow(id: "$workflow") { name } }', MEMBERS | {NARROW}, aims=True),
    "Query.workflows": Case("{ workflows { totalCount nodes { id } } }", READERS),
    "Query.searchWorkflows": Case('{ searchWorkflows(query: "target") { totalCount } }', READERS),
    "Query.workflowTemplates": Case("{ workflowTemplates { templateName } }", READERS),
    "Query.execution": Case('{ execution(id: "$execution") { status } }', MEMBERS, aims=True),
    "Query.compareExecutions": Case(
        '{ compareExecutions(base: "$execution", other: "$execution") { base { status } } }', MEMBERS, aims=True
    ),
    "Query.validateWorkflow": Case(
        '{ validateWorkflow(text: "name: A\\nactions: []") { isValid } }', CREATORS | {OPERATOR}
    ),
    "Query.previewRerun": Case(
        '{ previewRerun(input: { id: "$execution" }) { actions { verdict } } }', RUNNERS, aims=True
    ),
    "Query.evaluateExpression": Case(
        '{ evaluateExpression(executionId: "$execution", expression: "execution.id") }',
        RUNNERS,
        aims=True,
    ),
    "Query.executions": Case("{ executions { totalCount nodes { id } } }", WATCHERS),
    "Query.executionsGroupedBy": Case("{ executionsGroupedBy(field: STATUS) { counted } }", WATCHERS),
    "Query.savedViews": Case("{ savedViews { name } }", WATCHERS),
    "Query.executionSeries": Case(
        '{ executionSeries(since: "2026-01-01T00:00:00Z", until: "2027-01-01T00:00:00Z") { runs } }', WATCHERS
    ),
    "Query.statistics": Case("{ statistics { totalWorkflows } }", READERS),
    "Query.activities": Case("{ activities { totalCount } }", READERS),
    "Query.retentionPreview": Case("{ retentionPreview { at } }", ADMINS),
    "Query.auditEntries": Case("{ auditEntries { totalCount } }", ADMINS),
    "Query.health": Case("{ health { status } }", EVERYBODY),
    "Query.nodes": Case("{ nodes { id } }", frozenset({OPERATOR, ADMIN, STRANGER})),
    "Query.systemMetrics": Case("{ systemMetrics { timestamp } }", EVERYBODY),
    "Query.secrets": Case("{ secrets { totalCount nodes { name } } }", READERS),
    "Query.pendingApprovals": Case("{ pendingApprovals(mine: false) { nodes { id } } }", RUNNERS | {STRANGER}),
    "Query.services": Case("{ services { totalCount nodes { name url } } }", READERS),
    "Query.approvals": Case("{ approvals(mine: false) { cursor } }", RUNNERS | {STRANGER}),
    "Query.approvalLinks": Case("{ approvalLinks { totalCount nodes { id } } }", RUNNERS | {STRANGER}),
    "Query.bulkOperation": Case('{ bulkOperation(id: "$bulk") { total } }', MEMBERS, aims=True),
    "Query.bulkOperations": Case("{ bulkOperations { totalCount nodes { id } } }", WATCHERS),
    "Query.apiKeys": Case("{ apiKeys { totalCount } }", SIGNED_IN - {NARROW}),
    "Mutation.createWorkflow": Case(
        'mutation { createWorkflow(input: { name: "$fresh" }) { userErrors { code } } }', CREATORS
    ),
    "Mutation.createWorkflowFromTemplate": Case(
        'mutation { createWorkflowFromTemplate(input: { templateName: "document_analysis", '
        'customizations: { name: "$fresh" } }) { userErrors { code } } }',
        CREATORS,
    ),
    "Mutation.updateWorkflow": Case(
        'mutation { updateWorkflow(input: { id: "$workflow", description: "$fresh" }) { userErrors { code } } }',
        OVERSEERS,
        aims=True,
    ),
    "Mutation.restoreWorkflowVersion": Case(
        'mutation { restoreWorkflowVersion(input: { id: "$workflow", version: "1.0" }) { userErrors { code } } }',
        OVERSEERS,
        aims=True,
    ),
    "Mutation.saveWorkflowText": Case(
        'mutation { saveWorkflowText(input: { id: "$workflow", text: "name: N$fresh\\nactions: []" }) '
        "{ userErrors { code } } }",
        OVERSEERS,
        aims=True,
    ),
    "Mutation.deleteWorkflow": Case(
        'mutation { deleteWorkflow(input: { id: "$workflow" }) { userErrors { code } } }', OVERSEERS, aims=True
    ),
    "Mutation.executeWorkflow": Case(
        'mutation { executeWorkflow(input: { id: "$workflow" }) { userErrors { code } } }', RUNNERS, aims=True
    ),
    "Mutation.deleteExecution": Case(
        'mutation { deleteExecution(input: { id: "$complete" }) { userErrors { code } } }', OVERSEERS, aims=True
    ),
    "Mutation.cancelExecution": Case(
        'mutation { cancelExecution(input: { id: "$waiting" }) { userErrors { code } } }', OVERSEERS, aims=True
    ),
    "Mutation.labelExecution": Case(
        'mutation { labelExecution(input: { id: "$execution", set: { team: "$fresh" } }) { userErrors { code } } }',
        OVERSEERS,
        aims=True,
    ),
    "Mutation.pauseExecution": Case(
        'mutation { pauseExecution(input: { id: "$waiting" }) { userErrors { code } } }', OVERSEERS, aims=True
    ),
    "Mutation.resumeExecution": Case(
        'mutation { resumeExecution(input: { id: "$waiting" }) { userErrors { code } } }', OVERSEERS, aims=True
    ),
    "Mutation.resolveAction": Case(
        'mutation { resolveAction(input: { executionId: "$waiting", actionId: "asks", outcome: SKIP, '
        'reason: "$fresh" }) { userErrors { code } } }',
        OVERSEERS,
        aims=True,
    ),
    "Mutation.terminateExecution": Case(
        'mutation { terminateExecution(input: { id: "$waiting", reason: "$fresh" }) { userErrors { code } } }',
        OVERSEERS,
        aims=True,
    ),
    "Mutation.createBulkOperation": Case(
        'mutation { createBulkOperation(input: { kind: CANCEL, ids: ["$waiting"] }) { userErrors { code } } }',
        RUNNERS | {STRANGER},
    ),
    "Mutation.abortBulkOperation": Case(
        'mutation { abortBulkOperation(input: { id: "$bulk" }) { userErrors { code } } }', OVERSEERS, aims=True
    ),
    "Mutation.rerunExecution": Case(
        'mutation { rerunExecution(input: { id: "$execution" }) { userErrors { code } } }', RUNNERS, aims=True
    ),
    "Mutation.sendSignal": Case(
        'mutation { sendSignal(input: { executionId: "$waiting", name: "go" }) { userErrors { code } } }',
        OVERSEERS,
        aims=True,
    ),
    "Mutation.decideApproval": Case(
        'mutation { decideApproval(input: { executionId: "$waiting", actionId: "asks", approved: true }) '
        "{ userErrors { code } } }",
        RUNNERS,
        aims=True,
    ),
    "Mutation.createApprovalLink": Case(
        'mutation { createApprovalLink(input: { executionId: "$waiting", actionId: "asks" }) { userErrors { code } } }',
        RUNNERS,
        aims=True,
    ),
    "Mutation.revokeApprovalLink": Case(
        'mutation { revokeApprovalLink(input: { id: "$link" }) { userErrors { code } } }',
        OVERSEERS,
        aims=True,
        private=True,
    ),
    "Mutation.redeliverCallback": Case(
        'mutation { redeliverCallback(input: { id: "$delivery" }) { userErrors { code } } }',
        OVERSEERS,
        aims=True,
    ),
    "Mutation.createApiKey": Case(
        'mutation { createApiKey(input: { name: "$fresh" }) { userErrors { code } } }', SIGNED_IN - {NARROW}
    ),
    "Mutation.rotateApiKey": Case(
        'mutation { rotateApiKey(input: { id: "$key" }) { userErrors { code } } }', KEEPERS, aims=True, private=True
    ),
    "Mutation.revokeApiKey": Case(
        'mutation { revokeApiKey(input: { id: "$key" }) { userErrors { code } } }', KEEPERS, aims=True, private=True
    ),
    "Mutation.setSecret": Case(
        'mutation { setSecret(input: { name: "token", value: "$fresh of nobody" }) { userErrors { code } } }', CREATORS
    ),
    "Mutation.deleteSecret": Case(
        'mutation { deleteSecret(input: { name: "$secret" }) { userErrors { code } } }', EDITORS, aims=True
    ),
    "Mutation.registerService": Case(
        'mutation { registerService(input: { name: "of_$secret", url: "https://crm.example.com" }) '
        "{ userErrors { code } } }",
        ADMINS,
    ),
    "Mutation.updateService": Case(
        'mutation { updateService(input: { name: "$service", idempotent: true }) { userErrors { code } } }',
        frozenset({ADMIN}),
        aims=True,
    ),
    "Mutation.tryService": Case(
        'mutation { tryService(input: { name: "$service" }) { userErrors { code } } }',
        frozenset({OPERATOR, ADMIN}),
        aims=True,
    ),
    "Mutation.unregisterService": Case(
        'mutation { unregisterService(input: { name: "$service" }) { userErrors { code } } }',
        frozenset({ADMIN}),
        aims=True,
    ),
    "Mutation.saveView": Case(
        'mutation { saveView(input: { name: "$fresh", filters: "status=failed" }) { userErrors { code } } }', WATCHERS
    ),
    "Mutation.renameView": Case(
        'mutation { renameView(input: { id: "$view", name: "$fresh" }) { userErrors { code } } }',
        frozenset({OWNER}),
        aims=True,
        private=True,
    ),
    "Mutation.deleteView": Case(
        'mutation { deleteView(input: { id: "$view" }) { userErrors { code } } }',
        frozenset({OWNER}),
        aims=True,
        private=True,
    ),
    "Subscription.executionEvents": Case(
        'subscription { executionEvents(executionId: "$execution") { type } }', MEMBERS, aims=True
    ),
    "Subscription.execution": Case('subscription { execution(id: "$execution") { status } }', MEMBERS, aims=True),
    "Subscription.bulkOperationProgress": Case(
        'subscription { bulkOperationProgress(id: "$bulk") { left } }', MEMBERS, aims=True
    ),
    "Subscription.executions": Case("subscription { executions { cursor } }", WATCHERS),
    "Subscription.activity": Case("subscription { activity { cursor } }", READERS),
    "Subscription.executionChanges": Case("subscription { executionChanges { cursor } }", WATCHERS),
    "Subscription.activityChanges": Case("subscription { activityChanges { cursor } }", READERS),
    "Subscription.approvals": Case("subscription { approvals { cursor } }", RUNNERS | {STRANGER}),
    "Subscription.systemMetrics": Case("subscription { systemMetrics { timestamp } }", SIGNED_IN),
}
