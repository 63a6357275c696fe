// Saves the present filters under a name, or gives a view another one.
import { useState } from "react";
import { RenameViewDocument, type RenameViewMutation, SaveViewDocument, type SaveViewMutation } from "../../data/documents";
import { type Fault, useDeed } from "../../data/doing";
import { oversees, useViewer } from "../../data/viewer";
import { Button } from "../../parts/button";
import { CallButton } from "../../parts/call";
import { Dialog } from "../../parts/dialog";
import { TextField, Tick } from "../../parts/field";
import { say } from "../../parts/toasts";
import type { View } from "./views";

interface Props {
  /** The view that gets another name; without one a view is saved. */
  view: View | null;
  filters: string;
  onClose: () => void;
  onDone: () => void;
}

const MOST_CHARACTERS = 60;

export function ViewDialog({ view, filters, onClose, onDone }: Props) {
  const mayShare = oversees(useViewer());
  const [name, setName] = useState(view?.name ?? "");
  const [isShared, setShared] = useState(false);
  const [fault, setFault] = useState<Fault | null>(null);
  const toSave = { input: { name: name.trim(), filters, isShared } };
  const toRename = { input: { id: view?.id ?? "", name: name.trim() } };
  const saving = useDeed<SaveViewMutation["saveView"], typeof toSave>(SaveViewDocument as never);
  const renaming = useDeed<RenameViewMutation["renameView"], typeof toRename>(RenameViewDocument as never);
  const submit = async () => {
    const done = view ? await renaming.send(toRename) : await saving.send(toSave);
    if (!done.payload) return setFault(done.faults[0] ?? null);
    say("ok", view ? `The view is called “${name.trim()}”` : `Saved as “${name.trim()}”`);
    onDone();
  };
  const whyNot = name.trim() ? null : "Give it a name first";
  return (
    <Dialog
      title={view ? `Rename “${view.name}”` : "Save this view"}
      onClose={onClose}
      foot={
        <>
          <CallButton call={() => (view ? { document: RenameViewDocument as never, variables: toRename } : { document: SaveViewDocument as never, variables: toSave })} />
          <span className="grow" />
          <Button kind="bare" onClick={onClose}>
            Not now
          </Button>
          <Button kind="ink" offBecause={whyNot} isBusy={saving.isBusy || renaming.isBusy} onClick={submit}>
            {view ? "Rename" : "Save"}
          </Button>
        </>
      }
    >
      <form
        className="stack gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (!whyNot) void submit();
        }}
      >
        <TextField
          label="Name"
          hint={view ? undefined : "One that is there already gets these filters in place of its own."}
          fault={fault?.message}
          isRequired
          maxLength={MOST_CHARACTERS}
          data-focus-first
          value={name}
          onChange={(event) => {
            setName(event.target.value);
            setFault(null);
          }}
        />
        {!view && (
          <Tick
            label="For everybody of the tenant"
            hint={mayShare ? "Operators and admins can change it." : "Operators and admins can save such a view."}
            disabled={!mayShare}
            checked={isShared}
            onChange={(event) => setShared(event.target.checked)}
          />
        )}
      </form>
    </Dialog>
  );
}
