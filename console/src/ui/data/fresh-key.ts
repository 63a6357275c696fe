// A key that nobody else has. `crypto.randomUUID` is not there where a page came over plain HTTP from another machine.

const BYTES = 16;

/** 32 hexadecimal digits at random. */
export const freshKey = (): string => Array.from(crypto.getRandomValues(new Uint8Array(BYTES)), (byte) => byte.toString(16).padStart(2, "0")).join("");
