// The action types as people see them: an icon and a word.

const ICONS: Readonly<Record<string, string>> = {
  service_call: "globe",
  notification: "send",
  transform: "shuffle",
  wait: "clock",
  approval: "hand",
  sub_workflow: "sub",
  fail: "x",
  finish: "check",
};

/** The icon of an action type; one of others has a bolt. */
export const actionIcon = (type: string): string => ICONS[type] ?? "bolt";

const WORDS: Readonly<Record<string, string>> = {
  fail: "fails the execution",
  finish: "ends the execution well",
};

/** An action type in words. */
export const actionWord = (type: string): string => WORDS[type] ?? type.replaceAll("_", " ");
