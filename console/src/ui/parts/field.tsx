// A field with its label, its hint and its fault.
import { type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, type TextareaHTMLAttributes, useId } from "react";
import styles from "./field.module.css";

interface Around {
  label: string;
  /** What kind of value it takes, beside the label. */
  kind?: string;
  hint?: ReactNode;
  fault?: string | null;
  isRequired?: boolean;
}

interface Ties {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": boolean | undefined;
  "aria-required": boolean | undefined;
}

function Field({ label, kind, hint, fault, isRequired, children }: Around & { children: (ties: Ties) => ReactNode }) {
  const id = useId();
  const described = fault ? `${id}-fault` : hint ? `${id}-hint` : undefined;
  return (
    <div className={styles.field}>
      <label htmlFor={id}>
        {label}
        {(kind || isRequired) && <span className={styles.kind}>{[kind, isRequired && "required"].filter(Boolean).join(", ")}</span>}
      </label>
      {children({ id, "aria-describedby": described, "aria-invalid": fault ? true : undefined, "aria-required": isRequired || undefined })}
      {fault ? (
        <p id={`${id}-fault`} className={styles.fault}>
          {fault}
        </p>
      ) : (
        hint && (
          <p id={`${id}-hint`} className={styles.hint}>
            {hint}
          </p>
        )
      )}
    </div>
  );
}

export function TextField({ label, kind, hint, fault, isRequired, ...rest }: Around & InputHTMLAttributes<HTMLInputElement>) {
  return (
    <Field label={label} kind={kind} hint={hint} fault={fault} isRequired={isRequired}>
      {(ties) => <input {...rest} {...ties} className={styles.input} />}
    </Field>
  );
}

interface AreaProps extends Around, TextareaHTMLAttributes<HTMLTextAreaElement> {
  /** Whether what is typed is not to be read: a password of several lines. */
  isHidden?: boolean;
}

export function TextArea({ label, kind, hint, fault, isRequired, isHidden, ...rest }: AreaProps) {
  const hiding = isHidden ? { autoComplete: "off", spellCheck: false } : {};
  return (
    <Field label={label} kind={kind} hint={hint} fault={fault} isRequired={isRequired}>
      {(ties) => <textarea rows={3} {...hiding} {...rest} {...ties} className={`${styles.input} ${isHidden ? styles.hidden : ""} ${rest.className ?? ""}`} />}
    </Field>
  );
}

export function Choice({ label, kind, hint, fault, isRequired, children, ...rest }: Around & SelectHTMLAttributes<HTMLSelectElement>) {
  return (
    <Field label={label} kind={kind} hint={hint} fault={fault} isRequired={isRequired}>
      {(ties) => (
        <select {...rest} {...ties} className={styles.input}>
          {children}
        </select>
      )}
    </Field>
  );
}

/** A box to tick. */
export function Tick({ label, hint, ...rest }: { label: ReactNode; hint?: ReactNode } & InputHTMLAttributes<HTMLInputElement>) {
  return (
    <label className={styles.tick}>
      <input type="checkbox" {...rest} />
      <span>
        {label}
        {hint && <span className={styles.hint}> {hint}</span>}
      </span>
    </label>
  );
}
