// A dialog over the page: the browser's own, so that focus goes in, stays, and comes back.
import { type ReactNode, useEffect, useId, useRef } from "react";
import { IconButton } from "./button";
import styles from "./dialog.module.css";

interface Props {
  title: string;
  onClose: () => void;
  children: ReactNode;
  /** The buttons, at the foot. */
  foot?: ReactNode;
  isWide?: boolean;
}

/** Opens a dialog over the page; the focus goes to what is marked by `data-focus-first`, if anything is. */
export function openOver(dialog: HTMLDialogElement): void {
  dialog.showModal();
  dialog.querySelector<HTMLElement>("[data-focus-first]")?.focus();
}

export function Dialog({ title, onClose, children, foot, isWide }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const name = useId();
  useEffect(() => {
    const element = dialog.current;
    if (element) openOver(element);
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={`${styles.dialog} ${isWide ? styles.wide : ""}`}
      aria-labelledby={name}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onPointerDown={(event) => event.target === event.currentTarget && onClose()}
    >
      <div className={styles.inside}>
        <header className={styles.head}>
          <h2 id={name} className="grow">
            {title}
          </h2>
          <IconButton icon="x" label="Close" onClick={onClose} />
        </header>
        <div className={styles.body}>{children}</div>
        {foot && <footer className={styles.foot}>{foot}</footer>}
      </div>
    </dialog>
  );
}
