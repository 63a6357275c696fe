// The lines of a log: pages of it come one after the other, and none is put beside another that it does not meet.
import { expect, test } from "vitest";
import { NO_LINES, type Page, withNewest, withOlder } from "../src/ui/pages/execution/areas/log-lines";

interface Line {
  cursor: string;
}

const PAGE = 3;
const lines = (...places: number[]): Line[] => places.map((place) => ({ cursor: String(place) }));

/** The page that ends with a place. */
function pageTo(last: number): Page<Line> {
  const first = Math.max(1, last - PAGE + 1);
  const places = Array.from({ length: last - first + 1 }, (_, place) => first + place);
  return { edges: lines(...places), pageInfo: { startCursor: String(first), hasPreviousPage: first > 1 } };
}

test("the newest page is put above what it meets, whose end stays", () => {
  const known = withOlder(withNewest<Line>(NO_LINES, pageTo(5)), pageTo(2), "3");
  expect(known).toEqual({ lines: lines(5, 4, 3, 2, 1), before: "1", hasOlder: false });
  expect(withNewest(known, pageTo(7))).toEqual({ lines: lines(7, 6, 5, 4, 3, 2, 1), before: "1", hasOlder: false });
});

test("one that does not come down to what is known stands alone, and what is older can be asked for", () => {
  const known = withNewest<Line>(NO_LINES, pageTo(2));
  expect(known.hasOlder).toBe(false);
  expect(withNewest(known, pageTo(9))).toEqual({ lines: lines(9, 8, 7), before: "7", hasOlder: true });
});

test("older lines that come late are not put below others", () => {
  const asked = withNewest<Line>(NO_LINES, pageTo(5));
  const known = withNewest(asked, pageTo(9));
  expect(withOlder(known, pageTo(2), "3")).toBe(known);
});
