// What stands at the side of a wide window, and comes from below as a sheet where there is no room for a side.
import { type ReactNode, useEffect, useRef } from "react";
import { useMedia } from "../data/media";
import styles from "./sheet.module.css";
import { openOver } from "./dialog";

const NO_ROOM = "(max-width: 900px)";

/** Whether a side is shown as a sheet now. */
export const useIsSheet = (): boolean => useMedia(NO_ROOM);

interface Props {
  label: string;
  onClose: () => void;
  children: ReactNode;
}

export function Side({ label, onClose, children }: Props) {
  const isSheet = useIsSheet();
  if (isSheet)
    return (
      <Sheet label={label} onClose={onClose}>
        {children}
      </Sheet>
    );
  return (
    <aside className={styles.side} aria-label={label} tabIndex={-1} data-side>
      {children}
    </aside>
  );
}

function Sheet({ label, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (element) openOver(element);
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={styles.sheet}
      aria-label={label}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onPointerDown={(event) => event.target === event.currentTarget && onClose()}
    >
      <div className={styles.inside}>{children}</div>
    </dialog>
  );
}
