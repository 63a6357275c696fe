// Lets one call through to a service that is left alone, before its time.
import { TryServiceDocument, type TryServiceMutation } from "../../data/documents";
import { useDeed } from "../../data/doing";
import { oversees, useViewer } from "../../data/viewer";
import { Button } from "../../parts/button";
import { CallButton } from "../../parts/call";
import { say } from "../../parts/toasts";

interface Props {
  name: string;
  circuit: string;
  isOverridden: boolean;
  onDone: () => void;
}

export function TryNow({ name, circuit, isOverridden, onDone }: Props) {
  const viewer = useViewer();
  const variables = { input: { name } };
  const { send, isBusy } = useDeed<TryServiceMutation["tryService"], typeof variables>(TryServiceDocument as never);
  const offBecause = isOverridden
    ? "It is not called: the operator has one of this name"
    : circuit === "HALF_OPEN"
      ? "The next call goes through already"
      : oversees(viewer)
        ? null
        : "This is for operators and admins";
  const submit = async () => {
    const done = await send(variables);
    if (done.payload) say("ok", `The next call goes to ${name}`, "If it is answered, all go on.");
    else say("fail", `${name} is not tried`, done.faults[0]?.message);
    onDone();
  };
  return (
    <span className="row">
      <Button isSmall icon="rerun" offBecause={offBecause} isBusy={isBusy} onClick={submit}>
        Try now
      </Button>
      <CallButton of={`Try ${name} now`} call={() => ({ document: TryServiceDocument as never, variables })} />
    </span>
  );
}
