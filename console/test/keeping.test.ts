// What the browser keeps, keeps too little of, or refuses to keep: the page has it all the same.
import { expect, test } from "vitest";
import { keeping } from "../src/keeping";

function storage(most: number): Storage {
  const kept: Record<string, string> = {};
  const methods = {
    getItem: (place: string) => kept[place] ?? null,
    setItem: (place: string, text: string) => {
      if (text.length > most) throw new Error("QuotaExceededError");
      kept[place] = text;
    },
    removeItem: (place: string) => void delete kept[place],
  };
  return methods as unknown as Storage;
}

const refusing = (): Storage => {
  throw new Error("SecurityError");
};

test("where nothing may be kept, it is kept until the page is left", () => {
  const kept = keeping(refusing);
  expect([kept.read("a"), kept.places()]).toEqual([null, []]);
  kept.write("a", "1");
  expect([kept.read("a"), kept.places()]).toEqual(["1", ["a"]]);
  kept.forget("a");
  expect(kept.read("a")).toBeNull();
});

test("what is too large is not answered as it was before", () => {
  const room = storage(3);
  const kept = keeping(() => room);
  kept.write("a", "one");
  kept.write("a", "too large");
  expect(kept.read("a")).toBe("too large");
  kept.write("a", "two");
  expect([kept.read("a"), keeping(() => room).read("a")]).toEqual(["two", "two"]);
});
