// The filters of the list, each a token that can be taken away.
import * as Popover from "@radix-ui/react-popover";
import { useState } from "react";
import { type Condition, FIELDS, type Field, STATUSES } from "../../data/filters";
import { Button, IconButton } from "../../parts/button";
import { Tick } from "../../parts/field";
import styles from "./executions.module.css";

const RANGES = ["15m", "1h", "4h", "24h", "7d", "30d"];

interface Props {
  conditions: readonly Condition[];
  onChange: (next: readonly Condition[]) => void;
}

export function Filters({ conditions, onChange }: Props) {
  const set = (field: Field, values: readonly string[]) => {
    const others = conditions.filter((one) => one.field !== field);
    onChange(values.length ? [...others, { field, values }] : others);
  };
  return (
    <div className={styles.filters}>
      {conditions.map(({ field, values }) => (
        <span key={field} className={styles.token}>
          {FIELDS[field]} <b>{values.join(" or ")}</b>
          <IconButton isSmall icon="x" label={`Without ${FIELDS[field]}`} onClick={() => set(field, [])} />
        </span>
      ))}
      <Adder conditions={conditions} onSet={set} />
    </div>
  );
}

function Adder({ conditions, onSet }: { conditions: readonly Condition[]; onSet: (field: Field, values: readonly string[]) => void }) {
  const valuesOf = (field: Field): readonly string[] => conditions.find((one) => one.field === field)?.values ?? [];
  const statuses = valuesOf("status");
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger asChild>
        <Button kind="bare" icon="plus">
          Filter
        </Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className={styles.adder} align="start" sideOffset={6} collisionPadding={12}>
          <fieldset>
            <legend>Status</legend>
            {STATUSES.map((status) => (
              <Tick
                key={status}
                label={status}
                checked={statuses.includes(status)}
                onChange={(event) => onSet("status", event.target.checked ? [...statuses, status] : statuses.filter((one) => one !== status))}
              />
            ))}
          </fieldset>
          <fieldset>
            <legend>Started in the last</legend>
            <div className="row wrap">
              {RANGES.map((range) => (
                <Button key={range} isSmall aria-pressed={valuesOf("started")[0] === range} onClick={() => onSet("started", [range])}>
                  {range}
                </Button>
              ))}
            </div>
          </fieldset>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
