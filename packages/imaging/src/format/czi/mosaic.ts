/**
 * From subblocks to levels. Scenes lie on one plane, at their own places; a subblock of the pyramid stores fewer samples than it covers, and the
 * quotient, rounded to a power of the smallest one, is the downsample of its level.
 */
import type { Subblock } from "./segments.ts";

export interface MosaicLevel {
  readonly downsample: number;
  readonly width: number;
  readonly height: number;
  readonly subblocks: readonly { readonly subblock: Subblock; readonly x: number; readonly y: number }[];
}

export interface Mosaic {
  readonly levels: readonly MosaicLevel[];
  readonly scenes: number;
  readonly warnings: readonly string[];
}

/** `subblocks`: those of one plane; at least one of them at full resolution. */
export function mosaicOf(subblocks: readonly Subblock[]): Mosaic {
  const byDownsample = new Map<number, Subblock[]>();
  const base = smallestStep(subblocks);
  for (const subblock of subblocks) {
    const step = stepOf(subblock);
    const downsample = step < 1.5 ? 1 : base ** Math.max(1, Math.round(Math.log(step) / Math.log(base)));
    const members = byDownsample.get(downsample);
    if (members) members.push(subblock);
    else byDownsample.set(downsample, [subblock]);
  }
  const full = byDownsample.get(1) ?? [];
  const box = boxOf(full);
  const [width, height] = [box.right - box.left, box.bottom - box.top];
  const warnings: string[] = [];
  const levels: MosaicLevel[] = [];
  for (const [downsample, members] of [...byDownsample].sort((a, b) => a[0] - b[0])) {
    if (!coversScenes(full, members, downsample)) {
      warnings.push(`the level reduced ${downsample} times lacks parts of the scan and is not used`);
      continue;
    }
    const placed = members.sort(byOrder).map((subblock) => ({
      subblock,
      x: Math.round((subblock.x.start - box.left) / downsample),
      y: Math.round((subblock.y.start - box.top) / downsample),
    }));
    levels.push({
      downsample,
      width: Math.ceil(width / downsample),
      height: Math.ceil(height / downsample),
      subblocks: placed,
    });
  }
  return { levels, scenes: scenesOf(full).size, warnings };
}

/** Covered samples per stored one. The longer side is rounded least. */
function stepOf({ x, y }: Subblock): number {
  const side = x.stored >= y.stored ? x : y;
  return side.size / side.stored;
}

/** The smallest reduction of the pyramid, 2 where there is none. */
function smallestStep(subblocks: readonly Subblock[]): number {
  const steps = subblocks.map(stepOf).filter((step) => step >= 1.5);
  return Math.max(2, Math.round(steps.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)) || 2);
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

function boxOf(subblocks: readonly Subblock[]): Box {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of subblocks) {
    left = Math.min(left, x.start);
    top = Math.min(top, y.start);
    right = Math.max(right, x.start + x.size);
    bottom = Math.max(bottom, y.start + y.size);
  }
  return { left, top, right, bottom };
}

function scenesOf(subblocks: readonly Subblock[]): Map<number, Subblock[]> {
  const scenes = new Map<number, Subblock[]>();
  for (const subblock of subblocks) {
    const scene = subblock.at.S ?? 0;
    const members = scenes.get(scene);
    if (members) members.push(subblock);
    else scenes.set(scene, [subblock]);
  }
  return scenes;
}

/** Small scenes end their pyramid early; a level without them would show white where there is tissue. */
function coversScenes(full: readonly Subblock[], members: readonly Subblock[], downsample: number): boolean {
  if (downsample === 1) return true;
  const reduced = scenesOf(members);
  const slack = 2 * downsample;
  for (const [scene, subblocks] of scenesOf(full)) {
    const [wanted, got] = [boxOf(subblocks), boxOf(reduced.get(scene) ?? [])];
    const isCovered =
      got.left <= wanted.left + slack &&
      got.top <= wanted.top + slack &&
      got.right >= wanted.right - slack &&
      got.bottom >= wanted.bottom - slack;
    if (!isCovered) return false;
  }
  return true;
}

/** The mosaic index says what lies on top. */
function byOrder(a: Subblock, b: Subblock): number {
  return (a.at.M ?? 0) - (b.at.M ?? 0) || a.position - b.position;
}
