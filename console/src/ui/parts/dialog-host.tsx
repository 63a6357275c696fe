// Where dialogs stay that are opened from something which may go away under them, such as what a live change takes off a page.
import { createContext, type ReactNode, useContext, useState } from "react";

/** Makes a dialog, which calls `close` where one wants it gone. */
type Made = (close: () => void) => ReactNode;

const Show = createContext<(made: Made) => void>(() => undefined);

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

/** Opens a dialog in the host around. */
export const useDialogHost = (): ((made: Made) => void) => useContext(Show);
