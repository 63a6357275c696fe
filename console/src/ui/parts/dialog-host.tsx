// Where dialogs stay that are opened from something which may go away under them, such as what a live change takes off a page.
import { createContext, type ReactNode, useContext, useState } from "react";

/** Makes a dialog, which calls `close` where one wants it gone. */
type Made = (close: () => void) => ReactNode;

const Show = createContext<((made: Made) => void) | null>(null);

/** Shows one dialog until it is closed, whatever becomes of what opened it. */
export function DialogHost({ children }: { children: ReactNode }) {
  const [made, setMade] = useState<{ dialog: Made } | null>(null);
  return (
    <Show value={(dialog) => setMade({ dialog })}>
      {children}
      {made?.dialog(() => setMade(null))}
    </Show>
  );
}

/** Opens a dialog in the host around; there has to be one. */
export function useDialogHost(): (made: Made) => void {
  const show = useContext(Show);
  if (!show) throw new Error("there is no DialogHost around");
  return show;
}
