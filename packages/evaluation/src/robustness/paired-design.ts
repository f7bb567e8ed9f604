/**
 * Paired designs: two classes and two centres with as many patients in each of the four cells. In a cohort as it was collected
 * the robustness index follows the design (with thirty centres hardly any neighbour is of the own one); in a
 * paired design neighbours drawn by chance give one half. PathoROB builds its TCGA set in this way; here every pair of centres
 * that has both classes is one design, the largest first.
 */
import { randomStream } from "@nacre/core";

export interface PairedDesign {
  /** Rows of each cell: class 0 at centre 0, class 0 at centre 1, class 1 at centre 0, class 1 at centre 1. */
  readonly cells: readonly [readonly number[], readonly number[], readonly number[], readonly number[]];
  /** Rows in each cell. */
  readonly size: number;
  /** Indices of the two classes and the two centres. */
  readonly classes: readonly [number, number];
  readonly centres: readonly [number, number];
}

export interface DesignOptions {
  /** Rows that every cell must have. */
  readonly least: number;
  /** Rows that a cell may have; more are drawn at random. */
  readonly most: number;
  /** The most designs. */
  readonly designs: number;
  readonly seed: number;
}

/** The designs, the largest first, and how many the data would allow. `classes` and `centres` are indices, -1 for unknown. [n] */
export function pairedDesigns(
  classes: Int32Array,
  centres: Int32Array,
  { least, most, designs, seed }: DesignOptions,
): { designs: PairedDesign[]; possible: number } {
  const cells = cellsOf(classes, centres);
  const wide = [...cells.keys()].sort((a, b) => a - b);
  const found: Omit<PairedDesign, "cells">[] = [];
  for (const [at, a] of wide.entries()) {
    for (const b of wide.slice(at + 1)) found.push(...pairsBetween([a, b], cells, least));
  }
  const largest = found.sort((a, b) => b.size - a.size).slice(0, designs);
  return {
    possible: found.length,
    designs: largest.map((design) => {
      const size = Math.min(most, design.size);
      const draw = (label: number, centre: number): readonly number[] => {
        const rows = cells.get(centre)?.get(label) ?? [];
        return randomStream(seed, "paired-design", label, centre).shuffled(rows).slice(0, size);
      };
      const [[c0, c1], [s0, s1]] = [design.classes, design.centres];
      return { ...design, size, cells: [draw(c0, s0), draw(c0, s1), draw(c1, s0), draw(c1, s1)] };
    }),
  };
}

/** Rows of each class at each centre. */
function cellsOf(classes: Int32Array, centres: Int32Array): Map<number, Map<number, number[]>> {
  const cells = new Map<number, Map<number, number[]>>();
  for (let i = 0; i < classes.length; i++) {
    const [label, centre] = [classes[i] as number, centres[i] as number];
    if (label < 0 || centre < 0) continue;
    const at = cells.get(centre) ?? new Map<number, number[]>();
    cells.set(centre, at);
    const rows = at.get(label);
    if (rows === undefined) at.set(label, [i]);
    else rows.push(i);
  }
  return cells;
}

function pairsBetween(
  [a, b]: readonly [number, number],
  cells: ReadonlyMap<number, ReadonlyMap<number, readonly number[]>>,
  least: number,
): Omit<PairedDesign, "cells">[] {
  const size = (centre: number, label: number): number => cells.get(centre)?.get(label)?.length ?? 0;
  const shared = [...(cells.get(a)?.keys() ?? [])]
    .filter((label) => Math.min(size(a, label), size(b, label)) >= least)
    .sort((x, y) => x - y);
  return shared.flatMap((x, at) =>
    shared.slice(at + 1).map((y) => ({
      classes: [x, y] as const,
      centres: [a, b] as const,
      size: Math.min(size(a, x), size(b, x), size(a, y), size(b, y)),
    })),
  );
}
