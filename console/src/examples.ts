// Reads the example operations, each a file with its variables beside it, in the order of their folders and names.
export interface Example {
  title: string;
  /** What a newcomer should know of it, in a line or two. */
  description: string;
  query: string;
  /** JSON; `wf_...`, `exec_...`, `cb_...`, `key_...` and `bulk_...` stand for ids that earlier operations answered. */
  variables: string;
}

export interface Group {
  title: string;
  examples: Example[];
}

type Files = Record<string, string>;

const operations: Files = import.meta.glob("./examples/*/*.graphql", { query: "?raw", import: "default", eager: true });
const variables: Files = import.meta.glob("./examples/*/*.json", { query: "?raw", import: "default", eager: true });

/** `2-list-workflows` is "List workflows", and `2-list-api-keys` is "List API keys". */
function titleOf(name: string): string {
  const words = name.replace(/^\d+-/, "").replaceAll("-", " ").replace(/\bapi\b/, "API");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function descriptionOf(operation: string): string {
  const comments = operation.split("\n").filter((line) => line.startsWith("# "));
  return comments.map((line) => line.slice(2)).join(" ");
}

function grouped(): Group[] {
  const groups = new Map<string, Group>();
  for (const file of Object.keys(operations).sort()) {
    const [, , folder = "", name = ""] = file.split("/");
    const group = groups.get(folder) ?? { title: titleOf(folder), examples: [] };
    groups.set(folder, group);
    const query = operations[file] ?? "";
    group.examples.push({
      title: titleOf(name.replace(".graphql", "")),
      description: descriptionOf(query),
      query,
      variables: variables[file.replace(".graphql", ".json")]?.trimEnd() ?? "",
    });
  }
  return [...groups.values()];
}

export const GROUPS = grouped();
