/** Tiles or slides of a run in the plane, and how well neighbours tell their columns apart. A finished map is kept: the same vectors give the same one. */
import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { canonicalJson, randomStream } from "@nacre/core";
import { auroc } from "@nacre/evaluation";
import { embeddingMap, neighbourShares, vectorIndex } from "@nacre/features";
import { type StoredVectors, standardise } from "@nacre/features/node";
import { openRunVectors, type RunVectors } from "./open-run-vectors.ts";
import type { MapAnswer, MapWork, MemberColumn } from "./search-work.ts";

/** Another version makes kept maps anew. */
const MAP_VERSION = 1;
const SEED = 1;
const NEIGHBOURS = 15;
/** Rows that ask their neighbours. */
const ASKED = 2000;

export type MapProgress = (done: number, total: number) => void;

/** @throws FailureError as openVectors fails */
export async function makeMap(work: MapWork, onProgress?: MapProgress): Promise<MapAnswer> {
  const vectors = await openRunVectors(work.run);
  try {
    const { unit, points, columns, run } = work;
    const patients = run.members.map(({ patient }) => patient);
    const told = canonicalJson({ version: MAP_VERSION, key: vectors.stored.key, unit, points, columns, patients });
    const file = join(work.kept, `${createHash("sha256").update(told).digest("hex").slice(0, 32)}.json`);
    const kept = readKept(file);
    if (kept !== null) return kept;
    const made = await draw(work, vectors, onProgress);
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
  readonly rows: readonly Float32Array[];
  /** Part of each. */
  readonly part: Int32Array;
  readonly x: readonly number[];
  readonly y: readonly number[];
}

async function draw(work: MapWork, { stored, members }: RunVectors, onProgress?: MapProgress): Promise<MapAnswer> {
  const isTile = work.unit === "tile";
  const points = isTile ? someTiles(stored, work.points) : slidePoints(stored, work.points);
  const map = await embeddingMap(
    { n: points.rows.length, d: stored.d, read: (i, into) => into.set(points.rows[i] as Float32Array) },
    { seed: SEED, ...(onProgress === undefined ? {} : { onProgress }) },
  );
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
    separation: separationOf(work, points, members),
  };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** Points of a plane are more than tiles can be: chosen by the seed, in order of slides. */
function someTiles(stored: StoredVectors, most: number): Points {
  const chosen = chosenOf(stored.n, most);
  const rows: Float32Array[] = [];
  const part = new Int32Array(chosen.length);
  const x: number[] = [];
  const y: number[] = [];
  let first = 0;
  stored.parts.forEach(({ n }, p) => {
    const own = chosen.slice(rows.length, rows.length + n).filter((row) => row < first + n);
    if (own.length > 0) {
      const read = stored.partRows(p);
      for (const row of own) {
        const i = row - first;
        part[rows.length] = p;
        rows.push(standardise(read.features, stored, new Float32Array(stored.d), i * stored.d));
        x.push(read.x[i] as number);
        y.push(read.y[i] as number);
      }
    }
    first += n;
  });
  return { rows: unit(rows), part, x, y };
}

function slidePoints(stored: StoredVectors, most: number): Points {
  const chosen = chosenOf(stored.parts.length, most);
  const rows = chosen.map((part) => standardise(stored.partMean(part), stored, new Float32Array(stored.d)));
  return { rows: unit(rows), part: Int32Array.from(chosen), x: [], y: [] };
}

function chosenOf(n: number, most: number): number[] {
  const all = Array.from({ length: n }, (_, i) => i);
  if (n <= most) return all;
  return randomStream(SEED, "points")
    .shuffled(all)
    .slice(0, most)
    .sort((a, b) => a - b);
}

function unit(rows: readonly Float32Array[]): readonly Float32Array[] {
  for (const row of rows) {
    const length = Math.hypot(...row);
    if (length > 0) for (let j = 0; j < row.length; j++) row[j] = (row[j] as number) / length;
  }
  return rows;
}

function separationOf({ columns, run }: MapWork, points: Points, members: readonly number[]): MapAnswer["separation"] {
  const asked = chosenOf(points.rows.length, ASKED);
  const groups = Int32Array.from(asked, (i) => points.part[i] as number);
  const index = vectorIndex({
    n: asked.length,
    d: points.rows[0]?.length ?? 1,
    groups,
    read: (i, into) => into.set(points.rows[asked[i] as number] as Float32Array),
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
  const text = `${name}: ${mean.toFixed(2)} by the ${NEIGHBOURS} nearest of other patients, over ${n} slides and ${areas.length} values; 0.5 is chance`;
  return { column: name, auroc: mean, n, text };
}
