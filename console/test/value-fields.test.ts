// What is sent is what stands in the fields: what was cleared, what no number here is the same as, and what was not answered.
import { expect, test } from "vitest";
import { emptyMeans, type FieldDefinition, meant, NO_VALUES, replacing, typedFrom } from "../src/ui/parts/value-fields";

const field = (type: string, more: Partial<FieldDefinition> = {}): FieldDefinition => ({ name: "it", type, required: false, ...more });
const of = (given: FieldDefinition, it: string | boolean | undefined, before = NO_VALUES) => meant([given], { it }, before);

test("a number that would be sent as another one is a fault", () => {
  const whole = field("INTEGER");
  expect(of(whole, "9007199254740991").values).toEqual({ it: 9007199254740991 });
  for (const text of ["9007199254740993", "-9007199254740993"]) {
    expect(of(whole, text).values).toEqual({});
    expect(of(whole, text).faults.it).toContain("9007199254740991");
  }
  expect(of(field("NUMBER"), "1e999")).toEqual({ values: {}, faults: { it: "A number that is not so large" } });
  expect(of(field("NUMBER"), "1e300").values).toEqual({ it: 1e300 });
});

test("a number that it ran with is none while nobody touches it", () => {
  const before = { it: 2 ** 53 };
  const whole = field("INTEGER");
  const typed = typedFrom([whole], before);
  const { values, faults } = meant([whole], typed, before);
  expect([faults, replacing([whole], values, before)]).toEqual([{}, {}]);
});

test("a text that was cleared is sent as empty, where another one would come back", () => {
  const text = field("STRING");
  expect(of(text, "").values).toEqual({});
  expect(of(field("STRING", { defaultValue: "world" }), "").values).toEqual({ it: "" });
  expect(of(field("STRING", { defaultValue: "world" }), undefined).values).toEqual({});
  const before = { it: "eu" };
  const { values } = of(text, "", before);
  expect(replacing([text], values, before)).toEqual({ it: "" });
  expect(replacing([text], of(text, "eu", before).values, before)).toEqual({});
});

test("a field that is empty says what that means", () => {
  const [whole, text] = [field("INTEGER", { defaultValue: 5 }), field("STRING", { defaultValue: "eu" })];
  expect(emptyMeans(whole, "", NO_VALUES)).toBe("Empty: the default, 5");
  expect(emptyMeans(whole, "", { it: 7 })).toBe("Empty: stays 7");
  expect(emptyMeans(whole, "7", NO_VALUES)).toBeNull();
  expect(emptyMeans(field("INTEGER"), "", NO_VALUES)).toBeNull();
  expect([emptyMeans(text, "", NO_VALUES), emptyMeans(text, undefined, NO_VALUES)]).toEqual(["Empty: an empty text", "Empty: the default, eu"]);
  expect(emptyMeans(field("STRING", { secretHint: true }), undefined, { it: "hush" })).toBe("Empty: stays as it is");
});

test("what is required and has a value that stays may be empty", () => {
  const whole = field("INTEGER", { required: true });
  expect(of(whole, "", { it: 7 })).toEqual({ values: {}, faults: {} });
  expect(of(whole, "").faults).toEqual({ it: "It is required" });
});

test("yes and no are chosen, and neither is taken for granted where one is required", () => {
  const sure = field("BOOLEAN", { required: true });
  expect(of(sure, undefined).faults).toEqual({ it: "It is required" });
  expect([of(sure, "true"), of(sure, "false")].map(({ values }) => values.it)).toEqual([true, false]);
  expect(of(field("BOOLEAN", { allowedValues: [true] }), "true")).toEqual({ values: { it: true }, faults: {} });
});

test("JSON with a number that would be sent as another one is a fault, and a text with digits is none", () => {
  const list = field("ARRAY");
  expect(of(list, '["12345678901234567890", "a\\"12345678901234567890", 9007199254740991, -1.5e3, 0.1]').faults).toEqual({});
  for (const text of ["[12345678901234567890]", '["a", -9007199254740993]', "[1e999]"]) {
    expect(of(list, text).values).toEqual({});
    expect(of(list, text).faults.it).toContain("as it stands");
  }
  expect(of(list, '{"a": 1}').faults.it).toContain("A list in JSON");
  expect(of(list, "[1").faults.it).toContain("A list in JSON");
  expect(of(field("OBJECT"), '{"id": 12345678901234567890}').faults.it).toContain("12345678901234567890");
});
