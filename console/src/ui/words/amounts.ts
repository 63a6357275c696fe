// A number with its word, which is another one for more than one.

/** `1 run`, `1,204 runs`. */
export const amount = (count: number, word: string, words = `${word}s`): string => `${count.toLocaleString()} ${count === 1 ? word : words}`;
