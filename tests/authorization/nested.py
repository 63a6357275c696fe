"""Every field below the roots: it goes with its object, is hidden with the payload, or has a permission of its own."""

from models.words import Permission

WITH_THE_OBJECT: dict[str, str] = {
    "ActionDefinition": "actionId actionType name description config dependsOn timeoutSeconds retry onError when runIf "
    "cancelLosers successWhen forEach repeat output compensate",
    "Compensation": "actionType config timeoutSeconds retry",
    "ForEach": "in when as indexAs maxConcurrency toleratedFailurePercentage",
    "Repeat": "until maxIterations delaySeconds collect",
    "Approval": "id cursor executionId actionId item since expiresAt approvers quorum message form formSchema "
    "decisions execution",
    "FormField": "name type description required minimum maximum minLength maxLength pattern format multiline "
    "secretHint defaultValue allowedValues",
    "Decision": "by at approved comment form",
    "SendSignalPayload": "userErrors execution",
    "ApprovalLink": (
        "id executionId actionId item approver createdBy credential apiKeyId createdAt expiresAt revokedAt"
    ),
    "ApprovalLinkConnection": "nodes pageInfo edges totalCount",
    "ApprovalLinkEdge": "cursor node",
    "CreateApprovalLinkPayload": "userErrors approvalLink path url expiresAt",
    "RevokeApprovalLinkPayload": "userErrors approvalLink",
    "DecideApprovalPayload": "userErrors execution",
    "ActionItems": "total succeeded failed skipped results nodes",
    "ActionItemConnection": "nodes pageInfo edges totalCount",
    "ActionItemEdge": "cursor node",
    "ApprovalConnection": "nodes pageInfo edges totalCount",
    "ApprovalEdge": "cursor node",
    "ExecutionEventConnection": "nodes pageInfo edges totalCount",
    "ExecutionEventEdge": "cursor node",
    "ActionHttp": "status headers",
    "ActionItem": "index status attempt startedAt completedAt http error resolvedBy reusedFrom attempts spans",
    "ActionComparison": "actionId differs before after secondsBefore secondsAfter",
    "ActionRun": (
        "id actionId status attempt startedAt completedAt http error resolvedBy attempts items reusedFrom isGiven "
        "idempotencyKey"
    ),
    "ActionTimeline": "actionId spans reusedFrom",
    "Activity": "id type timestamp userId details workflowId executionId workflow",
    "ActivityChange": "cursor activity",
    "ActivityConnection": "nodes pageInfo edges totalCount",
    "ApiKey": ("id name userId role scope createdBy createdAt expiresAt previousExpiresAt lastUsedAt revokedAt"),
    "ApiKeyConnection": "nodes pageInfo edges totalCount",
    "ApiKeyEdge": "cursor node",
    "ApiKeyPayload": "userErrors apiKey key",
    "RevokeApiKeyPayload": "userErrors apiKey",
    "ActivityEdge": "cursor node",
    "ApplicationMetrics": "activeConnections requestsPerSecond averageResponseTimeMs",
    "Attempt": "number startedAt completedAt error nextAttemptAt reusedFrom",
    "AuditEntry": (
        "id at actor credential action target outcome requestId address details shard number previousHash hash"
    ),
    "AuditEntryConnection": "nodes pageInfo edges totalCount",
    "AuditEntryEdge": "cursor node",
    "AbortBulkOperationPayload": "userErrors bulkOperation",
    "BulkOperation": (
        "id kind status reason createdBy createdAt startedAt completedAt total succeeded skipped failed left "
        "percentage endedBy refusal items viewerCan"
    ),
    "BulkOperationConnection": "nodes pageInfo edges totalCount",
    "BulkOperationEdge": "cursor node",
    "BulkOperationItem": "number executionId status code message newExecutionId at execution",
    "BulkOperationItemConnection": "nodes pageInfo edges totalCount",
    "BulkOperationItemEdge": "cursor node",
    "BulkOperationPermissions": "abort",
    "CreateBulkOperationPayload": "userErrors bulkOperation count firstExecutions",
    "CallbackAttempt": "number at httpStatus durationSeconds",
    "CallbackDelivery": "id event channel actionId status attempts nextAttemptAt createdAt completedAt",
    "CancelExecutionPayload": "userErrors execution",
    "ClusterNode": "id kind version startedAt leaseUntil isAlive isLeading isAnswering inHand",
    "PauseExecutionPayload": "userErrors execution",
    "ResumeExecutionPayload": "userErrors execution",
    "TerminateExecutionPayload": "userErrors execution",
    "ResolveActionPayload": "userErrors execution",
    "ActionResolution": "userId reason at",
    "ExecutionPause": "at userId reason",
    "DeleteExecutionPayload": "userErrors deletedId",
    "OverdueExecutions": "status count held oldest",
    "OverdueRows": "table count",
    "RetentionPreview": "at executions rows beyondCap",
    "ConcurrencyLimit": "key limit onLimit",
    "DefinitionDifference": "part name kind isMoved position before after fields",
    "DeleteWorkflowPayload": "userErrors deletedId",
    "ExecutionEstimate": "completesAt remainingSeconds isOverdue runs medianSeconds slowSeconds",
    "ExecuteWorkflowPayload": "userErrors execution isReplay warnings",
    "Execution": (
        "id status workflowVersion createdBy labels createdAt startedAt completedAt durationSeconds queueSeconds "
        "runSeconds progress strip reason eta error fault stopping pause parent actions waiting logs logLines journal "
        "events callbackDeliveries viewerCan rerunOf rerunReason reruns"
    ),
    "ExecutionChange": "cursor execution",
    "ExecutionComparison": "base other settings actions",
    "ExecutionConnection": "nodes pageInfo edges totalCount",
    "ExecutionEdge": "cursor node",
    "ExecutionError": "code ownCode actionId attempt retryable httpStatus compensationFailed",
    "ExecutionEvent": "sequence type at actionId",
    "ExecutionFault": "code message since tries nextTryAt",
    "ExecutionBucket": "since until accepted completed failed cancelled",
    "ExecutionSeries": "buckets runs p50Seconds p95Seconds",
    "ExecutionGroupCount": "key value count actionId code httpStatus latest first",
    "ExecutionGroups": "groups counted isComplete",
    "ExecutionPermissions": "cancel rerun pause resume resolveAction terminate signal redeliver label readPayload",
    "ExternalService": "name status",
    "FieldDifference": "kind path before after",
    "Graph": "nodes edges mermaid",
    "GraphEdge": "source target isImplicit isCompensation",
    "GraphNode": "actionId actionType name level status phase reusedFrom",
    "Health": "status timestamp version services serviceGates metrics",
    "HealthMetrics": "uptimeSeconds activeExecutions queuedExecutions pausedExecutions setAsideExecutions",
    "HealthServices": "database redis wakeUps externalServices",
    "LabelExecutionPayload": "userErrors execution",
    "LogLine": "timestamp level actionId",
    "LogLineConnection": "nodes pageInfo edges totalCount",
    "LogLineEdge": "cursor node",
    "MachineMetrics": "cpuUsagePercent memoryUsageMb diskUsagePercent",
    "RegisteredService": "name source timeoutSeconds idempotent maxConcurrency rateLimit circuitThreshold "
    "circuitOpenSeconds maxResponseBytes isOverridden gate version createdBy createdAt updatedBy updatedAt",
    "RegisteredServiceConnection": "nodes pageInfo edges totalCount",
    "RegisteredServiceEdge": "cursor node",
    "TokenSource": "tokenUrl clientId secretName scope audience",
    "ServicePayload": "userErrors service",
    "UnregisterServicePayload": "userErrors unregisteredName",
    "Secret": "name version createdBy createdAt updatedBy updatedAt",
    "SecretConnection": "nodes pageInfo edges totalCount",
    "SecretEdge": "cursor node",
    "SetSecretPayload": "userErrors secret",
    "DeleteSecretPayload": "userErrors deletedName",
    "PageInfo": "hasNextPage hasPreviousPage startCursor endCursor",
    "ParameterDefinition": "name type description required minimum maximum minLength maxLength pattern format "
    "multiline secretHint defaultValue allowedValues",
    "Progress": "completedActions totalActions currentAction percentage",
    "RedeliverCallbackPayload": "userErrors callbackDelivery",
    "RerunAction": "actionId phase verdict reason becauseOf totalItems reusedItems continues",
    "SavedView": "id name filters isShared createdBy createdAt updatedBy updatedAt",
    "SavedViewPayload": "userErrors savedView",
    "DeleteViewPayload": "userErrors deletedId",
    "RerunPreview": "executionId version actions idempotencyKeys warnings token",
    "RerunExecutionPayload": "userErrors execution isReplay warnings",
    "RetryPolicy": (
        "maxAttempts backoff initialDelaySeconds backoffRate maxDelaySeconds jitter maxTotalSeconds retryOn "
        "neverRetryOn respectRetryAfter when"
    ),
    "ServiceGate": "name circuit openUntil consecutiveFailures running waiting",
    "Span": "kind startedAt endedAt attempt reason",
    "Statistics": (
        "totalWorkflows activeWorkflows totalExecutions successfulExecutions failedExecutions "
        "averageExecutionTime popularTags"
    ),
    "SystemMetrics": "timestamp system application workflows",
    "TagCount": "tag count",
    "UserError": "code message path hint",
    "Viewer": "userId tenant role permissions credential expiresAt canCreateWorkflows canExecuteWorkflows",
    "WaitingAction": "actionId waitReason dependsOn until service nodeId childId quorum approvers position ahead",
    "Workflow": (
        "id name description status version createdBy createdAt updatedAt tags timeoutSeconds "
        "queueTimeoutSeconds concurrency retention parameters parametersSchema actions onFailure onExit outputs "
        "executionCount lastExecution source versions atVersion statistics dag viewerCan"
    ),
    "WorkflowConnection": "nodes pageInfo edges totalCount",
    "WorkflowEdge": "cursor node",
    "WorkflowMetrics": "activeExecutions queuedExecutions completedToday failedToday",
    "WorkflowPayload": "userErrors workflow warnings warningDetails",
    "WorkflowPermissions": "update delete restore execute",
    "WorkflowRetention": "completed failed",
    "WorkflowSearchResult": "nodes pageInfo edges totalCount",
    "WorkflowStatistics": "executions live completed failed cancelled successRate averageSeconds",
    "WorkflowVersion": (
        "version createdAt createdBy isCurrent parameters parametersSchema actions onFailure onExit outputs dag "
        "changesSince"
    ),
    "WorkflowVersionConnection": "nodes pageInfo edges totalCount",
    "WorkflowVersionEdge": "cursor node",
    "Diagnostic": "severity code message path line column endLine endColumn fix",
    "WorkflowValidation": "isValid diagnostics graph",
    "WorkflowWarning": "code message path",
    "WorkflowTemplate": "templateName title description parameters actions tags exampleParameters mocks",
    "TemplateMock": "serviceName endpoint method response",
}
"""Fields that whoever sees the object sees: of each type, all of them by name."""

PAYLOAD: dict[str, str] = {
    "Execution.parameters": '{ execution(id: "$execution") { parameters } }',
    "Execution.callbackUrl": '{ execution(id: "$execution") { callbackUrl } }',
    "Execution.outputs": '{ execution(id: "$complete") { outputs } }',
    "Execution.result": '{ execution(id: "$execution") { result } }',
    "ActionItem.response": (
        '{ execution(id: "$execution") { actions { items { nodes { response } results { nodes { response } } } } } }'
    ),
    "ActionComparison.response": (
        '{ compareExecutions(base: "$execution", other: "$complete") { actions { response { before after } } } }'
    ),
    "ExecutionComparison.parameters": (
        '{ compareExecutions(base: "$execution", other: "$waiting") { parameters { before after } } }'
    ),
    "ExecutionComparison.outputs": (
        '{ compareExecutions(base: "$execution", other: "$complete") { outputs { before after } } }'
    ),
    "ActionRun.input": '{ execution(id: "$waiting") { actions { input } } }',
    "ActionRun.response": '{ execution(id: "$execution") { actions { response } } }',
    "ExecutionError.message": '{ execution(id: "$execution") { error { message } } }',
    "ExecutionEvent.data": '{ execution(id: "$execution") { events { data } journal { nodes { data } } } }',
    "WaitingAction.signal": '{ execution(id: "$waiting") { waiting { signal } } }',
    "LogLine.message": '{ execution(id: "$execution") { logs { message } logLines { nodes { message } } } }',
    "CallbackDelivery.content": '{ execution(id: "$tells") { callbackDeliveries { content } } }',
    "CallbackDelivery.url": '{ execution(id: "$execution") { callbackDeliveries { url } } }',
    "CallbackAttempt.error": '{ execution(id: "$execution") { callbackDeliveries { attempts { error } } } }',
}
"""Fields that show nothing of a payload to who lacks `execution:payload`, each with an operation that asks for it."""

WITH_A_PERMISSION: dict[str, tuple[Permission, str]] = {
    "Execution.workflow": (Permission.WORKFLOW_READ, '{ execution(id: "$execution") { id workflow { id } } }'),
    "Execution.definition": (
        Permission.WORKFLOW_READ,
        '{ execution(id: "$execution") { id definition { version } } }',
    ),
    "ExecutionComparison.definition": (
        Permission.WORKFLOW_READ,
        '{ compareExecutions(base: "$execution", other: "$execution") { base { id } definition { name } } }',
    ),
    "Execution.dag": (Permission.WORKFLOW_READ, '{ execution(id: "$execution") { id dag { mermaid } } }'),
    "Execution.timeline": (Permission.WORKFLOW_READ, '{ execution(id: "$execution") { id timeline { actionId } } }'),
    "Workflow.executions": (
        Permission.EXECUTION_READ,
        '{ workflow(id: "$workflow") { id executions { nodes { id } } } }',
    ),
    "Activity.execution": (Permission.EXECUTION_READ, "{ activities { nodes { id execution { id } } } }"),
    "WorkflowStatistics.p50Seconds": (
        Permission.EXECUTION_READ,
        '{ workflow(id: "$workflow") { id statistics { p50Seconds } } }',
    ),
    "WorkflowStatistics.p95Seconds": (
        Permission.EXECUTION_READ,
        '{ workflow(id: "$workflow") { id statistics { p95Seconds } } }',
    ),
    "ExecutionGroupCount.workflow": (
        Permission.WORKFLOW_READ,
        "{ executionsGroupedBy(field: WORKFLOW) { groups { key workflow { id } } } }",
    ),
}
"""Fields that need more than their object, each with an operation; without the permission they alone are null."""

OF_ADMINS: dict[str, str] = {
    "RegisteredService.url": "{ services { nodes { name url } } }",
    "RegisteredService.headerNames": "{ services { nodes { name headerNames } } }",
    "RegisteredService.clientCredentials": "{ services { nodes { name clientCredentials { clientId } } } }",
}
"""Fields that are null for all but admins, each with an operation."""
