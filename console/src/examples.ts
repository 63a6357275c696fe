// The operations that a newcomer finds in the tabs: create a workflow, run it, watch it, list them all.
import type { GraphiQLProps } from "graphiql";
import { DEMO_USER } from "./user";

type Tab = NonNullable<GraphiQLProps["defaultTabs"]>[number];

const json = (value: unknown): string => JSON.stringify(value, null, 2);

/** Elsewhere than in the test environment this becomes an Authorization header. */
export const DEFAULT_HEADERS = json({ "X-User-ID": DEMO_USER });

const WORKFLOWS = `query Workflows {
  workflows(first: 10) {
    nodes {
      id
      name
      status
      version
      createdAt
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`;

const CREATE_WORKFLOW = `mutation CreateWorkflow($input: CreateWorkflowInput!) {
  createWorkflow(input: $input) {
    workflow {
      id
      name
    }
    userErrors {
      code
      message
      path
    }
  }
}
`;

const EXECUTE_WORKFLOW = `# Variables: the id that CreateWorkflow answered.
mutation ExecuteWorkflow($input: ExecuteWorkflowInput!) {
  executeWorkflow(input: $input) {
    execution {
      id
      status
    }
    userErrors {
      code
      message
      path
    }
  }
}
`;

const WATCH = `# Variables: the id that ExecuteWorkflow answered.
# All events so far come first, then live ones.
subscription Watch($id: ID!) {
  executionEvents(executionId: $id, after: 0) {
    sequence
    type
    at
    actionId
    data
  }
}
`;

const FIRST_WORKFLOW = {
  name: "My first workflow",
  actions: [
    {
      actionId: "greet",
      actionType: "notification",
      name: "Greet",
      config: { message: "Hello from the first action" },
    },
    {
      actionId: "follow_up",
      actionType: "notification",
      name: "Follow up",
      config: { message: "I waited for the first action" },
      dependsOn: ["greet"],
    },
  ],
  tags: ["example"],
};

const tab = (query: string, variables?: unknown): Tab => ({
  query,
  variables: variables === undefined ? null : json(variables),
  headers: DEFAULT_HEADERS,
});

export const EXAMPLES: Tab[] = [
  tab(WORKFLOWS),
  tab(CREATE_WORKFLOW, { input: FIRST_WORKFLOW }),
  tab(EXECUTE_WORKFLOW, { input: { workflowId: "wf_...", parameters: {} } }),
  tab(WATCH, { id: "exec_..." }),
];
