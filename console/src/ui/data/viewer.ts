// Who looks at the page, and what that one may do.
import { createContext, useContext } from "react";
import type { CredentialKind, Permission, Role } from "./documents";

export interface Viewer {
  userId: string | null;
  tenant: string | null;
  role: Role | null;
  permissions: readonly Permission[];
  credential: CredentialKind | null;
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
  credential: null,
  canCreateWorkflows: false,
  canExecuteWorkflows: false,
  isTrusted,
};

export const ViewerContext = createContext<Viewer>(NOBODY);

export const useViewer = (): Viewer => useContext(ViewerContext);

/** Whether it is known who looks. */
export const isKnown = (viewer: Viewer): boolean => viewer.role !== null;

/** Whether the viewer has a permission. */
export const useMay = (permission: Permission): boolean => useViewer().permissions.includes(permission);

/** Whether executions may be done over: whoever does must see the results that are reused. */
export function useMayRerun(): boolean {
  const { permissions } = useViewer();
  return permissions.includes("WORKFLOW_EXECUTE") && permissions.includes("EXECUTION_PAYLOAD");
}

/** Whether the role sees to what belongs to others. */
export const oversees = ({ role }: Viewer): boolean => role === "OPERATOR" || role === "ADMIN";

/** Whether API keys may be managed: a key that may not do all makes no successor of itself. */
export const managesKeys = ({ credential, permissions }: Viewer): boolean => credential !== "API_KEY" || permissions.includes("ADMIN");
