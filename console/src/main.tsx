// Mounts GraphiQL on the page.
import "./workers";
import "graphiql/style.css";
import "@graphiql/plugin-explorer/style.css";
import "./style.css";
import { explorerPlugin } from "@graphiql/plugin-explorer";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { useSyncExternalStore } from "react";
import { createRoot } from "react-dom/client";
import { isSignedIn, onSignIn } from "./credentials";
import { GROUPS } from "./examples";
import { EXAMPLES_PLUGIN } from "./examples-panel";
import { fetcher } from "./fetcher";
import { SIGN_IN_PLUGIN } from "./sign-in-panel";
import { storage } from "./storage";

const page = document.getElementById("console");
if (!page) throw new Error("index.html has no element with the id `console`");

const first = GROUPS[0]?.examples[0];
const isFirstVisit = storage.getItem("graphiql:tabState") === null;

// Made once: what is made anew is taken for other panels.
const PLUGINS = [EXAMPLES_PLUGIN, SIGN_IN_PLUGIN, explorerPlugin(), HISTORY_PLUGIN];

/** The panel that the page greets with; afterwards it opens with what was open last. */
function greeting() {
  if (!isSignedIn()) return { visiblePlugin: SIGN_IN_PLUGIN };
  return storage.getItem("graphiql:visiblePlugin") === null ? { visiblePlugin: EXAMPLES_PLUGIN } : {};
}

const GREETING = greeting();

function Console() {
  const mayAsk = useSyncExternalStore(onSignIn, isSignedIn);
  return (
    <GraphiQL
      fetcher={fetcher}
      storage={storage}
      plugins={PLUGINS}
      {...GREETING}
      // Nobody is told the schema before the sign-in: to ask for it would only show the refusal.
      schema={mayAsk ? undefined : null}
      defaultTabs={first && [{ query: first.query, variables: first.variables, headers: null }]}
      // GraphiQL fills the editor of variables from here or from what it stored, never from its default tabs.
      {...(isFirstVisit && first && { initialVariables: first.variables })}
      defaultQuery=""
      defaultEditorToolsVisibility="variables"
      // Safe because `storage` forgets them with the browser tab; the switch that would suggest otherwise is hidden.
      shouldPersistHeaders
      showPersistHeadersSettings={false}
      // Without it the variables editor takes every object in the place of a JSON value for an error.
      customScalarSchemas={{ JSON: {}, DateTime: { type: "string" } }}
      inputValueDeprecation
      schemaDescription
    />
  );
}

createRoot(page).render(<Console />);
