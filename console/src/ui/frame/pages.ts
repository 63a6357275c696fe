// The pages of the console, in the order of the rail.

export interface PageLink {
  name: string;
  /** On a phone, where there is little room. */
  short?: string;
  icon: string;
  path: string;
}

export interface PageGroup {
  name: string | null;
  pages: readonly PageLink[];
}

export const GROUPS: readonly PageGroup[] = [
  {
    name: null,
    pages: [
      { name: "Home", icon: "home", path: "/" },
      { name: "Executions", short: "Runs", icon: "list", path: "/ui/executions" },
      { name: "Approvals", icon: "inbox", path: "/ui/approvals" },
    ],
  },
  { name: "Define", pages: [{ name: "Workflows", icon: "flow", path: "/ui/workflows" }] },
  {
    name: "Operate",
    pages: [
      { name: "Services", icon: "plug", path: "/ui/services" },
      { name: "Nodes", icon: "server", path: "/ui/nodes" },
      { name: "Bulk operations", icon: "layers", path: "/ui/bulk" },
      { name: "Activity", icon: "pulse", path: "/ui/activity" },
      { name: "Keys and secrets", icon: "key", path: "/ui/keys" },
    ],
  },
];

/** Whether a page is the one that is open, or holds it. */
export const isOpen = (page: PageLink, path: string): boolean => (page.path === "/" ? path === "/" : path.startsWith(page.path));
