// By openapi-typescript, for openapi-fetch: creates a workflow, executes it, reads its status and cancels it.
import createClient from "openapi-fetch";
import type { components, paths } from "./generated/openapi-typescript.js";

const url = process.argv[2] ?? "http://127.0.0.1:5080";
const client = createClient<paths>({ baseUrl: url, headers: { "X-User-ID": "ada" } });

type Answer<Data> = { data?: Data; error?: components["schemas"]["Error"] };

function answered<Data>({ data, error }: Answer<Data>): Data {
  if (data === undefined) throw new Error(JSON.stringify(error));
  return data;
}

const greeting: components["schemas"]["CreateWorkflow"] = {
  name: `Greetings ${url} ${Date.now()}`,
  parameters: [{ name: "names", type: "array", required: true }],
  actions: [
    { action_id: "pause", action_type: "wait", config: { seconds: 3600 } },
    {
      action_id: "greet",
      action_type: "notification",
      config: { message: "Hello, {{name}}!" },
      depends_on: ["pause"],
      for_each: { in: "{{names}}", as: "name" },
    },
  ],
};

const workflow = answered(await client.POST("/workflows", { body: greeting }));
console.log("created", workflow.status, workflow.actions.length);
const given = { params: { path: { workflow_id: workflow.workflow_id } } };
const body = { parameters: { names: ["Grace", "Linus"] } };
const { execution_id } = answered(await client.POST("/workflows/{workflow_id}/execute", { ...given, body }));
const params = { path: { execution_id } };
const status = answered(await client.GET("/workflows/executions/{execution_id}", { params }));
console.log("executed", status.progress.completed_actions, "of", status.progress.total_actions);
const cancelled = answered(await client.POST("/workflows/executions/{execution_id}/cancel", { params }));
console.log("is", cancelled.status);
const { error } = await client.POST("/workflows/{workflow_id}/execute", given);
if (typeof error?.detail === "object") console.log("refused", error.error_code, error.detail[0]?.loc.join("."));
