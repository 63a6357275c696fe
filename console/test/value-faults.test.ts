// What the service refuses stands at the field that it is about, with the way into it.
import { expect, test } from "vitest";
import { sortedFaults } from "../src/ui/parts/value-faults";

const fault = (message: string, ...path: string[]) => ({ code: "VALIDATION_ERROR", message, path });

test("faults in what was typed are told at its field, all of them, and those of no field apart", () => {
  const inside = fault("field required", "input", "parameters", "order", "lines", "0", "sku");
  const other = fault("must be at most 9", "input", "parameters", "count");
  const none = { code: "CONFLICT", message: "It runs already", path: null };
  const again = fault("is too large", "input", "parameters", "order");
  expect(sortedFaults([inside, other, none, again], "parameters")).toEqual({
    ofFields: { order: "lines.0.sku: field required; is too large", count: "must be at most 9" },
    others: [none],
  });
  expect(sortedFaults([other, fault("must be at most 8", "input", "form", "hours")], "form")).toEqual({
    ofFields: { hours: "must be at most 8" },
    others: [other],
  });
});
