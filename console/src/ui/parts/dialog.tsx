// A dialog over the page: the browser's own, so that focus goes in, stays, and comes back.
import { type PointerEvent, type ReactNode, type SyntheticEvent, useId, useLayoutEffect, useRef } from "react";
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
function openOver(dialog: HTMLDialogElement): void {
  dialog.showModal();
  dialog.querySelector<HTMLElement>("[data-focus-first]")?.focus();
}

/** What makes a `<dialog>` lie over the page as long as it is drawn; `onClose` is called where one wants it gone. */
export function useModal(onClose: () => void) {
  const ref = useRef<HTMLDialogElement>(null);
  // It is closed before it leaves the document: from then on a browser no longer gives the focus back.
  useLayoutEffect(() => {
    const element = ref.current;
    if (element) openOver(element);
    return () => element?.close();
  }, []);
  return {
    ref,
    onCancel: (event: SyntheticEvent) => {
      if (event.target !== event.currentTarget) return;
      event.preventDefault();
      onClose();
    },
    // A browser closes it by itself at the second Escape: what is still drawn is then to be seen again.
    onClose: (event: SyntheticEvent) => {
      if (event.target !== event.currentTarget) return;
      onClose();
      setTimeout(() => ref.current?.isConnected && !ref.current.open && openOver(ref.current));
    },
    onPointerDown: (event: PointerEvent) => {
      if (event.target === event.currentTarget) onClose();
    },
  };
}

export function Dialog({ title, onClose, children, foot, isWide }: Props) {
  const modal = useModal(onClose);
  const name = useId();
  return (
    <dialog {...modal} className={`${styles.dialog} ${isWide ? styles.wide : ""}`} aria-labelledby={name}>
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
