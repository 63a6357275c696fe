// What an action does, in a few words, as its definition says it.

/** Some words, and what of it is code. */
export interface Does {
  words: string;
  code: string | null;
}

function text(config: unknown, key: string): string | null {
  const value = config !== null && typeof config === "object" ? (config as Record<string, unknown>)[key] : undefined;
  return typeof value === "string" || typeof value === "number" ? String(value) : null;
}

/** A text of a configuration that holds no template, so that it is what is used. */
export function plain(config: unknown, key: string): string | null {
  const value = text(config, key);
  return value?.includes("{{") ? null : value;
}

/** `POST /reservations`: without a method it is a POST, as the service has it. */
export const callOf = (config: unknown): string => [text(config, "method") ?? "POST", text(config, "endpoint")].filter(Boolean).join(" ");

/** `stock` and `POST /reservations`; of a type that is not known its name. */
export function does(actionType: string, config: unknown): Does {
  switch (actionType) {
    case "service_call":
      return { words: text(config, "service") ?? "a service", code: callOf(config) };
    case "approval":
      return { words: text(config, "message") ?? "asks a person", code: null };
    case "wait": {
      const signal = text(config, "signal");
      if (signal) return { words: "signal", code: signal };
      const seconds = text(config, "seconds");
      return { words: seconds ? `waits ${seconds} s` : "waits for a moment", code: null };
    }
    case "sub_workflow":
      return { words: "runs", code: text(config, "workflow_id") ?? text(config, "workflow") };
    case "notification":
      return { words: text(config, "message") ?? "tells", code: null };
    case "fail":
      return { words: `fails: ${text(config, "message") ?? "as it is told to"}`, code: text(config, "code") };
    case "finish":
      return { words: "ends the execution well, here", code: null };
    case "transform":
      return { words: "makes a value", code: null };
    default:
      return { words: actionType.replaceAll("_", " "), code: null };
  }
}
