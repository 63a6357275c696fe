// The call behind a button: the very document and variables that it sends, as GraphQL, cURL and Python.
import * as Popover from "@radix-ui/react-popover";
import { type ReactNode, useCallback, useState } from "react";
import { at, graphql } from "../data/place";
import { Button, IconButton } from "./button";
import styles from "./call.module.css";
import { type Call, type Form, texts } from "./call-texts";
import { Icon } from "./icon";
import { Seg } from "./seg";

export type { Call } from "./call-texts";

/** One of several calls, by what it does. */
export interface NamedCall extends Call {
  name: string;
}

interface Props {
  /** What is sent: one call, or several of which one is looked at. */
  call: () => Call | readonly NamedCall[];
  /** What the button says whose call it is, where there are several on a page. */
  of?: string;
  isSmall?: boolean;
}

/** The button that shows a call; never a credential. */
export function CallButton({ call, of, isSmall }: Props) {
  const [dialog, setDialog] = useState<HTMLDialogElement | null>(null);
  const place = useCallback((element: HTMLSpanElement | null) => setDialog(element?.closest("dialog") ?? null), []);
  return (
    <Popover.Root>
      <span ref={place} className="no-phone">
        <Popover.Trigger asChild>
          <IconButton kind="plain" icon="code" label={of ? `The call of “${of}”` : "Show the call"} isSmall={isSmall} />
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

function Shown({ call }: Pick<Props, "call">) {
  const [form, setForm] = useState<Form>("graphql");
  const [place, setPlace] = useState(0);
  const [isCopied, setCopied] = useState(false);
  const calls = [call()].flat() as readonly (Call & { name?: string })[];
  const one = calls[place] ?? calls[0];
  if (!one) return null;
  const text = texts(one, graphql.href)[form];
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
      {calls.length > 1 && (
        <div className={styles.which}>
          <Seg label="Which call" value={String(place)} onChange={(value) => setPlace(Number(value))} choices={calls.map(({ name = "" }, index) => ({ value: String(index), name }))} />
        </div>
      )}
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
