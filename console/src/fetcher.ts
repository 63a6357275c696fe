// Sends operations to the address that the page came from: by POST, subscriptions over a WebSocket.
import { createGraphiQLFetcher, type Fetcher, isAsyncIterable } from "@graphiql/toolkit";
import { withCredential } from "./credentials";
import { remember } from "./ids";

// GraphiQL shows one answer at a time, but what a subscription told before is what one wants to compare it with.
const MOST_SHOWN = 200;

const endpoint = new URL(window.location.pathname, window.location.href);
const socket = new URL(endpoint);
socket.protocol = endpoint.protocol === "https:" ? "wss:" : "ws:";

// The toolkit passes the headers on to connection_init, over a new socket for each subscription.
const send = createGraphiQLFetcher({
  url: endpoint.href,
  subscriptionUrl: socket.href,
  enableIncrementalDelivery: false,
});

async function* collected(messages: AsyncIterable<unknown>) {
  const newestFirst: unknown[] = [];
  let received = 0;
  for await (const message of messages) {
    remember(message);
    newestFirst.unshift(message);
    newestFirst.splice(MOST_SHOWN);
    yield { received: ++received, newestFirst };
  }
}

export const fetcher: Fetcher = async (parameters, options = {}) => {
  const answer = await send(parameters, { ...options, headers: withCredential(options.headers) });
  if (isAsyncIterable(answer)) return collected(answer) as never;
  if (parameters.operationName !== "IntrospectionQuery") remember(answer);
  return answer;
};

/** What the service says to a credential; null where it takes it. */
export async function refusal(): Promise<string | null> {
  const answer = await fetch(endpoint, {
    method: "POST",
    headers: withCredential({ "Content-Type": "application/json" }),
    body: JSON.stringify({ query: "{ workflows(first: 1) { nodes { id } } }" }),
  });
  const { errors } = (await answer.json()) as { errors?: { message: string }[] };
  return errors?.[0]?.message ?? null;
}
