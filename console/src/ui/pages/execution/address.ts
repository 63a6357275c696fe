// The address of an execution, of one of its areas, and of what is chosen in it.

export const AREAS = ["flow", "graph", "timeline", "events", "data", "related"] as const;
export type Area = (typeof AREAS)[number];

/** The address of the dialog that does an execution over. */
export const rerunAddress = (id: string): string => `/ui/executions/${id}/rerun`;

/** What is chosen: an action, and one of its items. */
export interface Choice {
  action: string | null;
  item: number | null;
}

/** What the address chooses. */
export function choiceOf(search: string): Choice {
  const address = new URLSearchParams(search);
  const item = address.get("item");
  return { action: address.get("action"), item: item !== null && /^\d+$/.test(item) ? Number(item) : null };
}

/** The address of an area, with what is chosen. */
export function areaAddress(id: string, area: Area, choice: Partial<Choice> = {}): string {
  const address = new URLSearchParams();
  if (choice.action != null) address.set("action", choice.action);
  if (choice.item != null) address.set("item", String(choice.item));
  const search = address.toString();
  return `/ui/executions/${id}${area === "flow" && !search ? "" : `/${area}`}${search && `?${search}`}`;
}
