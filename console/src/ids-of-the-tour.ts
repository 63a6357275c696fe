// Finds what an earlier visit to the tour left, where this one has answered no id yet.
import { type Answer, ask } from "./ask";
import { ANSWERED_BY, fillIn, type Kind, missing, remember } from "./ids";

// By the tag of the examples, so that none of them changes or deletes what is in earnest.
const NEWEST = `{
  workflows(filter: { tags: ["example"] }, first: 20) {
    nodes { id executions(first: 1) { nodes { id createdAt } } }
  }
}`;

interface Found {
  workflows: { nodes: { id: string; executions: { nodes: { id: string; createdAt: string }[] } }[] };
}

/** Variables as they are to be sent; `refusal` says what to do first where they still lack an id. */
export interface Filled {
  variables: string;
  refusal?: Answer;
}

/** Variables with ids of this visit, else with the newest that the tour has made. */
export async function filledFromTheService(variables: string, headers?: Record<string, string>): Promise<Filled> {
  const lacks = missing(fillIn(variables));
  if (lacks.includes("wf") || lacks.includes("exec")) {
    const answer = await ask(NEWEST, headers);
    if (!answer.data) return { variables, refusal: answer };
    const { nodes } = (answer.data as Found).workflows;
    const executions = nodes.flatMap((workflow) => workflow.executions.nodes);
    const newest = executions.sort((one, other) => other.createdAt.localeCompare(one.createdAt))[0];
    if (lacks.includes("wf")) remember({ id: nodes[0]?.id }, null);
    if (lacks.includes("exec")) remember({ id: newest?.id }, null);
  }
  const filled = fillIn(variables);
  const [kind] = missing(filled);
  return { variables: filled, ...(kind && { refusal: whatToRunFirst(kind) }) };
}

function whatToRunFirst(kind: Kind): Answer {
  const example = ANSWERED_BY[kind];
  return { errors: [{ message: `There is no id yet to put in the place of ${kind}_...: run the example "${example}" first.` }] };
}
