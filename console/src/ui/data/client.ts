// The one client of the GraphQL API: queries and mutations by POST, subscriptions over one socket for the whole tab.
import { cacheExchange, Client, fetchExchange, subscriptionExchange } from "@urql/core";
import { createClient } from "graphql-ws";
import { credential, onSignIn, withCredential } from "../../credentials";
import { closed, connected } from "./connection";
import { graphql, socketAddress } from "./place";
import { refused } from "./session";

/** An unused socket is closed after this time. */
const LINGER_MS = 60_000;
const MOST_PATIENCE_MS = 10_000;
const NOT_SIGNED_IN = new Set([4401, 4403]);

const socket = createClient({
  url: socketAddress,
  connectionParams: () => withCredential(),
  lazy: true,
  lazyCloseTimeout: LINGER_MS,
  retryAttempts: Number.POSITIVE_INFINITY,
  shouldRetry: (closing) => !(closing instanceof CloseEvent && NOT_SIGNED_IN.has(closing.code)),
  retryWait: async (tries) => {
    const patience = Math.min(MOST_PATIENCE_MS, 250 * 2 ** tries) * (0.75 + Math.random() / 2);
    await new Promise((resolve) => setTimeout(resolve, patience));
  },
  on: {
    connected: () => connected(),
    closed: (event) => {
      const closing = event as CloseEvent;
      if (NOT_SIGNED_IN.has(closing.code)) refused();
      closed(closing.code !== 1000);
    },
  },
});

// Whoever signs in anew is heard as that one, at once.
onSignIn(() => socket.terminate());

export const client = new Client({
  url: graphql.href,
  preferGetMethod: false,
  requestPolicy: "cache-and-network",
  fetchOptions: () => ({ headers: withCredential() }),
  exchanges: [
    cacheExchange,
    subscriptionExchange({
      forwardSubscription: ({ query, variables }) => ({
        subscribe: (sink) => ({
          unsubscribe: socket.subscribe({ query: query ?? "", variables }, sink as never),
        }),
      }),
    }),
    fetchExchange,
  ],
});

/** Whether anybody is signed in. */
export const isSignedIn = (): boolean => credential() !== null;
