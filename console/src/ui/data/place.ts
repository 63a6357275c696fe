// Where the service is: below which path the console and the API lie.
export const root = document.querySelector<HTMLMetaElement>('meta[name="root-path"]')?.content ?? "";

/** An address of this host, below the path that the service lies at. */
export const at = (path: string): string => root + path;

/** The address of the GraphQL API, whole. */
export const graphql = new URL(at("/graphql"), window.location.origin);

/** The address of its WebSocket. */
export function socketAddress(): string {
  const address = new URL(graphql);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return address.href;
}
