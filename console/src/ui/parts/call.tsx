// The call behind a button: the very document and variables that it sends, as GraphQL, cURL and Python.
import * as Popover from "@radix-ui/react-popover";
import type { TypedDocumentNode } from "@urql/core";
import { print } from "graphql";
import { type ReactNode, useCallback, useState } from "react";
import { at, graphql } from "../data/place";
import { Button, IconButton } from "./button";
import styles from "./call.module.css";
import { Icon } from "./icon";
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
  const [dialog, setDialog] = useState<HTMLDialogElement | null>(null);
  const place = useCallback((element: HTMLSpanElement | null) => setDialog(element?.closest("dialog") ?? null), []);
  return (
    <Popover.Root>
      <span ref={place} className="no-phone">
        <Popover.Trigger asChild>
          <IconButton kind="plain" icon="code" label={label} />
        </Popover.Trigger>
      </span>
      {/* An open dialog lies above the page: what is to be seen over it is in it. */}
      <Popover.Portal container={dialog}>
        <Popover.Content className={styles.call} aria-label="The call" align="end" sideOffset={6} collisionPadding={12}>
          <Shown call={call} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

const TOKENS = /("(?:[^"\\]|\\.)*")(\s*:)?|(\$\w+)|(#[^\n]*)|\b(query|mutation|subscription|fragment|on|curl)\b|\b(\d+(?:\.\d+)?|true|false|null)\b/g;

/** A text of GraphQL, JSON or a shell with its strings, names and words told apart. */
function coloured(text: string): ReactNode[] {
  const parts: ReactNode[] = [];
  let from = 0;
  for (const found of text.matchAll(TOKENS)) {
    const [whole, quoted, colon, variable, comment, word, number] = found;
    if (found.index > from) parts.push(text.slice(from, found.index));
    from = found.index + whole.length;
    const kind = quoted ? (colon ? styles.name : styles.text) : variable ? styles.variable : comment ? styles.comment : word ? styles.word : number ? styles.number : "";
    parts.push(
      <span key={found.index} className={kind}>
        {whole}
      </span>,
    );
  }
  parts.push(text.slice(from));
  return parts;
}

function Shown({ call }: { call: () => Call }) {
  const [form, setForm] = useState<Form>("graphql");
  const [isCopied, setCopied] = useState(false);
  const text = texts(call())[form];
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <>
      <div className="row">
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
        <a className={`${styles.out} no-phone`} href={at("/graphql")} target="_blank" rel="noreferrer">
          <Icon name="ext" size="s" />
          GraphiQL
        </a>
        <Button isSmall icon={isCopied ? "check" : "copy"} onClick={copy}>
          {isCopied ? "Copied" : "Copy"}
        </Button>
      </div>
      <pre className={styles.code} tabIndex={0}>
        {form === "python" ? text : coloured(text)}
      </pre>
      <p className={styles.foot}>
        <Icon name="lock" size="s" />
        <span>
          No credential is shown or copied: <code>$ORCHESTRATOR_API_KEY</code> stands for yours.
        </span>
      </p>
    </>
  );
}
