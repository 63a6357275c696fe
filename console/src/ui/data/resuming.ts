// Where a subscription goes on after its socket was closed: after the last that it told, so that nothing comes twice or not.

type Variables = Readonly<Record<string, unknown>>;

/** What an answer tells of its place: the sequence of an event, or the cursor of a change. */
function placeOf(data: unknown): unknown {
  const told = Object.values((data ?? {}) as Record<string, { sequence?: number; cursor?: string } | null>)[0];
  return told?.sequence ?? told?.cursor;
}

/** The variables of a subscription, which are others each time that it is begun anew; a place is what `after` takes. */
export class Resumable {
  private place: unknown;

  constructor(private readonly first: Variables) {}

  get variables(): Variables {
    return this.place === undefined ? this.first : { ...this.first, after: this.place };
  }

  /** Takes note of an answer. */
  note(data: unknown): void {
    if ("after" in this.first) this.place = placeOf(data) ?? this.place;
  }
}
