/** The trail: who saw and did what, append-only, each row holding the hash of the one before. */
import type { Person } from "@nacre/api";

export interface TrailEntry {
  /** "slide.seen", "draft.signed", "token.made", … */
  readonly action: string;
  readonly project?: string;
  /** Key of what it was done to. */
  readonly subject?: string;
  /** No patient's name or id: keys only. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface TrailCheck {
  readonly ok: boolean;
  readonly rows: number;
  /** First row whose hash does not follow, that is gone, or that is not the one whose hash was told. */
  readonly broken: number | null;
  readonly head: string;
}

export interface Trail {
  /** Written before the answer goes out; a row that cannot be written is a refusal (503). */
  note(who: Person | null, entry: TrailEntry): Promise<void>;
  /** The same, but rows of one person on one subject within ten minutes are one: looking at a slide is not a thousand tiles. */
  noteSeen(who: Person, entry: TrailEntry): Promise<void>;
  verify(): Promise<TrailCheck>;
}
