// What stands at the side of a wide window, and comes from below as a sheet where there is no room for a side.
import type { ReactNode } from "react";
import { useMedia } from "../data/media";
import styles from "./sheet.module.css";
import { useModal } from "./dialog";

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
  const modal = useModal(onClose);
  return (
    <dialog {...modal} className={styles.sheet} aria-label={label}>
      <div className={styles.inside}>{children}</div>
    </dialog>
  );
}
