// The action types as people see them: an icon and a word.

const ICONS: Readonly<Record<string, string>> = {
  service_call: "globe",
  notification: "send",
  transform: "shuffle",
  wait: "clock",
  approval: "hand",
  sub_workflow: "sub",
};

/** The icon of an action type; one of others has a bolt. */
export const actionIcon = (type: string): string => ICONS[type] ?? "bolt";

/** An action type in words. */
export const actionWord = (type: string): string => type.replaceAll("_", " ");
