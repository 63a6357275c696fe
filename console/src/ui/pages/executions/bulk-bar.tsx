// What can be done to the executions that are selected: it lies over the foot of the list.
import { useImperativeHandle, useMemo, type Ref, useState } from "react";
import { useLocation } from "wouter";
import type { BulkKind, ExecutionFilterInput } from "../../data/documents";
import { useMayRerun, useViewer } from "../../data/viewer";
import { Button, IconButton } from "../../parts/button";
import { Menu } from "../../parts/menu";
import { KINDS } from "../../words/bulk";
import { rerunAddress } from "../execution/address";
import styles from "./bulk.module.css";
import { BulkDialog, type Target } from "./bulk-dialog";

/** What keys do. */
export interface BulkHandle {
  cancel: () => void;
  rerun: () => void;
}

interface Props {
  selected: ReadonlySet<string>;
  /** Whether all that match are meant, shown or not. */
  isAll: boolean;
  filter: ExecutionFilterInput;
  /** How many match, as far as that is known. */
  matching: number | null;
  onAll: (isAll: boolean) => void;
  onClear: () => void;
  ref: Ref<BulkHandle>;
}

const IN_SIGHT: readonly BulkKind[] = ["CANCEL", "PAUSE", "RESUME", "LABEL"];
const SELDOM: readonly BulkKind[] = ["TERMINATE", "DELETE"];

export function BulkBar({ selected, isAll, filter, matching, onAll, onClear, ref }: Props) {
  const [kind, setKind] = useState<BulkKind | null>(null);
  const { permissions } = useViewer();
  const mayRerun = useMayRerun();
  const [, go] = useLocation();
  const target = useMemo((): Target => (isAll ? { filter } : { ids: [...selected] }), [isAll, filter, selected]);
  const offBecause = (one: BulkKind) => (permissions.includes(KINDS[one].permission) ? null : `You may not ${KINDS[one].verb.toLowerCase()} executions`);
  const rerunOff = mayRerun ? null : "You may not rerun executions";
  const [only] = selected;
  const count = selected.size;
  const rerun = () => (only && count === 1 && !isAll ? go(rerunAddress(only)) : setKind("RERUN"));
  useImperativeHandle(ref, () => ({
    cancel: () => offBecause("CANCEL") === null && setKind("CANCEL"),
    rerun: () => rerunOff === null && rerun(),
  }));
  return (
    <div className={styles.place}>
      <div className={styles.bar} role="toolbar" aria-label="What is selected">
        <b className={styles.count} role="status">
          {isAll ? `All ${matching?.toLocaleString() ?? ""} that match` : `${count.toLocaleString()} selected`}
        </b>
        {isAll ? (
          <button type="button" className={styles.more} onClick={() => onAll(false)}>
            Only the {count.toLocaleString()}
          </button>
        ) : (
          matching !== null &&
          matching > count && (
            <button type="button" className={styles.more} onClick={() => onAll(true)}>
              Select all {matching.toLocaleString()} that match
            </button>
          )
        )}
        <span className={styles.between} />
        <Button icon="rerun" offBecause={rerunOff} onClick={rerun}>
          Rerun…
        </Button>
        {IN_SIGHT.map((one) => (
          <Button key={one} icon={KINDS[one].icon} offBecause={offBecause(one)} onClick={() => setKind(one)}>
            {KINDS[one].verb}…
          </Button>
        ))}
        <Menu
          label="More to do"
          items={SELDOM.map((one) => ({ name: `${KINDS[one].verb}…`, icon: KINDS[one].icon, isDanger: true, offBecause: offBecause(one), onChoose: () => setKind(one) }))}
        />
        <span className={styles.between} />
        <IconButton icon="x" label="Select nothing" onClick={onClear} />
      </div>
      {kind && (
        <BulkDialog
          kind={kind}
          target={target}
          onClose={() => setKind(null)}
          onDone={() => {
            setKind(null);
            onClear();
          }}
        />
      )}
    </div>
  );
}
