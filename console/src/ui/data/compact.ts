// Whether rows of long lists are compact: chosen here, and kept.
import { useState } from "react";
import { forGood } from "../../keeping";

const PLACE = "orchestrator:compact-rows";

/** Whether they are, and what turns it. */
export function useCompactRows(): [boolean, () => void] {
  const [isCompact, setCompact] = useState(() => forGood.read(PLACE) === "on");
  const turn = () => {
    forGood.write(PLACE, isCompact ? "off" : "on");
    setCompact(!isCompact);
  };
  return [isCompact, turn];
}
