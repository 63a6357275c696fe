// The client of the GraphQL API for one credential: queries and mutations by POST, subscriptions over one socket of the tab.
import { cacheExchange, Client, fetchExchange, mapExchange, subscriptionExchange } from "@urql/core";
import { createClient } from "graphql-ws";
import { credential, withCredential } from "../../credentials";
import { away, begun, connected, lost, patience } from "./connection";
import { graphql, socketAddress } from "./place";
import { Resumable } from "./resuming";

const MOST_PATIENCE_MS = 10_000;
/** What hears nothing for so long after it asked is lost, such as over a cable that was pulled. */
const PING_MS = 10_000;
const PONG_MS = 5_000;
/** A tab that is not seen for so long needs no socket. */
const UNSEEN_MS = 60_000;
const NOT_SIGNED_IN = new Set([4401, 4403]);
const NOT_TAKEN = "UNAUTHENTICATED";

/** Whether anybody is signed in. */
export const isSignedIn = (): boolean => credential() !== null;

/** What one credential opens. */
export interface Opened {
  client: Client;
  close: () => void;
}

/** Opens what the present credential opens; `onRefused` is called when the service takes it no longer. */
export function open(onRefused: () => void): Opened {
  const closing = new AbortController();
  const refused = () => !closing.signal.aborted && onRefused();
  const socket = openSocket(closing.signal, refused);
  const client = new Client({
    url: graphql.href,
    preferGetMethod: false,
    requestPolicy: "cache-and-network",
    fetchOptions: () => ({ headers: withCredential() }),
    exchanges: [
      mapExchange({
        onResult: ({ error }) => {
          if (error?.graphQLErrors.some(({ extensions }) => extensions.code === NOT_TAKEN)) refused();
        },
      }),
      cacheExchange,
      subscriptionExchange({
        forwardSubscription: ({ query, variables }) => ({
          subscribe: (sink) => {
            const going = new Resumable((variables ?? {}) as Record<string, unknown>);
            const asked = {
              query: query ?? "",
              // Asked for each time that the socket opens.
              get variables() {
                return going.variables;
              },
            };
            const told = {
              ...sink,
              next: (answer: { data?: unknown }) => {
                going.note(answer.data);
                sink.next(answer as never);
              },
            };
            return { unsubscribe: socket.subscribe(asked, told as never) };
          },
        }),
      }),
      fetchExchange,
    ],
  });
  return {
    client,
    close: () => {
      closing.abort();
      void socket.dispose();
    },
  };
}

function openSocket(signal: AbortSignal, refused: () => void) {
  let pong: number | undefined;
  let unseen: number | undefined;
  let isAway = false;
  begun();
  const socket = createClient({
    url: socketAddress,
    connectionParams: () => withCredential(),
    // It is open as long as the page is seen: so each page knows whether the service is heard.
    lazy: !isSignedIn(),
    onNonLazyError: () => undefined, // it is told below
    keepAlive: PING_MS,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: (event) => !signal.aborted && !(event instanceof CloseEvent && NOT_SIGNED_IN.has(event.code)),
    retryWait: async (tries) => {
      await seen();
      isAway = false; // what fails from here on is told
      await patience(Math.min(MOST_PATIENCE_MS, 250 * 2 ** tries) * (0.75 + Math.random() / 2));
    },
    on: {
      connected: () => {
        isAway = false;
        if (!signal.aborted) connected();
      },
      ping: (isReceived) => {
        if (!isReceived) pong = window.setTimeout(() => socket.terminate(), PONG_MS);
      },
      pong: (isReceived) => {
        if (isReceived) clearTimeout(pong);
      },
      closed: (event) => {
        clearTimeout(pong);
        if (signal.aborted) return;
        if (NOT_SIGNED_IN.has((event as CloseEvent).code)) {
          away();
          refused();
        } else if (isAway) away();
        else lost();
      },
    },
  });
  const look = () => {
    clearTimeout(unseen);
    if (!document.hidden) return;
    unseen = window.setTimeout(() => {
      isAway = true;
      socket.terminate();
    }, UNSEEN_MS);
  };
  document.addEventListener("visibilitychange", look, { signal });
  return socket;
}

/** Waits until the tab is seen. */
function seen(): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (document.hidden) return;
      document.removeEventListener("visibilitychange", look);
      resolve();
    };
    document.addEventListener("visibilitychange", look);
    look();
  });
}
