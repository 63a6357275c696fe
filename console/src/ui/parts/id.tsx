// An id: eight digits are shown, the whole is copied.
import { useState } from "react";
import { shortId } from "../words/ids";
import { IconButton } from "./button";
import styles from "./id.module.css";

/** An id as it stands in a text. */
export function Id({ of }: { of: string }) {
  return (
    <code className={styles.id} title={of}>
      {shortId(of)}
    </code>
  );
}

/** Copies a text, and says so for a moment. */
export function CopyButton({ text, label, icon = "copy", words }: { text: string; label: string; icon?: string; words?: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  if (words)
    return (
      <button type="button" className={styles.words} title={label} onClick={copy}>
        {isCopied ? "Copied" : words}
      </button>
    );
  return <IconButton isSmall icon={isCopied ? "check" : icon} label={isCopied ? "Copied" : label} onClick={copy} />;
}
