// Sends a mutation: one at a time, and what is refused is told with its fields.
import type { TypedDocumentNode } from "@urql/core";
import { useCallback, useState } from "react";
import { useClient } from "urql";
import { problemOf } from "./asking";

/** One fault of what was sent; `path` leads to the field, such as `["input", "parameters", "order"]`. */
export interface Fault {
  readonly code: string;
  readonly message: string;
  readonly path?: readonly string[] | null;
}

/** What came of it: the payload, or why it was refused. */
export type Done<Payload> = { payload: Payload; faults: readonly [] } | { payload: null; faults: readonly Fault[] };

interface Refusable {
  readonly userErrors: readonly Fault[];
}

/** A mutation whose one field is a payload with `userErrors`. */
export function useDeed<Payload extends Refusable, Variables extends Record<string, unknown>>(
  document: TypedDocumentNode<Record<string, Payload>, Variables> | TypedDocumentNode<never, never>,
): { send: (variables: Variables) => Promise<Done<Payload>>; isBusy: boolean } {
  const client = useClient();
  const [isBusy, setBusy] = useState(false);
  const send = useCallback(
    async (variables: Variables): Promise<Done<Payload>> => {
      setBusy(true);
      const answer = await client.mutation(document as TypedDocumentNode<Record<string, Payload>, Variables>, variables).toPromise();
      setBusy(false);
      if (answer.error) return { payload: null, faults: [problemOf(answer.error)] };
      const payload = Object.values(answer.data ?? {})[0];
      if (!payload) return { payload: null, faults: [{ code: "ERROR", message: "The service gave no answer." }] };
      return payload.userErrors.length ? { payload: null, faults: payload.userErrors } : { payload, faults: [] };
    },
    [client, document],
  );
  return { send, isBusy };
}
