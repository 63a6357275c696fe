// One icon or status shape of icons.svg, by its name; the file lies in the page once.
import sprite from "../styles/icons.svg?raw";
import styles from "./icon.module.css";

/** Puts the icons into the page; called once. */
export function installIcons(): void {
  const holder = document.createElement("div");
  holder.hidden = true;
  holder.innerHTML = sprite;
  document.body.prepend(holder);
}

interface Props {
  name: string;
  /** What it says to who cannot see it; without it, it is an ornament. */
  label?: string;
  size?: "s" | "m" | "l";
  className?: string;
}

export function Icon({ name, label, size = "m", className = "" }: Props) {
  const named = label ? { role: "img", "aria-label": label } : { "aria-hidden": true };
  const turns = name === "s-run" ? styles.turns : "";
  return (
    <svg className={`${styles.icon} ${styles[size]} ${turns} ${className}`} {...named}>
      <use href={`#${name}`} />
    </svg>
  );
}
