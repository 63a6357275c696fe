// Keys of one letter, which are off in fields, and the line at the foot that tells of them.
import { useEffect, useRef } from "react";
import { forGood } from "../../keeping";
import styles from "./keys.module.css";

export type Keys = Readonly<Record<string, () => void>>;

const PLACE = "orchestrator:letter-keys";

/** Whether keys of one letter do something: it can be turned off. */
export const areKeysOn = (): boolean => forGood.read(PLACE) !== "off";
export const turnKeys = (isOn: boolean): void => forGood.write(PLACE, isOn ? "on" : "off");

function isInField(target: Element): boolean {
  return (target instanceof HTMLElement && target.isContentEditable) || target.matches("input:not([type=checkbox]), textarea, select");
}

/** What is open over the page has the keys, and the one that presses a button or follows a link has what it presses. */
function isTaken(key: string, target: Element): boolean {
  if (document.querySelector("dialog[open]") || target.closest("[role=menu], [role=dialog]")) return true;
  return (key === "Enter" || key === " ") && target.closest("a, button, summary, input") !== null;
}

/** What a key is called: `J`, `Shift X`, `Enter`; a sign is itself, whatever has to be held for it. */
function nameOf({ key, shiftKey }: KeyboardEvent): string {
  const name = key.length === 1 ? key.toUpperCase() : key;
  return shiftKey && /^[A-Z]$/.test(name) ? `Shift ${name}` : name;
}

/** Does what `keys` says while the page is open, but for what is typed into a field, and what something else takes. */
export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const target = event.target instanceof Element ? event.target : document.body;
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isInField(target) || isTaken(event.key, target) || (event.key.length === 1 && !areKeysOn())) return;
      const deed = latest.current[nameOf(event)];
      if (!deed) return;
      event.preventDefault();
      deed();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}

/** One key. */
export const Key = ({ children }: { children: string }) => <kbd className={styles.key}>{children}</kbd>;

/** The keys of a page, at its foot. */
export function KeyHints({ hints, children }: { hints: readonly (readonly [string, string])[]; children?: string }) {
  return (
    <footer className={`${styles.hints} no-phone`}>
      {hints.map(([keys, words]) => (
        <span key={words}>
          {keys.split(" ").map((key) => (
            <Key key={key}>{key}</Key>
          ))}
          {words}
        </span>
      ))}
      {children && <span className={styles.end}>{children}</span>}
    </footer>
  );
}
