// Asks the service what the page itself wants to know, at the address that the page came from.
import { withCredential } from "./credentials";

export const endpoint = new URL(window.location.pathname, window.location.href);

/** An answer as GraphQL gives it. */
export interface Answer {
  data?: unknown;
  errors?: { message: string }[];
}

/** The answer to a query, asked with the `headers` that were written by hand, else by who is signed in. */
export async function ask(query: string, headers?: Record<string, string>): Promise<Answer> {
  const answer = await fetch(endpoint, {
    method: "POST",
    headers: withCredential({ ...headers, "Content-Type": "application/json" }),
    body: JSON.stringify({ query }),
  });
  return (await answer.json()) as Answer;
}
