/** Which levels a written slide gets, and which of them the source already holds. */
import type { Level } from "../slide/slide.ts";

/** A level to be written. */
export interface LevelSpec {
  readonly index: number;
  readonly width: number;
  readonly height: number;
  /** Level-0 pixels per pixel of this level, as wanted: a power of the step. */
  readonly downsample: number;
  /** The source's level with these pixels; null: made from the level before. */
  readonly source: Level | null;
}

export interface PyramidSpec {
  /** Pixels of a level along one of the next. */
  readonly step: number;
  /** The last level is the first whose longer side is at most this. */
  readonly until: number;
  /** How sizes of made levels are rounded. */
  readonly rounding: "down" | "up";
}

/** How far a source's level may lie from the wanted downsample: rounding of its size on the way. */
const TOLERANCE = 0.01;

/** Level 0 is the source's; each further one is `step` times smaller. */
export function planLevels(levels: readonly Level[], { step, until, rounding }: PyramidSpec): LevelSpec[] {
  const base = levels[0];
  if (!base) throw new RangeError("expected a slide of at least one level, received none");
  const round = rounding === "down" ? Math.floor : Math.ceil;
  const plan: LevelSpec[] = [{ index: 0, width: base.width, height: base.height, downsample: 1, source: base }];
  for (;;) {
    const last = plan[plan.length - 1] as LevelSpec;
    if (Math.max(last.width, last.height) <= until) return plan;
    const downsample = last.downsample * step;
    const made = { width: Math.max(1, round(last.width / step)), height: Math.max(1, round(last.height / step)) };
    const source = levels.find((level) => isIt(level, downsample, made, rounding)) ?? null;
    const { width, height } = source ?? made;
    plan.push({ index: plan.length, width, height, downsample, source });
  }
}

/** A size that is rounded up is a rule of its format; else a pixel more or less is the rounding of another writer. */
function isIt(
  level: Level,
  downsample: number,
  made: { readonly width: number; readonly height: number },
  rounding: PyramidSpec["rounding"],
): boolean {
  const slack = rounding === "up" ? 0 : 1;
  return (
    Math.abs(level.downsample / downsample - 1) < TOLERANCE &&
    Math.abs(level.width - made.width) <= slack &&
    Math.abs(level.height - made.height) <= slack
  );
}
