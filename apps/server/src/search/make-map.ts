/** Tiles or slides of a run in the plane, and how well neighbours tell their columns apart. A finished map is kept: the same vectors give the same one. */
import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { canonicalJson, randomStream } from "@nacre/core";
import { auroc } from "@nacre/evaluation";
import { embeddingMap, neighbourShares, toUnit, vectorIndex } from "@nacre/features";
import { partOf, rowReader, type StoredVectors, standardise, startsOf } from "@nacre/features/node";
import { openRunVectors, type RunVectors } from "./open-run-vectors.ts";
import type { MapAnswer, MapProgress, MapWork, MemberColumn } from "./search-work.ts";

/** Another version makes kept maps anew. */
const MAP_VERSION = 4;
const SEED = 1;
const NEIGHBOURS = 15;
/** Rows that ask their neighbours. */
const ASKED = 2000;

export interface MapOptions {
  readonly onProgress?: (progress: MapProgress) => void;
  /** Ends the drawing: the promise is rejected. */
  readonly signal?: AbortSignal;
}

/** @throws FailureError as openVectors fails */
export async function makeMap(work: MapWork, options: MapOptions = {}): Promise<MapAnswer> {
  const { onProgress, signal } = options;
  const vectors = await openRunVectors(work.run, {
    onProgress: (done, of) => onProgress?.({ phase: "reading", done, of }),
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    const { unit, points, columns, run } = work;
    // Points name members by their place in the list.
    const members = run.members.map(({ name, patient }) => [name, patient]);
    const told = canonicalJson({ version: MAP_VERSION, key: vectors.stored.key, unit, points, columns, members });
    const file = join(work.kept, `${createHash("sha256").update(told).digest("hex").slice(0, 32)}.json`);
    const kept = readKept(file);
    if (kept !== null) return kept;
    const made = await draw(work, vectors, options);
    mkdirSync(work.kept, { recursive: true });
    const partial = `${file}.${randomUUID()}.partial`;
    writeFileSync(partial, JSON.stringify(made));
    renameSync(partial, file);
    return made;
  } finally {
    vectors.stored.close();
  }
}

function readKept(file: string): MapAnswer | null {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as MapAnswer;
  } catch {
    return null;
  }
}

interface Points {
  readonly n: number;
  /** Writes a point's vector, standardised, of length one. */
  readonly read: (point: number, into: Float32Array) => void;
  /** Part of each. */
  readonly part: Int32Array;
  readonly x: readonly number[];
  readonly y: readonly number[];
}

async function draw(work: MapWork, { stored, members }: RunVectors, options: MapOptions): Promise<MapAnswer> {
  const isTile = work.unit === "tile";
  const points = isTile ? someTiles(stored, work.points) : slidePoints(stored, work.points);
  const { n, read } = points;
  const map = await embeddingMap({ n, d: stored.d, read }, { seed: SEED, ...options });
  options.onProgress?.({ phase: "judging", done: 0, of: work.columns.length });
  const sides = new Set(stored.parts.map(({ side }) => side));
  return {
    of: isTile ? stored.n : stored.parts.length,
    method: map.method,
    x: Array.from(map.x, rounded),
    y: Array.from(map.y, rounded),
    slide: Array.from(points.part, (part) => members[part] as number),
    tileX: points.x,
    tileY: points.y,
    tileSize: isTile && sides.size === 1 ? (stored.parts[0]?.side ?? null) : null,
    separation: separationOf(work, stored.d, points, members),
  };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** Points of a plane are more than tiles can be: chosen by the seed, in order of slides. */
function someTiles(stored: StoredVectors, most: number): Points {
  const chosen = chosenOf(stored.n, most);
  const starts = startsOf(stored.parts, 1);
  const readRow = rowReader(stored, { starts, stride: 1 });
  const part = Int32Array.from(chosen, (row) => partOf(starts, row));
  const x: number[] = [];
  const y: number[] = [];
  let places = { part: -1, of: stored.partPlaces(0) };
  chosen.forEach((row, i) => {
    const own = part[i] as number;
    if (places.part !== own) places = { part: own, of: stored.partPlaces(own) };
    const tile = row - (starts[own] as number);
    x.push(places.of.x[tile] as number);
    y.push(places.of.y[tile] as number);
  });
  const read = (point: number, into: Float32Array): void => {
    readRow(chosen[point] as number, into);
    toUnit(into);
  };
  return { n: chosen.length, read, part, x, y };
}

function slidePoints(stored: StoredVectors, most: number): Points {
  const chosen = chosenOf(stored.parts.length, most);
  const read = (point: number, into: Float32Array): void => {
    standardise(stored.partMean(chosen[point] as number), stored, into);
    toUnit(into);
  };
  return { n: chosen.length, read, part: Int32Array.from(chosen), x: [], y: [] };
}

function chosenOf(n: number, most: number): number[] {
  const all = Array.from({ length: n }, (_, i) => i);
  if (n <= most) return all;
  return randomStream(SEED, "points")
    .shuffled(all)
    .slice(0, most)
    .sort((a, b) => a - b);
}

function separationOf(
  { columns, run }: MapWork,
  d: number,
  points: Points,
  members: readonly number[],
): MapAnswer["separation"] {
  const asked = chosenOf(points.n, ASKED);
  const groups = Int32Array.from(asked, (i) => points.part[i] as number);
  const index = vectorIndex({
    n: asked.length,
    d,
    groups,
    read: (i, into) => points.read(asked[i] as number, into),
  });
  const patientOf = (part: number): string | number => run.members[members[part] as number]?.patient ?? part;
  const isSame = (a: number, b: number): boolean => patientOf(a) === patientOf(b);
  return columns.map((column) => {
    const values = Int32Array.from(groups, (part) => column.values[members[part] as number] ?? -1);
    const { rows, shares } = neighbourShares(index, { k: NEIGHBOURS, values, classes: column.names.length, isSame });
    return judged(column, meanBySlide(rows, shares, groups, values, column.names.length));
  });
}

interface SlideShares {
  readonly value: number;
  readonly shares: readonly number[];
}

/** Tiles of one slide are no independent witnesses: a slide speaks once, with their mean. */
function meanBySlide(
  rows: Int32Array,
  shares: Float64Array,
  groups: Int32Array,
  values: Int32Array,
  classes: number,
): SlideShares[] {
  const slides = new Map<number, { value: number; sum: number[]; n: number }>();
  rows.forEach((row, q) => {
    const group = groups[row] as number;
    const own = slides.get(group) ?? { value: values[row] as number, sum: new Array<number>(classes).fill(0), n: 0 };
    for (let c = 0; c < classes; c++) own.sum[c] = (own.sum[c] as number) + (shares[q * classes + c] as number);
    own.n++;
    slides.set(group, own);
  });
  return [...slides.values()].map(({ value, sum, n }) => ({ value, shares: sum.map((share) => share / n) }));
}

function judged({ name, names }: MemberColumn, slides: readonly SlideShares[]): MapAnswer["separation"][number] {
  const areas = names.flatMap((_, c) => {
    const area = auroc(
      slides.map(({ shares }) => shares[c] as number),
      slides.map(({ value }) => (value === c ? 1 : 0)),
    );
    return area === null ? [] : [area];
  });
  const n = slides.length;
  if (areas.length === 0) {
    const text = `${name}: nothing to tell apart among ${n} slides`;
    return { column: name, auroc: null, n, text };
  }
  const mean = rounded(areas.reduce((sum, area) => sum + area, 0) / areas.length);
  const text = `${name}: ${mean.toFixed(3)} by the ${NEIGHBOURS} nearest of other patients, over ${n} slides and ${areas.length} values; 0.5 is chance`;
  return { column: name, auroc: mean, n, text };
}
