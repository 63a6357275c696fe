// The fields of a form that a definition describes: of a workflow's parameters, or of an approval.
import { Choice, TextArea, TextField, Tick } from "./field";
import { Seg } from "./seg";
import { allowed, type FieldDefinition, limits, type Typed } from "./value-fields";
import styles from "./value-form.module.css";

const MOST_SIDE_BY_SIDE = 4;

interface Props {
  fields: readonly FieldDefinition[];
  typed: Typed;
  faults: Readonly<Record<string, string>>;
  onChange: (typed: Typed) => void;
}

export function ValueForm({ fields, typed, faults, onChange }: Props) {
  return (
    <div className="stack gap-4">
      {fields.map((field) => (
        <OneField
          key={field.name}
          field={field}
          given={typed[field.name]}
          fault={faults[field.name]}
          onChange={(value) => onChange({ ...typed, [field.name]: value })}
        />
      ))}
    </div>
  );
}

const INPUTS: Readonly<Record<string, string>> = { DATE: "date", EMAIL: "email", URI: "url" };

interface OneProps {
  field: FieldDefinition;
  given: string | boolean | undefined;
  fault: string | undefined;
  onChange: (value: string | boolean | undefined) => void;
}

function OneField({ field, given, fault, onChange }: OneProps) {
  const kind = [field.type.toLowerCase(), limits(field)].filter(Boolean).join(", ");
  const hint = field.description;
  const around = { label: field.name, kind, hint, fault, isRequired: field.required, "data-field": field.name };
  const text = typeof given === "string" ? given : "";
  const choices = allowed(field);
  if (choices?.length && choices.every((choice) => typeof choice !== "object")) {
    const words = choices.map((choice) => ({ value: field.type === "STRING" ? String(choice) : JSON.stringify(choice), name: String(choice) }));
    if (words.length <= MOST_SIDE_BY_SIDE)
      return (
        <div className="stack gap-1">
          <span className={styles.label}>
            {field.name}
            <span className={styles.kind}>{field.required ? "required" : `one of ${words.length}`}</span>
          </span>
          <Seg label={field.name} value={text} choices={words} onChange={onChange} isWide />
          {fault ? <p className={styles.fault}>{fault}</p> : field.description && <p className="t3 sm">{field.description}</p>}
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
      return <Tick label={field.name} hint={[kind, hint].filter(Boolean).join(": ")} checked={given === true} onChange={(event) => onChange(event.target.checked)} />;
    case "OBJECT":
    case "ARRAY":
      return <TextArea {...around} value={text} spellCheck={false} className={`${styles.code}`} onChange={(event) => onChange(event.target.value)} />;
    case "STRING":
      if (field.multiline) return <TextArea {...around} value={text} onChange={(event) => onChange(event.target.value)} />;
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
