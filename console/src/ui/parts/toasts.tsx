// What was done, to what, and what came of it: said in a corner, for a while.
import { useSyncExternalStore } from "react";
import { Link } from "wouter";
import type { Tone } from "../words/tones";
import { IconButton } from "./button";
import { Icon } from "./icon";
import styles from "./toasts.module.css";

interface Toast {
  id: number;
  tone: Tone;
  title: string;
  text?: string;
  link?: ToastLink;
}

/** Where one sees more of it. */
export interface ToastLink {
  name: string;
  href: string;
}

const STAYS_MS = 8000;
const SHAPES: Readonly<Record<string, string>> = { ok: "s-ok", fail: "s-fail", run: "info", wait: "warn", hold: "info", idle: "info" };

let toasts: readonly Toast[] = [];
let count = 0;
const listeners = new Set<() => void>();

function change(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

const drop = (id: number): void => change(toasts.filter((toast) => toast.id !== id));

/** Says what was done; a failure stays until it is closed. */
export function say(tone: Tone, title: string, text?: string, link?: ToastLink): void {
  const id = ++count;
  change([...toasts.slice(-3), { id, tone, title, text, link }]);
  if (tone !== "fail") setTimeout(() => drop(id), STAYS_MS);
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function Toasts() {
  const shown = useSyncExternalStore(listen, () => toasts);
  return (
    <div className={styles.toasts} role="status">
      {shown.map((toast) => (
        <div key={toast.id} className={`${styles.toast} tone-${toast.tone}`}>
          <Icon name={SHAPES[toast.tone] ?? "info"} />
          <div className="grow">
            <h3>{toast.title}</h3>
            {toast.text && <p className="t2 sm">{toast.text}</p>}
            {toast.link && (
              <Link className="link" href={toast.link.href} onClick={() => drop(toast.id)}>
                {toast.link.name}
              </Link>
            )}
          </div>
          <IconButton isSmall icon="x" label="Close" onClick={() => drop(toast.id)} />
        </div>
      ))}
    </div>
  );
}
