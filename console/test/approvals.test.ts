// Which approval is open, while others are decided: nobody is led on to another one but by the own decision.
import { expect, test } from "vitest";
import { openOne } from "../src/ui/pages/approvals/open-one";

const approval = (execution: string, item?: number) => ({ id: `${execution} ${item}`, executionId: execution, actionId: "ask", item, isFresh: false });
const [first, second] = [approval("a"), approval("b")];

test("without an address the first is opened, and stays open once somebody else has decided it", () => {
  expect(openOne([first, second], {}, undefined, null)).toBe(first);
  expect(openOne([second], {}, first, null)).toBe(first);
  expect(openOne([], {}, first, null)).toBe(first);
  const fresh = { ...first, isFresh: true };
  expect(openOne([second, fresh], {}, first, null)).toBe(fresh);
});

test("after the own decision the next one is opened, once the decided one waits no longer", () => {
  expect(openOne([first, second], {}, first, first.id)).toBe(first);
  expect(openOne([second], {}, first, first.id)).toBe(second);
  expect(openOne([], {}, first, first.id)).toBeUndefined();
});

test("what the address names is open, and no other", () => {
  const named = { execution: "b", action: "ask" };
  expect(openOne([first, second], named, first, null)).toBe(second);
  expect(openOne([first], named, second, second.id)).toBe(second);
  expect(openOne([first], named, first, null)).toBeUndefined();
  const ofItem = approval("b", 0);
  expect(openOne([second, ofItem], { ...named, item: "0" }, undefined, null)).toBe(ofItem);
});
