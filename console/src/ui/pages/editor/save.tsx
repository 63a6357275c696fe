// Before a text is saved: what changes by it, and which version it will be.
import { Button } from "../../parts/button";
import { type Call, CallButton } from "../../parts/call";
import { Dialog } from "../../parts/dialog";
import { TextDifference } from "../../parts/text-difference";
import { nextVersion } from "./draft";

interface Props {
  version: string;
  before: string;
  after: string;
  isBusy: boolean;
  call: () => Call;
  onSave: () => void;
  onClose: () => void;
}

export function SaveDialog({ version, before, after, isBusy, call, onSave, onClose }: Props) {
  const next = nextVersion(version);
  return (
    <Dialog
      title={`Save as ${next}`}
      onClose={onClose}
      isWide
      foot={
        <>
          <CallButton call={call} />
          <Button onClick={onClose}>Not now</Button>
          <Button kind="ink" isBusy={isBusy} onClick={onSave} data-focus-first>
            Save as {next}
          </Button>
        </>
      }
    >
      <div className="stack gap-3">
        <p className="t2">What runs stays on the version that it began with. What begins from then on is {next}.</p>
        <TextDifference before={before} after={after} />
      </div>
    </Dialog>
  );
}
