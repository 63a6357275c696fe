// The value of a secret, by what was typed or pasted.

/** The text as it is, but for the line break that is copied along with a single line: no token or password has one. */
export const secretValue = (text: string): string => (/^.*\n$/.test(text) ? text.slice(0, -1) : text);
