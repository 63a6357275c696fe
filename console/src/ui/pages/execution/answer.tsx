// What an answer says beside its body: its status and its headers, and the expressions that give them.
import type { AnsweredFragment } from "../../data/documents";
import { JsonTree } from "../../parts/json-tree";
import styles from "./panel.module.css";

export function Answer({ http, expression }: { http: AnsweredFragment | null | undefined; expression: string }) {
  if (!http) return null;
  return (
    <section className={styles.part}>
      <h3>
        Answer <span className="t3 sm">{http.status}, and its headers</span>
      </h3>
      <JsonTree value={{ status: http.status, headers: http.headers }} expression={expression} isBare openDepth={0} />
    </section>
  );
}
