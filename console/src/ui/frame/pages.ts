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

export const HOME: PageLink = { name: "Home", icon: "home", path: "/" };
export const EXECUTIONS: PageLink = { name: "Executions", short: "Runs", icon: "list", path: "/ui/executions" };

export const GROUPS: readonly PageGroup[] = [
  { name: null, pages: [HOME, EXECUTIONS] },
];

/** Whether a page is the one that is open, or holds it. */
export const isOpen = (page: PageLink, path: string): boolean => (page.path === "/" ? path === "/" : path.startsWith(page.path));
