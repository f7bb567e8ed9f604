/**
 * Writes a split in the tables of other tools, so that a clean split can be used where the model is trained. Reading what
 * was written gives the same split: in order for lists (`nacre`, `clam`, `part-files`), up to the order within a part for
 * matrices (`clam-bool`, `patho-bench`). Our tune is their val. External slides, for which CLAM and Patho-Bench have no word,
 * get a column or cell of their own, which those tools do not look at.
 */
import { type CohortRow, type Fold, type Role, type SlideId, type Split, withoutExtension } from "@nacre/core";

/** What `writeSplit` can write. */
export type WrittenDialect = "nacre" | "clam" | "clam-bool" | "patho-bench" | "part-files";

/** A table to be written: `name` is a path relative to the folder of the split. */
export interface WrittenTable {
  readonly name: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export const WRITTEN_DIALECTS: readonly WrittenDialect[] = ["nacre", "clam", "clam-bool", "patho-bench", "part-files"];

const FOREIGN: Readonly<Record<Role, string>> = { train: "train", tune: "val", test: "test", external: "external" };
const INSIDE = ["train", "tune", "test"] as const;

/** A slide in its part. */
interface Placed {
  readonly slide: SlideId;
  readonly part: Role;
}

/**
 * The tables of a split. `cohort` lends patients, labels and the slides' own names; a slide it lacks is written by its id and
 * stands for its own patient. @throws RangeError for a split without folds, which no dialect can hold
 */
export function writeSplit(split: Split, cohort: readonly CohortRow[], dialect: WrittenDialect): WrittenTable[] {
  if (split.folds.length === 0) throw new RangeError("expected a split with at least one fold, received none");
  const rowOf = new Map<SlideId, CohortRow>();
  for (const row of cohort) if (!rowOf.has(row.slide)) rowOf.set(row.slide, row);
  switch (dialect) {
    case "nacre":
      return [ownTable(split)];
    case "clam":
      return split.folds.map((fold) => raggedTable(fold, split.external, rowOf));
    case "clam-bool":
      return split.folds.map((fold) => matrix(fold, split.external, rowOf));
    case "patho-bench":
      return [foldTable(split, rowOf)];
    case "part-files":
      return partFiles(split, rowOf);
  }
}

function ownTable({ folds, external }: Split): WrittenTable {
  const inside = folds.flatMap((fold) => placedIn(fold).map(({ slide, part }) => [slide, part, String(fold.fold)]));
  const outside = external.map((slide) => [slide, "external", ""]);
  return { name: "split.csv", header: ["slide", "part", "fold"], rows: [...inside, ...outside] };
}

function raggedTable(fold: Fold, external: readonly SlideId[], rowOf: ReadonlyMap<SlideId, CohortRow>): WrittenTable {
  const parts = partsOf(external);
  const lists = parts.map((part) => slidesIn(fold, external, part));
  const length = Math.max(...lists.map((list) => list.length));
  return {
    name: `splits_${fold.fold}.csv`,
    header: ["", ...parts.map((part) => FOREIGN[part])],
    rows: Array.from({ length }, (_, i) => [
      String(i),
      ...lists.map((list) => (i < list.length ? nameOf(list[i] as SlideId, rowOf) : "")),
    ]),
  };
}

function matrix(fold: Fold, external: readonly SlideId[], rowOf: ReadonlyMap<SlideId, CohortRow>): WrittenTable {
  const parts = partsOf(external);
  const lists = parts.map((part) => new Set(slidesIn(fold, external, part)));
  const slides = new Set(lists.flatMap((list) => [...list]));
  return {
    name: `splits_${fold.fold}_bool.csv`,
    header: ["", ...parts.map((part) => FOREIGN[part])],
    rows: [...slides].map((slide) => [
      nameOf(slide, rowOf),
      ...lists.map((list) => (list.has(slide) ? "True" : "False")),
    ]),
  };
}

/** One row a slide; a slide with two parts in a fold, which one cell cannot hold, has a second row. */
function foldTable({ folds, external }: Split, rowOf: ReadonlyMap<SlideId, CohortRow>): WrittenTable {
  const cells = new Map<SlideId, Role[][]>();
  const note = (slide: SlideId, at: number, part: Role): void => {
    const own = cells.get(slide) ?? folds.map(() => []);
    own[at]?.push(part);
    cells.set(slide, own);
  };
  for (const [at, fold] of folds.entries()) {
    for (const { slide, part } of placedIn(fold)) note(slide, at, part);
    for (const slide of external) note(slide, at, "external");
  }
  const rows = [...cells].flatMap(([slide, parts]) => {
    const height = Math.max(...parts.map((p) => p.length));
    return Array.from({ length: height }, (_, i) => [
      ...describe(slide, rowOf),
      ...parts.map((p) => (i < p.length ? FOREIGN[p[i] as Role] : "")),
    ]);
  });
  return { name: "k=all.tsv", header: [...DESCRIBED, ...folds.map((f) => `fold_${f.fold}`)], rows };
}

/** `splits/<fold>/train.csv` and so on; a part without slides has no file, since a table needs a row. */
function partFiles({ folds, external }: Split, rowOf: ReadonlyMap<SlideId, CohortRow>): WrittenTable[] {
  return folds.flatMap((fold) =>
    [...INSIDE, "external" as const].flatMap((part) => {
      const slides = slidesIn(fold, external, part);
      if (slides.length === 0) return [];
      const rows = slides.map((slide) => describe(slide, rowOf));
      return [{ name: `splits/${fold.fold}/${FOREIGN[part]}.csv`, header: DESCRIBED, rows }];
    }),
  );
}

const DESCRIBED: readonly string[] = ["case_id", "slide_id", "label"];

function describe(slide: SlideId, rowOf: ReadonlyMap<SlideId, CohortRow>): string[] {
  const row = rowOf.get(slide);
  return [row?.patient ?? slide, nameOf(slide, rowOf), row?.label ?? ""];
}

/** The slide as its own tables call it, without extension: foreign feature files are named so. */
function nameOf(slide: SlideId, rowOf: ReadonlyMap<SlideId, CohortRow>): string {
  const path = rowOf.get(slide)?.path;
  return path === undefined ? slide : withoutExtension(path);
}

function partsOf(external: readonly SlideId[]): Role[] {
  return external.length === 0 ? [...INSIDE] : [...INSIDE, "external"];
}

function slidesIn(fold: Fold, external: readonly SlideId[], part: Role): readonly SlideId[] {
  return part === "external" ? external : fold[part];
}

function placedIn(fold: Fold): Placed[] {
  return INSIDE.flatMap((part) => fold[part].map((slide) => ({ slide, part })));
}
