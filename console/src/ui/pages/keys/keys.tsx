// Keys and secrets: who may call from outside, and what workflows may use without anybody reading it.
import { useState } from "react";
import { useAsked } from "../../data/asking";
import { useNow } from "../../data/clock";
import { DeleteSecretDocument, KeysDocument, type KeysQuery, RevokeKeyDocument } from "../../data/documents";
import { type Fault, useDeed } from "../../data/doing";
import { managesKeys, useViewer } from "../../data/viewer";
import { Page } from "../../frame/page";
import { Button, IconButton } from "../../parts/button";
import { CallButton } from "../../parts/call";
import { Card } from "../../parts/card";
import { Dialog } from "../../parts/dialog";
import { CopyButton } from "../../parts/id";
import { Bones, Empty, ErrorBox } from "../../parts/nothing";
import { StatusShape } from "../../parts/status";
import { Table } from "../../parts/table";
import { Time } from "../../parts/time";
import { say } from "../../parts/toasts";
import type { Look } from "../../words/executions";
import { moment, roughly } from "../../words/times";
import { NewKey, NewSecret, RotateKey } from "./dialogs";
import styles from "./keys.module.css";

type Key = NonNullable<KeysQuery["apiKeys"]>["nodes"][number];
type Open = { kind: "new key" } | { kind: "rotate"; key: Key } | { kind: "revoke"; key: Key } | { kind: "secret"; name: string } | { kind: "delete"; name: string };

const NO_KEYS = "A key manages no keys: sign in by a token to see, make and revoke yours";
const SOON_MS = 7 * 86_400_000;

function lookOf(key: Key, now: Date): Look {
  if (key.revokedAt) return { shape: "s-cancel", tone: "idle", word: "Revoked" };
  const left = key.expiresAt ? new Date(key.expiresAt).getTime() - now.getTime() : Number.POSITIVE_INFINITY;
  if (left <= 0) return { shape: "s-cancel", tone: "idle", word: "Expired" };
  return left < SOON_MS ? { shape: "s-wait", tone: "wait", word: "Ends soon" } : { shape: "s-ok", tone: "ok", word: "Good" };
}

function good(key: Key, now: Date): string {
  if (key.revokedAt) return `revoked ${moment(new Date(key.revokedAt), now)}`;
  if (!key.expiresAt) return "until revoked";
  const left = new Date(key.expiresAt).getTime() - now.getTime();
  return left > 0 ? `for ${roughly(left)} more` : `until ${moment(new Date(key.expiresAt), now)}`;
}

export default function Keys() {
  const viewer = useViewer();
  const manages = managesKeys(viewer);
  const variables = { managesKeys: manages };
  const asked = useAsked(KeysDocument, variables);
  const now = useNow();
  const [open, setOpen] = useState<Open | null>(null);
  const [shown, setShown] = useState<{ name: string; key: string } | null>(null);
  const keys = asked.data?.apiKeys?.nodes ?? [];
  const secrets = asked.data?.secrets?.nodes ?? [];
  const maySet = viewer.permissions.includes("SECRET_WRITE") ? null : "You may not set secrets";
  const close = () => {
    setOpen(null);
    asked.again();
  };
  return (
    <Page
      title="Keys and secrets"
      deeds={
        <>
          <CallButton call={() => ({ document: KeysDocument as never, variables })} />
          <Button icon="lock" offBecause={maySet} onClick={() => setOpen({ kind: "secret", name: "" })}>
            New secret
          </Button>
          <Button kind="ink" icon="key" offBecause={manages ? null : NO_KEYS} onClick={() => setOpen({ kind: "new key" })}>
            New key
          </Button>
        </>
      }
    >
      <div className={styles.page}>
        {shown && (
          <section className={styles.shown} aria-label="The new key">
            <h2>The key of “{shown.name}” is shown this once</h2>
            <div className="row">
              <code className={styles.key}>{shown.key}</code>
              <CopyButton text={shown.key} label="Copy the key" />
              <span className="grow" />
              <IconButton icon="x" label="I have it" onClick={() => setShown(null)} />
            </div>
            <p className="t2">Only its SHA-256 is kept. Lost? Rotate it: the former can stay good for a while.</p>
          </section>
        )}
        {asked.problem && <ErrorBox title="The keys did not come" problem={asked.problem} onAgain={asked.again} />}
        {!asked.data && asked.isAsking && <Bones />}
        {asked.data && (
          <Card title="API keys" aside={keys.length}>
            {!manages ? (
              <Empty title="You came by an API key">{NO_KEYS}.</Empty>
            ) : keys.length === 0 ? (
              <Empty title="No key yet">A key lets a program call in the name of a user.</Empty>
            ) : (
              <Table
                label="API keys"
                rows={keys}
                keyOf={(key) => key.id}
                columns={[
                  { name: "State", isMark: true, cell: (key) => <StatusShape look={lookOf(key, now)} /> },
                  { name: "Name", cell: (key) => <span className="b">{key.name}</span> },
                  { name: "Stands for", isExtra: true, cell: (key) => `${key.userId}, ${key.role.toLowerCase()}` },
                  { name: "May", isExtra: true, cell: (key) => key.scope?.map((one) => one.toLowerCase().replace("_", ":")).join(", ") ?? "all of the role" },
                  { name: "Last used", isNumber: true, isExtra: true, width: 110, cell: (key) => (key.lastUsedAt ? <Time at={key.lastUsedAt} /> : "never") },
                  { name: "Good", isPlain: true, width: 140, cell: (key) => good(key, now) },
                  {
                    name: "Deeds",
                    isNumber: true,
                    isPlain: true,
                    width: 170,
                    cell: (key) =>
                      !key.revokedAt && (
                        <span className={styles.deeds}>
                          <Button isSmall onClick={() => setOpen({ kind: "rotate", key })}>
                            Rotate…
                          </Button>
                          <Button isSmall kind="danger" onClick={() => setOpen({ kind: "revoke", key })}>
                            Revoke…
                          </Button>
                        </span>
                      ),
                  },
                ]}
              />
            )}
          </Card>
        )}
        {asked.data && (
          <Card title="Secrets" aside="nobody reads them again, you neither">
            {secrets.length === 0 ? (
              <Empty title="No secret yet">A secret goes into calls by its name, and is seen nowhere else.</Empty>
            ) : (
              <Table
                label="Secrets"
                rows={secrets}
                keyOf={(secret) => secret.name}
                columns={[
                  { name: "Name", cell: (secret) => <code className="b">{`{{secrets.${secret.name}}}`}</code> },
                  { name: "Version", isNumber: true, width: 80, cell: (secret) => secret.version },
                  {
                    name: "Set",
                    isExtra: true,
                    cell: (secret) => (
                      <>
                        {secret.updatedBy}, <Time at={secret.updatedAt} />
                      </>
                    ),
                  },
                  {
                    name: "Deeds",
                    isNumber: true,
                    isPlain: true,
                    width: 200,
                    cell: (secret) => (
                      <span className={styles.deeds}>
                        <Button isSmall offBecause={maySet} onClick={() => setOpen({ kind: "secret", name: secret.name })}>
                          New value…
                        </Button>
                        <Button isSmall kind="danger" offBecause={maySet} onClick={() => setOpen({ kind: "delete", name: secret.name })}>
                          Delete…
                        </Button>
                      </span>
                    ),
                  },
                ]}
              />
            )}
          </Card>
        )}
      </div>
      {open?.kind === "new key" && <NewKey onClose={close} onMade={setShown} />}
      {open?.kind === "rotate" && <RotateKey id={open.key.id} name={open.key.name} onClose={close} onMade={setShown} />}
      {open?.kind === "secret" && <NewSecret name={open.name} onClose={close} />}
      {open?.kind === "revoke" && (
        <Sure
          title={`Revoke “${open.key.name}”?`}
          text="Whoever uses it is refused from now on, and its open sockets are closed. It cannot be taken back."
          deed="Revoke it"
          document={RevokeKeyDocument as never}
          variables={{ input: { id: open.key.id } }}
          onClose={close}
        />
      )}
      {open?.kind === "delete" && (
        <Sure
          title={`Delete the secret “${open.name}”?`}
          text="Calls that use it fail from now on, until it is set again."
          deed="Delete it"
          document={DeleteSecretDocument as never}
          variables={{ input: { name: open.name } }}
          onClose={close}
        />
      )}
    </Page>
  );
}

interface SureProps {
  title: string;
  text: string;
  deed: string;
  document: never;
  variables: Record<string, unknown>;
  onClose: () => void;
}

/** Asks once before something that cannot be taken back. */
function Sure({ title, text, deed, document, variables, onClose }: SureProps) {
  const { send, isBusy } = useDeed<{ readonly userErrors: readonly Fault[] }, Record<string, unknown>>(document);
  const act = async () => {
    const done = await send(variables);
    if (!done.payload) say("fail", "Not done", done.faults[0]?.message);
    onClose();
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      foot={
        <>
          <CallButton call={() => ({ document, variables })} />
          <span className="grow" />
          <Button onClick={onClose} data-focus-first>
            Not now
          </Button>
          <Button kind="danger" isBusy={isBusy} onClick={act}>
            {deed}
          </Button>
        </>
      }
    >
      <p>{text}</p>
    </Dialog>
  );
}
