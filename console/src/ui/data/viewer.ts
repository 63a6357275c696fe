// Who looks at the page, and what that one may do.
import { createContext, useContext } from "react";

export interface Viewer {
  userId: string | null;
  tenant: string | null;
  role: string | null;
  permissions: readonly string[];
  canCreateWorkflows: boolean;
  canExecuteWorkflows: boolean;
  /** Whether the service believes a user id without a proof, as the test environment does. */
  isTrusted: boolean;
}

export const isTrusted = document.querySelector<HTMLMetaElement>('meta[name="user-id"]')?.content === "trusted";

export const NOBODY: Viewer = {
  userId: null,
  tenant: null,
  role: null,
  permissions: [],
  canCreateWorkflows: false,
  canExecuteWorkflows: false,
  isTrusted,
};

export const ViewerContext = createContext<Viewer>(NOBODY);

export const useViewer = (): Viewer => useContext(ViewerContext);

/** Whether one may change what belongs to others, and to all: as operators and admins may. */
export const maySeeTo = ({ role }: Viewer): boolean => role === "OPERATOR" || role === "ADMIN";
