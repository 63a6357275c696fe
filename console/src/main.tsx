// Mounts GraphiQL on the page.
import "./workers";
import "graphiql/style.css";
import "@graphiql/plugin-explorer/style.css";
import "./style.css";
import { explorerPlugin } from "@graphiql/plugin-explorer";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { createRoot } from "react-dom/client";
import { DEFAULT_HEADERS, EXAMPLES } from "./examples";
import { fetcher } from "./fetcher";
import { storage } from "./storage";

const page = document.getElementById("console");
if (!page) throw new Error("index.html has no element with the id `console`");

createRoot(page).render(
  <GraphiQL
    fetcher={fetcher}
    storage={storage}
    plugins={[HISTORY_PLUGIN, explorerPlugin()]}
    defaultTabs={EXAMPLES}
    defaultHeaders={DEFAULT_HEADERS}
    defaultQuery=""
    defaultEditorToolsVisibility="variables"
    // Safe because `storage` forgets them with the browser tab; the switch that would suggest otherwise is hidden.
    shouldPersistHeaders
    showPersistHeadersSettings={false}
    inputValueDeprecation
    schemaDescription
  />,
);
