// What differs between two definitions, a card for each action, parameter and output.
import type { DifferenceFragment } from "../data/documents";
import { Card } from "../parts/card";
import { PlaceLines, WholeLines } from "../parts/difference";
import { Empty } from "../parts/nothing";
import { amount } from "../words/amounts";
import styles from "./differences.module.css";

const PARTS: Readonly<Record<string, string>> = {
  PARAMETERS: "Parameter",
  ACTIONS: "Action",
  ON_FAILURE: "If it fails",
  ON_EXIT: "However it ends",
  OUTPUTS: "Output",
};

const KINDS: Readonly<Record<string, string>> = { ADDED: "added", REMOVED: "removed", CHANGED: "changed", MOVED: "moved" };

function aside(difference: DifferenceFragment): string {
  const count = difference.fields.length;
  if (difference.kind !== "CHANGED") return KINDS[difference.kind] ?? "";
  return `${amount(count, "field")} changed${difference.isMoved ? ", and moved" : ""}`;
}

export function Differences({ differences }: { differences: readonly DifferenceFragment[] }) {
  if (differences.length === 0) return <Empty title="They mean the same" />;
  return (
    <div className="stack gap-3">
      {differences.map((difference) => (
        <Card key={`${difference.part} ${difference.name}`} title={`${PARTS[difference.part] ?? ""} ${difference.name}`} aside={aside(difference)}>
          <div className={styles.lines}>
            {difference.kind === "ADDED" && <WholeLines value={difference.after} isAdded />}
            {difference.kind === "REMOVED" && <WholeLines value={difference.before} isAdded={false} />}
            {difference.fields.map((place) => (
              <PlaceLines key={place.path.join(" ")} place={place} />
            ))}
          </div>
        </Card>
      ))}
    </div>
  );
}
