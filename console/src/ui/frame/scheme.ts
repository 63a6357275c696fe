// Light or dark: by the system, until it is chosen here.
import { forGood } from "../../keeping";

const PLACE = "orchestrator:scheme";

/** Shows the scheme that was chosen last, if one was. */
export function showScheme(): void {
  const chosen = forGood.read(PLACE);
  if (chosen) document.documentElement.dataset.theme = chosen;
}

/** Turns light into dark and back. */
export function turnScheme(): void {
  const present = document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  forGood.write(PLACE, present === "dark" ? "light" : "dark");
  showScheme();
}
