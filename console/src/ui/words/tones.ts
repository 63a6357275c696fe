// The six tones that a state may have; colour never tells it alone.
export type Tone = "ok" | "fail" | "run" | "wait" | "hold" | "idle";
