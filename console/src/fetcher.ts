// Sends operations to the address that the page came from: by POST, subscriptions over a WebSocket.
import { createGraphiQLFetcher, type Fetcher, isAsyncIterable } from "@graphiql/toolkit";
import { ask, endpoint } from "./ask";
import { withCredential } from "./credentials";
import { remember } from "./ids";
import { filledFromTheService } from "./ids-of-the-tour";

// GraphiQL shows one answer at a time, but what a subscription told before is what one wants to compare it with.
const MOST_SHOWN = 200;

const socket = new URL(endpoint);
socket.protocol = endpoint.protocol === "https:" ? "wss:" : "ws:";

// The toolkit passes the headers on to connection_init, over a new socket for each subscription.
const send = createGraphiQLFetcher({
  url: endpoint.href,
  subscriptionUrl: socket.href,
  enableIncrementalDelivery: false,
});

async function* collected(messages: AsyncIterable<unknown>, variables: unknown) {
  const newestFirst: unknown[] = [];
  let received = 0;
  for await (const message of messages) {
    note(message, variables);
    newestFirst.unshift(message);
    newestFirst.splice(MOST_SHOWN);
    yield { received: ++received, newestFirst };
  }
}

// The looks of a narrow window go by it: before the first answer the tour has the room.
const showThatItIsAnswered = () => document.documentElement.classList.add("is-answered");

function note(answer: unknown, variables: unknown): void {
  showThatItIsAnswered();
  remember(answer, variables);
}

export const fetcher: Fetcher = async (parameters, options = {}) => {
  const { variables, refusal: refused } = await filledFromTheService(JSON.stringify(parameters.variables ?? {}), options.headers);
  if (refused) {
    showThatItIsAnswered();
    return refused as never;
  }
  const filled = { ...parameters, variables: JSON.parse(variables) };
  const answer = await send(filled, { ...options, headers: withCredential(options.headers) });
  if (isAsyncIterable(answer)) return collected(answer, filled.variables) as never;
  if (parameters.operationName !== "IntrospectionQuery") note(answer, filled.variables);
  return answer;
};

/** What the service says to a credential; null where it takes it. */
export async function refusal(): Promise<string | null> {
  const { errors } = await ask("{ workflows(first: 1) { nodes { id } } }");
  return errors?.[0]?.message ?? null;
}
