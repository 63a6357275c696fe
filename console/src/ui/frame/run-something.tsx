// The way to the form that runs a workflow, from the pages where one asks for it.
import { ButtonLink } from "../parts/button";

export function RunSomething() {
  return (
    <ButtonLink kind="ink" icon="play" href="/ui/workflows">
      Run a workflow
    </ButtonLink>
  );
}
