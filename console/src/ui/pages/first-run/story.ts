// What the first run does with a template: who plays its services, which of them is broken, and how it is mended.
import type { TemplatesQuery } from "../../data/documents";

export type Template = NonNullable<TemplatesQuery["workflowTemplates"]>[number];
type Action = Template["actions"][number];
export type Mock = Template["mocks"][number];

/** So long each service takes, or there would be nothing to see. */
const DELAY_MS = 700;

/** The templates that are offered, the first one chosen; the second shows how what was done is undone. */
const ORDER = ["document_analysis", "order_saga", "health_check_fanout", "etl_pipeline"];

export function offered(templates: readonly Template[]): Template[] {
  return ORDER.flatMap((name) => templates.filter((template) => template.templateName === name));
}

/** What an attempt that fails is followed by: another one, so that there is time to mend the service. */
const PATIENT = { maxAttempts: 30, backoff: "FIXED", initialDelaySeconds: 2, jitter: false };

const isCall = (action: Action): boolean => action.actionType === "service_call";

/** Whether a failure undoes what was done: then it is refused for good, else it is tried again. */
export const undoes = (template: Template): boolean => template.actions.some((action) => action.compensate);

/** The action whose service is broken: the last that calls one. */
function last(template: Template): Action {
  const found = template.actions.filter(isCall).at(-1);
  if (!found) throw new Error(`template ${template.templateName} calls no service`);
  return found;
}

function endpointOf(action: Action, template: Template): Mock | undefined {
  const config = action.config as { service?: string; endpoint?: string };
  const example = (template.exampleParameters ?? {}) as Record<string, unknown>;
  const filled = (text = "") => text.replaceAll(/\{\{(\w+)\}\}/g, (whole, name: string) => String(example[name] ?? whole));
  const service = filled(config.service);
  return template.mocks.find((mock) => mock.serviceName === service) ?? template.mocks.at(-1);
}

/** The mock of the service that is broken. */
export function broken(template: Template): Mock {
  const mock = endpointOf(last(template), template);
  if (!mock) throw new Error(`template ${template.templateName} has no mock`);
  return mock;
}

const played = (mock: Mock) => ({ serviceName: mock.serviceName, endpoint: mock.endpoint, method: mock.method, response: mock.response, delayMs: DELAY_MS });

/** All services as they should be. */
export const whole = (template: Template) => template.mocks.map(played);

/** The one service as it is when it is broken. */
export function breaking(template: Template) {
  const mock = played(broken(template));
  return undoes(template) ? { ...mock, statusCode: 422, response: { error: "no such street" } } : { ...mock, response: null, error: "connection_error" };
}

/** The workflow that is made: the template's, whose last call has patience where a failure undoes nothing. `others` are called the same. */
export function making(template: Template, others = 0) {
  const named = others === 0 ? "My first workflow" : `My first workflow, ${others + 1}`;
  if (undoes(template)) return { templateName: template.templateName, customizations: { name: named } };
  const { actionId, actionType, name, config, dependsOn } = last(template);
  return {
    templateName: template.templateName,
    customizations: { name: named, actions: [{ actionId, actionType, name, config, dependsOn, retry: PATIENT }] },
  };
}

/** The template as a picture: levels by what each action waits for. */
export function picture(template: Template) {
  const levels = new Map<string, number>();
  for (const action of template.actions) levels.set(action.actionId, Math.max(0, ...action.dependsOn.map((name) => (levels.get(name) ?? 0) + 1)));
  return {
    nodes: template.actions.map((action) => ({ ...action, level: levels.get(action.actionId) ?? 0, phase: "MAIN" })),
    edges: template.actions.flatMap((action) => action.dependsOn.map((source) => ({ source, target: action.actionId }))),
  };
}
