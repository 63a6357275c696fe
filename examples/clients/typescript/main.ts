// Creates a workflow, executes it and prints each step live: `npm start [url]`.
import { createClient } from "graphql-sse";
import {
  CreateWorkflowDocument,
  ExecuteWorkflowDocument,
  type TypedDocumentString,
  WatchExecutionDocument,
} from "./generated/graphql.js";

const url = `${process.argv[2] ?? "http://127.0.0.1:5080"}/graphql`;
const client = createClient({ url, headers: { "X-User-ID": "ada" } });

type Values = Record<string, unknown>;
type Typed<Result, Variables> = TypedDocumentString<Result, Variables>;

async function* ask<Result, Variables extends Values>(document: Typed<Result, Variables>, variables: Variables) {
  for await (const { data, errors } of client.iterate<Result>({ query: document.toString(), variables })) {
    if (errors || !data) throw new Error(JSON.stringify(errors));
    yield data;
  }
}

async function one<Result, Variables extends Values>(document: Typed<Result, Variables>, variables: Variables) {
  for await (const data of ask(document, variables)) return data;
  throw new Error("no answer");
}

const actions = [{ actionId: "greet", actionType: "notification", config: { message: "Hello from TypeScript" } }];
const input = { name: `Typed greeting ${Date.now()}`, actions };

const { createWorkflow } = await one(CreateWorkflowDocument, { input });
if (!createWorkflow.workflow) throw new Error(JSON.stringify(createWorkflow.userErrors));
const { executeWorkflow } = await one(ExecuteWorkflowDocument, { input: { id: createWorkflow.workflow.id } });
if (!executeWorkflow.execution) throw new Error(JSON.stringify(executeWorkflow.userErrors));
for await (const { executionEvents: event } of ask(WatchExecutionDocument, { id: executeWorkflow.execution.id }))
  console.log(event.sequence, event.type, event.actionId ?? "");
