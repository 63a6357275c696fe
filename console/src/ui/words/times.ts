// Says moments and lengths of time as people read them.
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const two = (number: number): string => String(number).padStart(2, "0");

/** A length in milliseconds: `86 ms`, `1.8 s`, `4 m 12 s`, `2 d 3 h`. */
export function duration(milliseconds: number): string {
  const length = Math.max(0, milliseconds);
  if (length < SECOND) return `${Math.round(length)} ms`;
  if (length < 10 * SECOND) return `${(Math.floor(length / 100) / 10).toFixed(1)} s`;
  if (length < MINUTE) return `${Math.floor(length / SECOND)} s`;
  if (length < HOUR) return `${Math.floor(length / MINUTE)} m ${two(Math.floor((length % MINUTE) / SECOND))} s`;
  if (length < DAY) return `${Math.floor(length / HOUR)} h ${two(Math.floor((length % HOUR) / MINUTE))} m`;
  return `${Math.floor(length / DAY)} d ${Math.floor((length % DAY) / HOUR)} h`;
}

/** A length as a part of a sentence, in its one biggest unit: `6 min`, `2 h`. */
export function roughly(milliseconds: number): string {
  const length = Math.max(0, milliseconds);
  if (length < MINUTE) return `${Math.max(1, Math.round(length / SECOND))} s`;
  if (length < HOUR) return `${Math.round(length / MINUTE)} min`;
  if (length < DAY) return `${Math.round(length / HOUR)} h`;
  return `${Math.round(length / DAY)} d`;
}

/** A length that was set, such as a time-out: `1 h 30 min`, without what there is none of. */
export function exactly(milliseconds: number): string {
  const counts: [number, string][] = [
    [milliseconds / DAY, "d"],
    [(milliseconds % DAY) / HOUR, "h"],
    [(milliseconds % HOUR) / MINUTE, "min"],
    [(milliseconds % MINUTE) / SECOND, "s"],
  ];
  const told = counts.filter(([count]) => count >= 1).map(([count, unit]) => `${Math.floor(count)} ${unit}`);
  return told.join(" ") || "0 s";
}

function isSameDay(one: Date, other: Date): boolean {
  return one.toDateString() === other.toDateString();
}

/** A moment in the viewer's zone: today `20:36:37`, else `28 Nov 20:36`, of another year `28 Nov 2025`. */
export function moment(at: Date, now: Date): string {
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}`;
  if (isSameDay(at, now)) return `${clock}:${two(at.getSeconds())}`;
  const day = `${at.getDate()} ${MONTHS[at.getMonth()]}`;
  return at.getFullYear() === now.getFullYear() ? `${day} ${clock}` : `${day} ${at.getFullYear()}`;
}

/** The full moment in both zones, for whoever wants to know. */
export function fullMoment(at: Date): string {
  return `${at.toLocaleString(undefined, { dateStyle: "full", timeStyle: "long" })} · ${at.toISOString()}`;
}
