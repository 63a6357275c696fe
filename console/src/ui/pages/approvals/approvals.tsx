// Approvals: what waits for a decision, and one of them open to be decided.
import { useEffect, useRef, useState } from "react";
import { useSubscription } from "urql";
import { Link, useLocation, useParams } from "wouter";
import { useAsked } from "../../data/asking";
import { useNow } from "../../data/clock";
import { ApprovalsDocument, ApprovalsLiveDocument, type ApprovalShownFragment, DecideDocument } from "../../data/documents";
import { type Fault, useDeed } from "../../data/doing";
import { useLater } from "../../data/later";
import { useMay, useViewer } from "../../data/viewer";
import { Page } from "../../frame/page";
import { Button } from "../../parts/button";
import { CallButton } from "../../parts/call";
import { TextArea } from "../../parts/field";
import { Icon } from "../../parts/icon";
import { Id } from "../../parts/id";
import { KeyHints, useKeys } from "../../parts/keys";
import { Note } from "../../parts/note";
import { Bones, Empty, ErrorBox } from "../../parts/nothing";
import { Seg } from "../../parts/seg";
import { Time } from "../../parts/time";
import { say } from "../../parts/toasts";
import { sortedFaults } from "../../parts/value-faults";
import { ValueForm } from "../../parts/value-form";
import { meant, shownIn, type Typed, typedFrom } from "../../parts/value-fields";
import { roughly } from "../../words/times";
import { addressOf } from "../executions/row";
import { approvalAddress } from "./address";
import styles from "./approvals.module.css";
import { openOne } from "./open-one";

type Mine = "mine" | "all";

/** The second press of a double click is meant for the one before. */
const DOUBLE_CLICK_MS = 600;

export default function Approvals() {
  const params = useParams<{ execution?: string; action?: string; item?: string }>();
  const [, go] = useLocation();
  const [mine, setMine] = useState<Mine>("mine");
  const mayDecide = useMay("EXECUTION_APPROVE");
  const asked = useAsked(ApprovalsDocument, { mine: mine === "mine" }, mayDecide);
  const [live] = useSubscription({ query: ApprovalsLiveDocument, variables: { mine: mine === "mine" }, pause: !mayDecide });
  // What was told of mine is not told of everybody's.
  const told = live.operation?.variables.mine === (mine === "mine") ? live.data?.approvals : undefined;
  const approvals = told ?? asked.data?.approvals ?? [];
  const last = useRef<ApprovalShownFragment | undefined>(undefined);
  const [decided, setDecided] = useState<string | null>(null);
  const open = openOne(approvals, params, last.current, decided);
  // While it is asked, what there is may still be of whose were shown before.
  if (open && (told || !asked.isAsking)) last.current = open;
  const seen = useLater(open?.id, DOUBLE_CLICK_MS);
  const show = (whose: Mine) => {
    if (!params.execution) last.current = undefined;
    setMine(whose);
  };
  // A link may lead to one that others are asked for.
  const isElsewhere = mine === "mine" && params.execution !== undefined && asked.data !== undefined && !asked.isAsking && !open;
  useEffect(() => {
    if (isElsewhere) setMine("all");
  }, [isElsewhere]);
  const place = open ? approvals.findIndex((one) => one.id === open.id) : -1;
  const move = (step: number) => {
    const next = approvals[Math.min(approvals.length - 1, Math.max(0, place + step))];
    if (next) go(approvalAddress(next));
  };
  useKeys({
    J: () => move(1),
    K: () => move(-1),
    A: () => document.getElementById("approve")?.focus(),
    D: () => document.getElementById("decline")?.focus(),
  });
  return (
    <Page
      title="Approvals"
      aside={
        <Seg
          label="Whose"
          value={mine}
          onChange={show}
          choices={[
            { value: "mine", name: "Mine" },
            { value: "all", name: "Everybody's" },
          ]}
        />
      }
      isWhole
    >
      {asked.problem && <ErrorBox title="The approvals did not come" problem={asked.problem} onAgain={asked.again} />}
      {!mayDecide ? (
        <div className="pad">
          <Note icon="lock" title="You may not decide">
            Operators, editors and admins see what waits for a decision.
          </Note>
        </div>
      ) : isElsewhere || (asked.isAsking && (!asked.data || (params.execution !== undefined && !open))) ? (
        <Bones rows={5} />
      ) : approvals.length === 0 && !open ? (
        <Empty icon="s-ok" title="Nothing waits for a decision">
          <p>What asks for one comes here by itself.</p>
        </Empty>
      ) : (
        <div className={styles.columns}>
          <ul className={`${styles.list} ${params.execution ? "no-phone" : ""}`}>
            {approvals.map((approval) => (
              <li key={approval.id}>
                <Link href={approvalAddress(approval)} aria-current={approval.id === open?.id ? "true" : undefined}>
                  <span className="tone-hold">
                    <Icon name="s-hold" />
                  </span>
                  <span className="grow">
                    <b className="cut">{approval.message ?? approval.actionId}</b>
                    <span className="t2 cut">
                      {approval.execution?.workflow?.name} <Id of={approval.executionId} />
                    </span>
                    <span className="t3 sm">
                      since <Time at={approval.since} />
                      <Ends at={approval.expiresAt} />
                    </span>
                  </span>
                </Link>
              </li>
            ))}
          </ul>
          <div className={styles.open}>
            {open ? (
              <Open
                key={open.id}
                approval={open}
                isGone={!approvals.some((one) => one.id === open.id)}
                hasJustCome={decided !== null && seen !== open.id}
                onDecided={() => setDecided(open.id)}
              />
            ) : (
              <Empty title="It was decided, or has ended" />
            )}
          </div>
        </div>
      )}
      <KeyHints hints={[["J K", "move"], ["A", "to approve"], ["D", "to decline"]]} />
    </Page>
  );
}

const SOON_MS = 3_600_000;

function Ends({ at }: { at?: string | null }) {
  const now = useNow();
  if (!at) return <>, no end</>;
  const left = new Date(at).getTime() - now.getTime();
  return <span className={left < SOON_MS ? styles.soon : ""}>, ends in {roughly(left)}</span>;
}

interface OpenProps {
  approval: ApprovalShownFragment;
  isGone: boolean;
  /** Whether the viewer decided another one, and may be about to press there once more. */
  hasJustCome: boolean;
  onDecided: () => void;
}

function Open({ approval, isGone, hasJustCome, onDecided }: OpenProps) {
  const viewer = useViewer();
  const [typed, setTyped] = useState<Typed>(() => typedFrom(approval.form));
  const [comment, setComment] = useState("");
  const [faults, setFaults] = useState<Readonly<Record<string, string>>>({});
  const [refusal, setRefusal] = useState<string | null>(null);
  const { send, isBusy } = useDeed<{ readonly userErrors: readonly Fault[] }, Record<string, unknown>>(DecideDocument as never);
  const heading = useRef<HTMLHeadingElement>(null);
  const form = meant(approval.form, typed);
  const input = (approved: boolean) => ({
    executionId: approval.executionId,
    actionId: approval.actionId,
    item: approval.item,
    approved,
    comment: comment.trim() || null,
    form: approval.form.length ? form.values : null,
  });
  const shown = { ...input(true), form: approval.form.length ? shownIn(approval.form, form.values) : null };
  const decide = async (approved: boolean) => {
    if (approved && Object.keys(form.faults).length) {
      setFaults(form.faults);
      return;
    }
    const done = await send({ input: input(approved) });
    if (done.payload) {
      onDecided();
      say(approved ? "ok" : "idle", approved ? "Approved" : "Declined", approval.message ?? undefined);
      return;
    }
    const { ofFields, others } = sortedFaults(done.faults, "form");
    setFaults(ofFields);
    setRefusal(others.map((fault) => fault.message).join(" ") || null);
  };
  const mine = approval.decisions.find((decision) => decision.by === viewer.userId);
  const approved = approval.decisions.filter((decision) => decision.approved).length;
  const isMine = approval.approvers.length === 0 || approval.approvers.includes(viewer.userId ?? "");
  const off = isGone ? "It was decided, or has ended" : mine ? "You have decided" : !isMine ? "Others are asked" : hasJustCome ? "It has just come: read it first" : null;
  return (
    <article>
      <h2 ref={heading} className={styles.question}>
        {approval.message ?? `${approval.actionId} waits for a decision`}
      </h2>
      <p className="t2">
        <Link className="link" href={addressOf(approval.executionId)}>
          {approval.execution?.workflow?.name ?? "Execution"} <Id of={approval.executionId} />
        </Link>
        , action {approval.actionId}
        {approval.item != null && `, item ${approval.item}`}, since <Time at={approval.since} />
        <Ends at={approval.expiresAt} />
      </p>
      <ul className={styles.said}>
        {approval.decisions.map((decision) => (
          <li key={decision.by}>
            <span className={decision.approved ? "tone-ok" : "tone-fail"}>
              <Icon name={decision.approved ? "s-ok" : "s-fail"} />
            </span>
            <b>{decision.by}</b>
            <span className="t2">
              {decision.approved ? "approved" : "declined"} at <Time at={decision.at} />
              {decision.comment && `: “${decision.comment}”`}
            </span>
          </li>
        ))}
        {!isGone && (
          <li>
            <span className="tone-hold">
              <Icon name="s-hold" />
            </span>
            <b>{approval.approvers.length ? approval.approvers.filter((one) => !approval.decisions.some((decision) => decision.by === one)).join(" or ") : "anybody who may"}</b>
            <span className="t2">
              {approval.quorum - approved} more of {approval.quorum}
            </span>
          </li>
        )}
      </ul>
      {isGone && <Note icon="info" title="It was decided, or has ended" />}
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
        }}
      >
        {approval.form.length > 0 && <ValueForm fields={approval.form} typed={typed} faults={faults} onChange={setTyped} />}
        <TextArea label="Comment" hint="For the record: whoever sees the execution sees it." value={comment} onChange={(event) => setComment(event.target.value)} />
        {refusal && (
          <Note tone="fail" icon="warn" title="Not decided">
            {refusal}
          </Note>
        )}
        <div className={styles.deeds}>
          <Button id="approve" kind="ink" icon="check" isBusy={isBusy} offBecause={off} onClick={() => decide(true)}>
            Approve
          </Button>
          <Button id="decline" kind="danger" icon="x" isBusy={isBusy} offBecause={off} onClick={() => decide(false)}>
            Decline
          </Button>
          <CallButton call={() => ({ document: DecideDocument as never, variables: { input: shown } })} />
        </div>
        <p className="t3 sm">
          You decide as {viewer.userId}, once, and it cannot be taken back.
          {!off && ` Approving makes it ${approved + 1} of ${approval.quorum}.`}
        </p>
      </form>
    </article>
  );
}
