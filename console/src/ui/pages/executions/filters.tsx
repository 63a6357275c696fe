// The filters of the list, each a token that can be taken away.
import * as Popover from "@radix-ui/react-popover";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { bare, canBeTurned, type Condition, FIELDS, type Field, isUnwanted, STATUSES, stretchOf, turned, WAITS } from "../../data/filters";
import { useLater } from "../../data/later";
import { useMay } from "../../data/viewer";
import { Button, IconButton } from "../../parts/button";
import { TextField, Tick } from "../../parts/field";
import { useKeys } from "../../parts/keys";
import { Search } from "../../parts/search";
import { moment } from "../../words/times";
import styles from "./executions.module.css";

const RANGES = ["15m", "1h", "4h", "24h", "7d", "30d"];

interface Props {
  conditions: readonly Condition[];
  /** `isSame` says that it goes on from the change before, which is no view of its own to come back to. */
  onChange: (next: readonly Condition[], isSame: boolean) => void;
}

export function Filters({ conditions, onChange }: Props) {
  const set = (field: Field, values: readonly string[]) => {
    const others = conditions.filter((one) => one.field !== field);
    const isTypedOn = field === "q" && values.length > 0 && others.length < conditions.length;
    onChange(values.length ? [...others, { field, values }] : others, isTypedOn);
  };
  return (
    <div className={styles.filters}>
      <TextSearch text={conditions.find((one) => one.field === "q")?.values[0] ?? ""} onSearch={(text) => set("q", text ? [text] : [])} />
      {conditions.filter((one) => one.field !== "q").flatMap(tokens).map((token) => (
        <Token key={`${token.field} ${token.isUnwanted}`} token={token} onSet={(values) => set(token.field, values)} />
      ))}
      <Adder conditions={conditions} onSet={set} />
    </div>
  );
}

/** What is wanted of a field, or what is not. */
interface TokenOf {
  field: Field;
  values: readonly string[];
  isUnwanted: boolean;
  /** What else the field says. */
  others: readonly string[];
}

function tokens({ field, values }: Condition): TokenOf[] {
  const wanted = values.filter((value) => !canBeTurned(field) || !isUnwanted(value));
  const unwanted = values.filter((value) => !wanted.includes(value));
  const both = [
    { field, values: wanted, isUnwanted: false, others: unwanted },
    { field, values: unwanted, isUnwanted: true, others: wanted },
  ];
  return both.filter((one) => one.values.length > 0);
}

function Token({ token: { field, values, isUnwanted: isNot, others }, onSet }: { token: TokenOf; onSet: (values: readonly string[]) => void }) {
  const among = field === "label" && !isNot ? " and " : " or ";
  const words = field === "started" ? <Started text={values[0] ?? ""} /> : <>{FIELDS[field]} {isNot && "is not "}<b>{values.map(isNot ? bare : String).join(among)}</b></>;
  return (
    <span className={styles.token}>
      {canBeTurned(field) ? (
        <button type="button" title={isNot ? "Ask for it" : "Ask for all but it"} onClick={() => onSet([...others, ...values.map(turned)])}>
          {words}
        </button>
      ) : (
        words
      )}
      <IconButton isSmall icon="x" label={`Without ${FIELDS[field]}`} onClick={() => onSet(others)} />
    </span>
  );
}

function Started({ text }: { text: string }) {
  const now = new Date();
  const stretch = stretchOf(text, now);
  if (!stretch || stretch.endsNow)
    return (
      <>
        {FIELDS.started} <b>{text}</b>
      </>
    );
  return (
    <>
      started{" "}
      <b>
        {moment(stretch.since, now)} – {moment(stretch.until, now)}
      </b>
    </>
  );
}

const QUIET_MS = 300;

function TextSearch({ text, onSearch }: { text: string; onSearch: (text: string) => void }) {
  const [typed, setTyped] = useState(text);
  const late = useLater(typed.trim(), QUIET_MS);
  const search = useRef(onSearch);
  search.current = onSearch;
  const known = useRef(text);
  useEffect(() => {
    // The address is changed by Back and by links too, and then has the word.
    if (text !== known.current) setTyped(text);
    known.current = text;
  }, [text]);
  useEffect(() => {
    if (late === known.current) return;
    known.current = late;
    search.current(late);
  }, [late]);
  const offBecause = useMay("EXECUTION_PAYLOAD") ? null : "You do not see the data to find them by";
  return <Search label="Find executions" placeholder="Parameter, label or error" value={typed} onChange={setTyped} offBecause={offBecause} />;
}

function Adder({ conditions, onSet }: { conditions: readonly Condition[]; onSet: (field: Field, values: readonly string[]) => void }) {
  const valuesOf = (field: Field): readonly string[] => conditions.find((one) => one.field === field)?.values ?? [];
  const statuses = valuesOf("status");
  const [isOpen, setOpen] = useState(false);
  useKeys({ F: () => setOpen(true) });
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger asChild>
        <Button kind="bare" icon="plus">
          Filter
        </Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className={styles.adder} aria-label="A filter" align="start" sideOffset={6} collisionPadding={12}>
          <fieldset>
            <legend>Status</legend>
            {STATUSES.map((status) => (
              <Tick
                key={status}
                label={status}
                checked={statuses.includes(status)}
                onChange={(event) => onSet("status", event.target.checked ? [...statuses, status] : statuses.filter((one) => one !== status))}
              />
            ))}
          </fieldset>
          <LabelField values={valuesOf("label")} onSet={(values) => onSet("label", values)} />
          <fieldset>
            <legend>Waits for</legend>
            <select className={styles.select} aria-label="Waits for" value={valuesOf("waits")[0] ?? ""} onChange={(event) => onSet("waits", event.target.value ? [event.target.value] : [])}>
              <option value="">anything</option>
              {Object.entries(WAITS).map(([value, words]) => (
                <option key={value} value={value}>
                  {words}
                </option>
              ))}
            </select>
          </fieldset>
          <fieldset>
            <legend>Started in the last</legend>
            <div className="row wrap">
              {RANGES.map((range) => (
                <Button key={range} isSmall aria-pressed={valuesOf("started")[0] === range} onClick={() => onSet("started", [range])}>
                  {range}
                </Button>
              ))}
            </div>
          </fieldset>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function LabelField({ values, onSet }: { values: readonly string[]; onSet: (values: readonly string[]) => void }) {
  const [typed, setTyped] = useState("");
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (typed.trim()) onSet([...values, typed.trim()]);
    setTyped("");
  };
  return (
    <form onSubmit={add}>
      <TextField label="Label" placeholder="env=prod" hint="All of them must be there; a key alone stands for any value." value={typed} onChange={(event) => setTyped(event.target.value)} />
    </form>
  );
}
