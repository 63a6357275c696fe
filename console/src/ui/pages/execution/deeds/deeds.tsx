// What can be done to an execution: its buttons, their dialogs, and the call that the page makes.
import { type Ref, useImperativeHandle, useRef, useState } from "react";
import { useLocation } from "wouter";
import { useAsked } from "../../../data/asking";
import { ExecutionDocument, LastThatWentWellDocument } from "../../../data/documents";
import { PHONE, useMedia } from "../../../data/media";
import { Button, Joined } from "../../../parts/button";
import { CallButton } from "../../../parts/call";
import { Menu, type MenuItem } from "../../../parts/menu";
import { say } from "../../../parts/toasts";
import { LIVE } from "../../../words/executions";
import { compareAddress } from "../../compare/address";
import { rerunAddress } from "../address";
import { CancelDialog } from "./cancel-dialog";
import type { ActionOf, Shown } from "../model";
import { Neighbours } from "../neighbours";
import { usePausing } from "./pausing";
import { SignalDialog } from "./signal-dialog";
import { TerminateDialog } from "./terminate-dialog";

/** What keys do. */
export interface DeedsHandle {
  cancel: () => void;
  pause: () => void;
  rerun: () => void;
  showCall: () => void;
}

type Open = "cancel" | "signal" | "terminate" | null;

interface Props {
  execution: Shown;
  actions: readonly ActionOf[];
  onDone: () => void;
  ref: Ref<DeedsHandle>;
}

/** Leads to a comparison with the last one that went well. */
function Compare({ execution }: { execution: Shown }) {
  const workflow = execution.workflow?.id ?? "";
  const [, go] = useLocation();
  const { data } = useAsked(LastThatWentWellDocument, { id: workflow }, workflow !== "" && execution.status !== "COMPLETED");
  const other = data?.workflow?.executions?.nodes[0]?.id;
  if (!other || other === execution.id) return null;
  return (
    <span className="no-phone">
      <Button icon="compare" title="With the last one that went well" onClick={() => go(compareAddress(other, execution.id))}>
        Compare
      </Button>
    </span>
  );
}

export function Deeds({ execution, actions, onDone, ref }: Props) {
  const [open, setOpen] = useState<Open>(null);
  const call = useRef<HTMLSpanElement>(null);
  const isPhone = useMedia(PHONE);
  const isLive = LIVE.has(execution.status);
  const offBecause = execution.viewerCan.cancel ? null : execution.stopping ? "It ends already" : "You may not cancel it";
  const canCancel = isLive && !offBecause;
  const hold = usePausing(execution, onDone);
  const mayPause = execution.viewerCan.pause || execution.viewerCan.resume;
  const [, go] = useLocation();
  const rerunOff = execution.viewerCan.rerun ? null : "You may not do it over";
  const rerun = () => go(rerunAddress(execution.id));
  useImperativeHandle(ref, () => ({
    cancel: () => canCancel && setOpen("cancel"),
    pause: () => mayPause && void hold.press(),
    rerun: () => execution.viewerCan.rerun && rerun(),
    showCall: () => call.current?.querySelector("button")?.click(),
  }));
  const items: MenuItem[] = [];
  if (isLive && isPhone) items.push({ name: hold.name, icon: hold.icon, offBecause: mayPause ? null : "You may not pause it", onChoose: () => void hold.press() });
  if (isLive && isPhone) items.push({ name: "Cancel…", icon: "stop", isDanger: true, offBecause, onChoose: () => setOpen("cancel") });
  if (!isLive && isPhone) items.push({ name: "Rerun…", icon: "rerun", offBecause: rerunOff, onChoose: rerun });
  if (isLive) items.push({ name: "Send a signal…", icon: "signal", offBecause: execution.viewerCan.signal ? null : "You may not send signals to it", onChoose: () => setOpen("signal") });
  if (isLive)
    items.push({ name: "Terminate…", icon: "off", isDanger: true, offBecause: execution.viewerCan.terminate ? null : "You may not terminate it", onChoose: () => setOpen("terminate") });
  items.push({
    name: "Copy the link",
    icon: "link",
    onChoose: () => void navigator.clipboard.writeText(window.location.href).then(() => say("ok", "The link is copied")),
  });
  return (
    <>
      <Neighbours execution={execution} />
      {isLive && !isPhone && (
        <Joined>
          <Button icon={hold.icon} isBusy={hold.isBusy} offBecause={mayPause ? null : "You may not pause it"} onClick={hold.press}>
            {hold.name}
          </Button>
          <Button kind="danger" icon="stop" offBecause={offBecause} onClick={() => setOpen("cancel")}>
            Cancel…
          </Button>
        </Joined>
      )}
      {!isLive && <Compare execution={execution} />}
      <span ref={call} className="no-phone">
        <CallButton call={() => [{ name: "This page", document: ExecutionDocument as never, variables: { id: execution.id } }, ...(isLive ? [hold.call] : [])]} />
      </span>
      <Menu label="More" items={items} />
      {!isLive && !isPhone && (
        <Button kind="ink" icon="rerun" offBecause={rerunOff} onClick={rerun}>
          Rerun…
        </Button>
      )}
      {open === "cancel" && <CancelDialog execution={execution} actions={actions} onClose={() => setOpen(null)} onDone={onDone} />}
      {open === "terminate" && <TerminateDialog execution={execution} actions={actions} onClose={() => setOpen(null)} onDone={onDone} />}
      {open === "signal" && <SignalDialog execution={execution} actions={actions} onClose={() => setOpen(null)} onDone={onDone} />}
    </>
  );
}
