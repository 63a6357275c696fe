// A state: by a shape and a word, in a pill or bare; colour only helps.
import type { Look } from "../words/executions";
import { Icon } from "./icon";
import styles from "./status.module.css";

/** The shape alone; its word is read out. */
export function StatusShape({ look, size = "m" }: { look: Look; size?: "s" | "m" | "l" }) {
  return (
    <span className={`${styles.shape} tone-${look.tone}`} title={look.word}>
      <Icon name={look.shape} label={look.word} size={size} />
    </span>
  );
}

/** The shape with its word, or with better words. */
export function StatusPill({ look, words }: { look: Look; words?: string }) {
  return (
    <span className={`${styles.pill} tone-${look.tone}`}>
      <Icon name={look.shape} size="s" />
      {words ?? look.word}
    </span>
  );
}
