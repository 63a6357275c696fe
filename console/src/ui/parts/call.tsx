// The call behind a button: the very document and variables that it sends, as GraphQL, cURL and Python.
import * as Popover from "@radix-ui/react-popover";
import type { TypedDocumentNode } from "@urql/core";
import { print } from "graphql";
import { useState } from "react";
import { at, graphql } from "../data/place";
import { IconButton } from "./button";
import styles from "./call.module.css";
import { CopyButton } from "./id";
import { Seg } from "./seg";

/** A document with its variables, as a button sends them. */
export interface Call {
  document: TypedDocumentNode<never, never> | TypedDocumentNode<unknown, Record<string, unknown>>;
  variables: Record<string, unknown>;
}

type Form = "graphql" | "curl" | "python";

function texts({ document, variables }: Call): Record<Form, string> {
  const query = print(document).trim();
  const body = JSON.stringify({ query, variables }, null, 2);
  const inOneLine = query.replaceAll(/\s+/g, " ");
  const quoted = JSON.stringify({ query: inOneLine, variables }).replaceAll("'", "'\\''");
  return {
    graphql: `${query}\n\n# variables\n${JSON.stringify(variables, null, 2)}`,
    curl: `curl ${graphql.href} \\\n  -H "X-API-Key: $ORCHESTRATOR_API_KEY" \\\n  -H 'Content-Type: application/json' \\\n  -d '${quoted}'`,
    python: `import json, os, urllib.request\n\nbody = json.loads(r'''${body}''')\nasked = urllib.request.Request(\n    "${graphql.href}",\n    json.dumps(body).encode(),\n    {"X-API-Key": os.environ["ORCHESTRATOR_API_KEY"], "Content-Type": "application/json"},\n)\nprint(json.load(urllib.request.urlopen(asked)))`,
  };
}

/** The button that shows a call; never a credential. */
export function CallButton({ call, label = "Show the call" }: { call: () => Call; label?: string }) {
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <IconButton kind="plain" icon="code" label={label} />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className={styles.call} align="end" sideOffset={6} collisionPadding={12}>
          <Shown call={call} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Shown({ call }: { call: () => Call }) {
  const [form, setForm] = useState<Form>("graphql");
  const text = texts(call())[form];
  return (
    <>
      <header className="row">
        <Seg
          label="As what"
          value={form}
          onChange={setForm}
          choices={[
            { value: "graphql", name: "GraphQL" },
            { value: "curl", name: "cURL" },
            { value: "python", name: "Python" },
          ]}
        />
        <span className="grow" />
        <CopyButton text={text} label="Copy the call" />
        <a className="link sm" href={at("/graphql")} target="_blank" rel="noreferrer">
          GraphiQL
        </a>
      </header>
      <pre className={styles.code} tabIndex={0}>
        {text}
      </pre>
    </>
  );
}
