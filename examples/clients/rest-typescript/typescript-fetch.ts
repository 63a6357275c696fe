// By typescript-fetch of openapi-generator: creates a workflow, executes it, reads its status and cancels it.
import { Configuration, ExecutionsApi, ResponseError, WorkflowsApi } from "./generated/typescript-fetch/index.js";
import { type CreateWorkflow, ModelErrorFromJSON } from "./generated/typescript-fetch/index.js";

const url = process.argv[2] ?? "http://127.0.0.1:5080";
const configuration = new Configuration({ basePath: url, headers: { "X-User-ID": "ada" } });
const workflows = new WorkflowsApi(configuration);
const executions = new ExecutionsApi(configuration);

const createWorkflow: CreateWorkflow = {
  name: `Greetings ${url} ${Date.now()}`,
  parameters: [{ name: "names", type: "array", required: true }],
  actions: [
    { actionId: "pause", actionType: "wait", config: { seconds: 3600 } },
    {
      actionId: "greet",
      actionType: "notification",
      config: { message: "Hello, {{name}}!" },
      dependsOn: ["pause"],
      forEach: { _in: "{{names}}", as: "name" },
    },
  ],
};

const workflow = await workflows.createWorkflow({ createWorkflow });
console.log("created", workflow.status, workflow.actions.length);
const { workflowId } = workflow;
const executeWorkflow = { parameters: { names: ["Grace", "Linus"] } };
const { executionId } = await executions.executeWorkflow({ workflowId, executeWorkflow });
const status = await executions.readExecution({ executionId });
console.log("executed", status.progress.completedActions, "of", status.progress.totalActions);
const cancelled = await executions.cancelExecution({ executionId });
console.log("is", cancelled.status);
try {
  await executions.executeWorkflow({ workflowId });
} catch (problem) {
  if (!(problem instanceof ResponseError)) throw problem;
  const { detail, errorCode } = ModelErrorFromJSON(await problem.response.json());
  if (typeof detail === "object") console.log("refused", errorCode, detail[0]?.loc.join("."));
}
