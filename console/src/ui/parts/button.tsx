// Buttons: what they do is what they say. One ink button a view; what is not allowed says why.
import type { ButtonHTMLAttributes, ReactNode } from "react";
import { Link } from "wouter";
import { useIsLost } from "../data/connection";
import styles from "./button.module.css";
import { Icon } from "./icon";

type Kind = "plain" | "ink" | "bare" | "danger";

interface Looks {
  kind?: Kind;
  icon?: string;
  isSmall?: boolean;
  children?: ReactNode;
}

interface Props extends Looks, Omit<ButtonHTMLAttributes<HTMLButtonElement>, "children"> {
  /** Why it cannot be used; it stays where it is, and says so. */
  offBecause?: string | null;
  /** Whether it is at work: a second press does nothing. What has this asks the service, and is off while that is not heard. */
  isBusy?: boolean;
}

const NOT_HEARD = "The service is not heard: it can be done once it is again";

function classes({ kind = "plain", isSmall }: Looks, isIcon: boolean): string {
  return [styles.button, styles[kind], isSmall ? styles.small : "", isIcon ? styles.square : ""].join(" ");
}

export function Button({ kind, icon, isSmall, children, offBecause: given, isBusy, title, ...rest }: Props) {
  const isLost = useIsLost();
  const offBecause = isLost && isBusy !== undefined ? NOT_HEARD : given;
  const isOff = Boolean(offBecause) || rest.disabled;
  return (
    <button
      type="button"
      {...rest}
      className={classes({ kind, isSmall }, false)}
      aria-disabled={isOff || isBusy || undefined}
      aria-busy={isBusy || undefined}
      disabled={rest.disabled}
      title={offBecause ?? title}
      onClick={isOff || isBusy ? (event) => event.preventDefault() : rest.onClick}
    >
      {icon && <Icon name={isBusy ? "s-run" : icon} />}
      {children}
    </button>
  );
}

/** A button of one icon; its label is read out, and shown where the pointer rests. */
export function IconButton({ label, icon, kind = "bare", isSmall, offBecause, ...rest }: Props & { label: string; icon: string }) {
  return (
    <button
      type="button"
      {...rest}
      className={classes({ kind, isSmall }, true)}
      aria-label={label}
      aria-disabled={offBecause ? true : undefined}
      title={offBecause ?? label}
      onClick={offBecause ? (event) => event.preventDefault() : rest.onClick}
    >
      <Icon name={icon} />
    </button>
  );
}

/** What looks like a button and leads to a page, unless it is off. */
export function ButtonLink({ href, kind, icon, isSmall, children, offBecause }: Looks & { href: string; offBecause?: string | null }) {
  if (offBecause)
    return (
      <Button kind={kind} icon={icon} isSmall={isSmall} offBecause={offBecause}>
        {children}
      </Button>
    );
  return (
    <Link href={href} className={classes({ kind, isSmall }, false)}>
      {icon && <Icon name={icon} />}
      {children}
    </Link>
  );
}

/** Buttons that belong together. */
export function Joined({ children }: { children: ReactNode }) {
  return <span className={styles.joined}>{children}</span>;
}
