// Asks with typed documents: what is old stays on the page while it is asked anew, and when that fails.
import type { TypedDocumentNode } from "@urql/core";
import { useRef } from "react";
import { type CombinedError, useClient, useQuery } from "urql";
import { useOnReturn } from "./connection";

/** What is known of an answer: `data` may be of an earlier one while a new one is on its way, or has failed. */
export interface Asked<Data> {
  data: Data | undefined;
  isAsking: boolean;
  problem: Problem | null;
  again: () => void;
}

/** What went wrong, as it is told: a stable code, words, and the request's id where there is one. */
export interface Problem {
  code: string;
  message: string;
  requestId: string | null;
}

/** What is told of an error: the service's own words, or that it was not reached. */
export function problemOf(error: CombinedError): Problem {
  const first = error.graphQLErrors[0];
  const requestId = (error.response as Response | undefined)?.headers?.get("x-request-id") ?? null;
  if (!first) return { code: "NOT_REACHED", message: "The service was not reached.", requestId };
  return { code: String(first.extensions.code ?? "ERROR"), message: first.message, requestId };
}

/** Asks, and asks again when the variables change, the service is heard again, or `again` is called; while it is not wanted, nothing is known. */
export function useAsked<Data, Variables extends Record<string, unknown>>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  isWanted = true,
): Asked<Data> {
  const client = useClient();
  const [answer, ask] = useQuery({ query: document, variables, pause: !isWanted });
  const again = () => ask({ requestPolicy: "network-only" });
  useOnReturn(() => isWanted && again());
  // A failure, and what is asked after it, take nothing away that the same one was shown for the same question.
  const question = JSON.stringify(variables);
  const known = useRef<{ client: unknown; question: string; data: Data } | null>(null);
  if (isWanted && answer.data && !answer.stale && !answer.fetching) known.current = { client, question, data: answer.data };
  const kept = known.current?.client === client && known.current.question === question ? known.current.data : undefined;
  return {
    // What waits keeps the data of another question.
    data: isWanted ? (answer.data ?? kept) : undefined,
    isAsking: answer.fetching || answer.stale,
    problem: answer.error ? problemOf(answer.error) : null,
    again,
  };
}
