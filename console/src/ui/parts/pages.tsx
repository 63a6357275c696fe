// The pages of a list that were gone through, and the buttons that go on.
import { useState } from "react";
import { Button } from "./button";
import styles from "./pages.module.css";

export interface PageInfo {
  readonly hasNextPage: boolean;
  readonly endCursor?: string | null;
}

/** The cursor of the page that is shown, and the buttons to the others. */
export function usePages() {
  const [cursors, setCursors] = useState<readonly (string | null)[]>([null]);
  const buttons = (info: PageInfo | undefined) => (
    <div className={styles.pages}>
      {cursors.length > 1 && <Button onClick={() => setCursors(cursors.slice(0, -1))}>Newer</Button>}
      {info?.hasNextPage && <Button onClick={() => setCursors([...cursors, info.endCursor ?? null])}>Older</Button>}
    </div>
  );
  return { after: cursors.at(-1) ?? null, buttons };
}
