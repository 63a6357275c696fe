// Who is signed in: the client of that one and what that one may do, which change together, under the page that is open.
import { useCallback, useEffect, useRef, useState } from "react";
import { credential, onSignIn } from "../../credentials";
import { type Problem, problemOf } from "./asking";
import { isSignedIn, type Opened, open } from "./client";
import { FrameDocument } from "./documents";
import { isTrusted, NOBODY, type Viewer } from "./viewer";

interface Session {
  client: Opened["client"];
  viewer: Viewer;
  /** Why it is not known who is signed in. */
  problem: Problem | null;
  /** Whether somebody has to sign in before anything is answered. */
  needsSignIn: boolean;
  again: () => void;
}

/** The session of this tab. Another sign-in replaces it once it is known what that one may do; no page begins anew. */
export function useSession(): Session {
  const [needsSignIn, setNeedsSignIn] = useState(() => credential() === null);
  const refused = useCallback(() => setNeedsSignIn(true), []);
  const [opened, setOpened] = useState(() => open(refused));
  const [viewer, setViewer] = useState(NOBODY);
  const [problem, setProblem] = useState<Problem | null>(null);
  const present = useRef(opened);
  const know = useCallback(async (next: Opened) => {
    const { data, error } = await next.client.query(FrameDocument, {}, { requestPolicy: "network-only" }).toPromise();
    if (present.current !== next) return;
    setProblem(error ? problemOf(error) : null);
    if (data?.viewer) setViewer({ ...data.viewer, isTrusted });
    setOpened(next);
  }, []);
  useEffect(() => {
    if (isSignedIn()) void know(present.current);
    const stop = onSignIn(() => {
      present.current.close();
      present.current = open(refused);
      setNeedsSignIn(false);
      void know(present.current);
    });
    return () => void stop();
  }, [know, refused]);
  return { client: opened.client, viewer, problem, needsSignIn, again: () => void know(present.current) };
}
