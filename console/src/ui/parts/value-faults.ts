// What the service says of values, told at the fields that they stand in: each with the way into what was typed.

import type { Fault } from "../data/doing";

/** The faults of values by the names of their fields, and all that are of no field. */
export interface SortedFaults {
  readonly ofFields: Readonly<Record<string, string>>;
  readonly others: readonly Fault[];
}

/** `root` is where the values stand in what was sent: `parameters`, or `form`. */
export function sortedFaults(faults: readonly Fault[], root: "parameters" | "form"): SortedFaults {
  const ofFields: Record<string, string> = {};
  const others: Fault[] = [];
  for (const fault of faults) {
    const place = fault.path?.indexOf(root) ?? -1;
    const [name, ...way] = place >= 0 ? (fault.path ?? []).slice(place + 1) : [];
    if (name === undefined) others.push(fault);
    else {
      const told = way.length ? `${way.join(".")}: ${fault.message}` : fault.message;
      ofFields[name] = ofFields[name] === undefined ? told : `${ofFields[name]}; ${told}`;
    }
  }
  return { ofFields, others };
}
