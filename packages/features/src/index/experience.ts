/**
 * How far a query lies from what is known: the place of its nearest neighbour's similarity among those of the archive's own vectors, each
 * with its nearest of another patient. As in conformal prediction (Vovk, Gammerman and Shafer 2005; inductive, one class): among n known
 * ones of which m have a more alike neighbour, the distance is m / (n + 1). A query drawn like the archive lies above 0.99 in at most one
 * case of a hundred, whatever the distribution; with fewer than a hundred known ones nothing can lie above.
 */
import { randomStream } from "@nacre/core";
import type { VectorIndex } from "./vector-index.ts";

/** Known vectors: the similarity of each to its nearest of another patient, and its group. */
export interface Experience {
  readonly similarities: Float32Array;
  readonly groups: Int32Array;
}

/** A query further than this is called outside of experience. */
export const OUTSIDE = 0.99;
/** Known vectors that a distance above `OUTSIDE` needs. */
export const LEAST_KNOWN = 100;
const SAMPLE = 500;

export interface ExperienceOptions {
  /** Whether two groups are of one patient. */
  readonly isSame: (group: number, other: number) => boolean;
  /** Most vectors that are asked. Default 500. */
  readonly sample?: number;
  readonly seed?: number;
}

/** Asks vectors of the index, chosen by the seed, for their nearest of another patient. Those that have none are left out. */
export function experienceOf(index: VectorIndex, { isSame, sample = SAMPLE, seed = 0 }: ExperienceOptions): Experience {
  const all = Array.from({ length: index.n }, (_, i) => i);
  const rows = randomStream(seed, "experience").shuffled(all).slice(0, sample);
  const found = index.searchMany(
    rows.map((row) => index.row(row)),
    (q) => {
      const own = index.groups[rows[q] as number] as number;
      return { k: 1, accept: (group) => !isSame(group, own) };
    },
  );
  const known = found.flatMap(({ rows: [nearest] }, q) => (nearest === undefined ? [] : [{ nearest, q }]));
  return {
    similarities: Float32Array.from(known, ({ nearest }) => nearest.similarity),
    groups: Int32Array.from(known, ({ q }) => index.groups[rows[q] as number] as number),
  };
}

export interface Distance {
  /** 0: as near as anything; towards 1: further than all that is known. null where nothing is known, or the query has no neighbour. */
  readonly distance: number | null;
  /** Vectors that it rests on. */
  readonly known: number;
}

/** @param isOwn groups that do not count: a slide that lies outside must not be what it is judged by */
export function distanceTo(
  { similarities, groups }: Experience,
  similarity: number | undefined,
  isOwn: (group: number) => boolean = () => false,
): Distance {
  let nearer = 0;
  let known = 0;
  similarities.forEach((other, i) => {
    if (isOwn(groups[i] as number)) return;
    known++;
    if (similarity !== undefined && other > similarity) nearer++;
  });
  return { distance: similarity === undefined || known === 0 ? null : nearer / (known + 1), known };
}
