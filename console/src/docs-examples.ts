// Puts what the service holds in the place of the examples that end with "...", just before a request is sent.

/** A request as Swagger UI has put it together. */
export interface Sent {
  url: string;
  headers: Record<string, string>;
}

type Activity = { type: string; details: { execution_id?: string } };

export const FILLED_IN =
  "On this page `wf_...` stands for the newest workflow, `exec_...` for an execution that is at work, else for the newest " +
  "one, and `order-...` for a new key with each request. *Test environment* makes data to try all of this out on.";

/** The request with ids of the service's own; where there are none, as it was. */
export async function fillIn(request: Sent): Promise<Sent> {
  if (request.headers["Idempotency-Key"] === "order-...") request.headers["Idempotency-Key"] = `order-${Date.now()}`;
  const [base = ""] = request.url.split("/workflows/");
  const read = async (path: string) => {
    const { "Content-Type": _, ...headers } = request.headers;
    const answer = await fetch(base + path, { headers });
    return answer.ok ? await answer.json() : {};
  };
  if (request.url.includes("/wf_...")) request.url = replaced(request.url, "wf_...", newestWorkflow(await read(WORKFLOWS)));
  if (request.url.includes("/exec_..."))
    request.url = replaced(request.url, "exec_...", liveliestExecution(await read(ACTIVITIES)));
  return request;
}

const WORKFLOWS = "/workflows?page_size=1";
const ACTIVITIES = "/workflows/activity?limit=100";

const replaced = (url: string, example: string, id: string | undefined): string => url.replace(example, id ?? example);

const newestWorkflow = ({ workflows = [] }: { workflows?: { workflow_id: string }[] }): string | undefined =>
  workflows[0]?.workflow_id;

function liveliestExecution({ activities = [] }: { activities?: Activity[] }): string | undefined {
  const of = (types: (type: string) => boolean) =>
    activities.filter(({ type }) => types(type)).flatMap(({ details }) => details.execution_id ?? []);
  const begun = of((type) => type === "workflow_executed");
  const ended = new Set(of((type) => type.startsWith("execution_")));
  return begun.find((id) => !ended.has(id)) ?? begun[0];
}
