/**
 * Views that move together. Slides are laid on one another by a turn and a shift in common lengths (micrometres where both have a scale,
 * else pixels): `p_b = turn(p_a) + shift`. Whoever was last taken hold of leads; the others follow.
 */
import { type Camera, turn } from "./camera.ts";
import type { Stage } from "./stage.ts";

/** How a second slide lies on the first. */
export interface Alignment {
  /** In common lengths, second slide's frame. */
  readonly x: number;
  readonly y: number;
  /** Degrees from the first slide's frame to the second's. */
  readonly rotation: number;
}

/** Common lengths per level-0 pixel of each slide. */
export interface Units {
  readonly first: number;
  readonly second: number;
}

/** Micrometres where both slides have a scale; else pixels are taken for equal. */
export function commonUnits(first: number | null, second: number | null): Units {
  return first === null || second === null ? { first: 1, second: 1 } : { first, second };
}

type View = Pick<Camera, "x" | "y" | "scale" | "rotation">;

/** The second slide's view that shows the same as the first's. */
export function follow(first: View, { x, y, rotation }: Alignment, { first: f, second: s }: Units): View {
  const middle = turn({ x: first.x * f, y: first.y * f }, rotation);
  return {
    x: (middle.x + x) / s,
    y: (middle.y + y) / s,
    scale: (first.scale / f) * s,
    rotation: first.rotation - rotation,
  };
}

/** The first slide's view that shows the same as the second's. */
export function lead(second: View, { x, y, rotation }: Alignment, { first: f, second: s }: Units): View {
  const middle = turn({ x: second.x * s - x, y: second.y * s - y }, -rotation);
  return {
    x: middle.x / f,
    y: middle.y / f,
    scale: (second.scale / s) * f,
    rotation: second.rotation + rotation,
  };
}

/** The alignment under which two views show the same. */
export function alignmentOf(first: View, second: View, { first: f, second: s }: Units): Alignment {
  const rotation = first.rotation - second.rotation;
  const middle = turn({ x: first.x * f, y: first.y * f }, rotation);
  return { x: second.x * s - middle.x, y: second.y * s - middle.y, rotation };
}

export interface Companion {
  readonly stage: Stage;
  readonly units: Units;
  readonly alignment: Alignment;
}

/**
 * Ties stages to a first one. A companion that is dragged with Shift moves alone, and `align` is told how it lies now.
 * @returns what unties them
 */
export function moveTogether(
  first: Stage,
  companions: readonly Companion[],
  align: (at: number, alignment: Alignment) => void,
): () => void {
  const alignments = companions.map((companion) => companion.alignment);
  let leader = -1;
  let isAligning = false;
  const spread = (from: number): void => {
    const source = companions[from];
    const base =
      source === undefined ? first.camera() : lead(source.stage.camera(), alignments[from] as Alignment, source.units);
    if (source !== undefined) first.move(base, true);
    companions.forEach(({ stage, units }, at) => {
      if (at !== from) stage.move(follow(base, alignments[at] as Alignment, units), true);
    });
  };
  const moved = (from: number): void => {
    if (from !== leader) return;
    const companion = companions[from];
    if (!isAligning) spread(from);
    if (!isAligning || companion === undefined) return;
    alignments[from] = alignmentOf(first.camera(), companion.stage.camera(), companion.units);
    align(from, alignments[from]);
  };
  const stages = [first, ...companions.map(({ stage }) => stage)];
  const ends = stages.flatMap((stage, i) => [
    stage.on("grip", ({ isShift }) => {
      leader = i - 1;
      isAligning = isShift && i > 0;
    }),
    stage.on("camera", () => moved(i - 1)),
  ]);
  spread(-1);
  return () => {
    for (const end of ends) end();
  };
}
