// Whether rows of long lists are compact: chosen here, and kept.
import { useState } from "react";

const PLACE = "orchestrator:compact-rows";

/** Whether they are, and what turns it. */
export function useCompactRows(): [boolean, () => void] {
  const [isCompact, setCompact] = useState(() => localStorage.getItem(PLACE) === "on");
  const turn = () => {
    localStorage.setItem(PLACE, isCompact ? "off" : "on");
    setCompact(!isCompact);
  };
  return [isCompact, turn];
}
