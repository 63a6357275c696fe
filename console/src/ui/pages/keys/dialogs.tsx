// The dialogs that make a key, rotate one, and set a secret.
import { type FormEvent, type ReactNode, useMemo, useState } from "react";
import { CreateKeyDocument, type Role, RotateKeyDocument, SetSecretDocument } from "../../data/documents";
import { type Fault, useDeed } from "../../data/doing";
import { useViewer } from "../../data/viewer";
import { Button } from "../../parts/button";
import { CallButton } from "../../parts/call";
import { FromEnvironment } from "../../parts/call-texts";
import { Dialog } from "../../parts/dialog";
import { Choice, TextArea, TextField } from "../../parts/field";
import { say } from "../../parts/toasts";
import { secretValue } from "./secret-value";

interface KeyPayload {
  readonly apiKey?: { readonly name: string } | null;
  readonly key?: string | null;
  readonly userErrors: readonly Fault[];
}

type Made = (shown: { name: string; key: string }) => void;

interface FormProps {
  title: string;
  deed: string;
  document: never;
  variables: Record<string, unknown>;
  isBusy: boolean;
  onClose: () => void;
  onSubmit: () => void;
  children: ReactNode;
}

function FormDialog({ title, deed, document, variables, isBusy, onClose, onSubmit, children }: FormProps) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form className="stack gap-4" onSubmit={submit}>
        {children}
        <div className="row">
          <CallButton call={() => ({ document, variables })} />
          <span className="grow" />
          <Button onClick={onClose}>Not now</Button>
          <Button kind="ink" type="submit" isBusy={isBusy}>
            {deed}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** The roles of a key, and who may give each out: nobody gives what is not the own. */
const ROLES: readonly { role: Role; words: string; givenBy: ReadonlySet<Role | null> }[] = [
  { role: "VIEWER", words: "viewer: reads", givenBy: new Set(["VIEWER", "OPERATOR", "EDITOR", "ADMIN"] as const) },
  { role: "OPERATOR", words: "operator: runs and cancels", givenBy: new Set(["OPERATOR", "ADMIN"] as const) },
  { role: "EDITOR", words: "editor: changes workflows", givenBy: new Set(["EDITOR", "ADMIN"] as const) },
  { role: "ADMIN", words: "admin: all", givenBy: new Set(["ADMIN"] as const) },
];

const GOOD_FOR: readonly (readonly [string, number | null])[] = [
  ["30 days", 30],
  ["90 days", 90],
  ["a year", 365],
  ["until it is revoked", null],
];

export function NewKey({ onClose, onMade }: { onClose: () => void; onMade: Made }) {
  const viewer = useViewer();
  const [name, setName] = useState("");
  const [role, setRole] = useState("");
  const [days, setDays] = useState<number | null>(90);
  const [fault, setFault] = useState<string | null>(null);
  const { send, isBusy } = useDeed<KeyPayload, Record<string, unknown>>(CreateKeyDocument as never);
  const expiresAt = useMemo(() => (days === null ? null : new Date(Date.now() + days * 86_400_000).toISOString()), [days]);
  const variables = { input: { name, role: role || null, expiresAt } };
  const make = async () => {
    const done = await send(variables);
    if (!done.payload?.key) return setFault(done.faults[0]?.message ?? "It was not made");
    onMade({ name, key: done.payload.key });
    onClose();
  };
  return (
    <FormDialog title="New key" deed="Make it" document={CreateKeyDocument as never} variables={variables} isBusy={isBusy} onClose={onClose} onSubmit={make}>
      <TextField label="Name" hint="What uses it, such as “checkout”" value={name} fault={fault} onChange={(event) => setName(event.target.value)} data-focus-first required />
      <Choice label="Role" hint="What it may do at most" value={role} onChange={(event) => setRole(event.target.value)}>
        <option value="">as mine</option>
        {ROLES.filter(({ givenBy }) => givenBy.has(viewer.role)).map(({ role: one, words }) => (
          <option key={one} value={one}>
            {words}
          </option>
        ))}
      </Choice>
      <Choice label="Good for" value={String(days)} onChange={(event) => setDays(event.target.value === "null" ? null : Number(event.target.value))}>
        {GOOD_FOR.map(([words, count]) => (
          <option key={words} value={String(count)}>
            {words}
          </option>
        ))}
      </Choice>
    </FormDialog>
  );
}

export function RotateKey({ id, name, onClose, onMade }: { id: string; name: string; onClose: () => void; onMade: Made }) {
  const [grace, setGrace] = useState(3600);
  const { send, isBusy } = useDeed<KeyPayload, Record<string, unknown>>(RotateKeyDocument as never);
  const variables = { input: { id, graceSeconds: grace } };
  const rotate = async () => {
    const done = await send(variables);
    if (done.payload?.key) onMade({ name, key: done.payload.key });
    else say("fail", "Not rotated", done.faults[0]?.message);
    onClose();
  };
  return (
    <FormDialog title={`Rotate “${name}”`} deed="Rotate it" document={RotateKeyDocument as never} variables={variables} isBusy={isBusy} onClose={onClose} onSubmit={rotate}>
      <Choice label="The former key stays good for" value={String(grace)} onChange={(event) => setGrace(Number(event.target.value))}>
        <option value="0">no time: it ends at once</option>
        <option value="3600">an hour</option>
        <option value="86400">a day</option>
        <option value="604800">a week</option>
      </Choice>
    </FormDialog>
  );
}

export function NewSecret({ name: known, onClose }: { name: string; onClose: () => void }) {
  const [name, setName] = useState(known);
  const [value, setValue] = useState("");
  const [fault, setFault] = useState<string | null>(null);
  const { send, isBusy } = useDeed<{ readonly userErrors: readonly Fault[] }, Record<string, unknown>>(SetSecretDocument as never);
  const set = async () => {
    const done = await send({ input: { name, value: secretValue(value) } });
    if (!done.payload) return setFault(done.faults[0]?.message ?? "It was not set");
    say("ok", `Set ${name}`, "Calls use the new value from now on.");
    onClose();
  };
  return (
    <FormDialog
      title={known ? `New value of “${known}”` : "New secret"}
      deed="Set it"
      document={SetSecretDocument as never}
      variables={{ input: { name, value: new FromEnvironment("SECRET_VALUE") } }}
      isBusy={isBusy}
      onClose={onClose}
      onSubmit={set}
    >
      {!known && <TextField label="Name" hint="Templates use it as {{secrets.name}}" value={name} onChange={(event) => setName(event.target.value)} data-focus-first required />}
      <TextArea label="Value" isHidden value={value} fault={fault} onChange={(event) => setValue(event.target.value)} data-focus-first={known ? true : undefined} required />
    </FormDialog>
  );
}
