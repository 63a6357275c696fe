// The fields of a form that a definition describes: of a workflow's parameters, or of an approval.
import { useId } from "react";
import { Choice, TextArea, TextField, Tick } from "./field";
import { Seg } from "./seg";
import { choicesOf, emptyMeans, type FieldDefinition, limits, NO_VALUES, type Typed, type Values } from "./value-fields";
import styles from "./value-form.module.css";

const MOST_SIDE_BY_SIDE = 4;

interface Props {
  fields: readonly FieldDefinition[];
  typed: Typed;
  /** The values that hold where a field is left empty. */
  before?: Values;
  faults: Readonly<Record<string, string>>;
  onChange: (typed: Typed) => void;
}

export function ValueForm({ fields, typed, before = NO_VALUES, faults, onChange }: Props) {
  return (
    <div className="stack gap-4">
      {fields.map((field) => (
        <OneField
          key={field.name}
          field={field}
          given={typed[field.name]}
          empty={emptyMeans(field, typed[field.name], before)}
          fault={faults[field.name]}
          onChange={(value) => onChange({ ...typed, [field.name]: value })}
        />
      ))}
    </div>
  );
}

const INPUTS: Readonly<Record<string, string>> = { DATE: "date", EMAIL: "email", URI: "url" };

const wordOf = (choice: unknown): string => (typeof choice === "boolean" ? (choice ? "yes" : "no") : String(choice));

interface OneProps {
  field: FieldDefinition;
  given: string | boolean | undefined;
  /** What it means that it is empty, where it is. */
  empty: string | null;
  fault: string | undefined;
  onChange: (value: string | boolean | undefined) => void;
}

function OneField({ field, given, empty, fault, onChange }: OneProps) {
  const told = useId();
  const kind = [field.type.toLowerCase(), limits(field)].filter(Boolean).join(", ");
  const hint = [field.description, empty].filter(Boolean).join(" · ");
  const around = { label: field.name, kind, hint, fault, isRequired: field.required, "data-field": field.name };
  const text = given === undefined ? "" : String(given);
  const choices = choicesOf(field);
  if (choices?.length && choices.every((choice) => typeof choice !== "object")) {
    const words = choices.map((choice) => ({ value: field.type === "STRING" ? String(choice) : JSON.stringify(choice), name: wordOf(choice) }));
    if (words.length <= MOST_SIDE_BY_SIDE)
      return (
        <div className="stack gap-1">
          <span className={styles.label}>
            {field.name}
            <span className={styles.kind}>{field.required ? "required" : `one of ${words.length}`}</span>
          </span>
          <Seg label={field.name} value={text} choices={words} onChange={onChange} isWide field={field.name} describedBy={fault || hint ? told : undefined} />
          {(fault || hint) && (
            <p id={told} className={fault ? styles.fault : "t3 sm"}>
              {fault ?? hint}
            </p>
          )}
        </div>
      );
    return (
      <Choice {...around} value={text} onChange={(event) => onChange(event.target.value || undefined)}>
        <option value="">choose</option>
        {words.map((word) => (
          <option key={word.value} value={word.value}>
            {word.name}
          </option>
        ))}
      </Choice>
    );
  }
  switch (field.type) {
    case "BOOLEAN":
      return (
        <div className="stack gap-1">
          <Tick
            label={field.name}
            hint={[kind, field.description].filter(Boolean).join(": ")}
            checked={given === true}
            data-field={field.name}
            aria-describedby={fault ? told : undefined}
            onChange={(event) => onChange(event.target.checked)}
          />
          {fault && (
            <p id={told} className={styles.fault}>
              {fault}
            </p>
          )}
        </div>
      );
    case "OBJECT":
    case "ARRAY":
      return <TextArea {...around} value={text} spellCheck={false} className={`${styles.code}`} onChange={(event) => onChange(event.target.value)} />;
    case "STRING":
      if (field.multiline) return <TextArea {...around} isHidden={field.secretHint === true} value={text} onChange={(event) => onChange(event.target.value)} />;
      return (
        <TextField
          {...around}
          type={field.secretHint ? "password" : (INPUTS[field.format ?? ""] ?? "text")}
          autoComplete={field.secretHint ? "off" : undefined}
          value={text}
          onChange={(event) => onChange(event.target.value)}
        />
      );
    default:
      return <TextField {...around} value={text} inputMode="decimal" onChange={(event) => onChange(event.target.value)} />;
  }
}
