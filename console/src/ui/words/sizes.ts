// How much a value takes, in bytes and in words.

/** The bytes of a value as JSON. */
export const sizeOf = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value) ?? "").length;

/** `812 bytes`, `3.1 KB`, `2.4 MB`. */
export function bytes(count: number): string {
  if (count < 1024) return `${count} bytes`;
  if (count < 1024 * 1024) return `${(count / 1024).toFixed(1)} KB`;
  return `${(count / 1024 / 1024).toFixed(1)} MB`;
}
