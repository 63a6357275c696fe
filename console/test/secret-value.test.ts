// A secret of several lines stays as it is, to the last line break; one of a single line has none.
import { expect, test } from "vitest";
import { secretValue } from "../src/ui/pages/keys/secret-value";

test("only a line by itself loses the line break at its end", () => {
  const pem = "-----BEGIN KEY-----\nMIIB\n-----END KEY-----\n";
  expect([pem, "token", "token\n", "a\nb"].map(secretValue)).toEqual([pem, "token", "token", "a\nb"]);
});
