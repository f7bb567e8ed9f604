/**
 * Where a row of a foreign table belongs: slide, patient, site, part and fold, the same for every kind of answer. `val` and its kin in other
 * people's tables are our tune part, which is said (`partNotes`); any other word is refused with the likeliest one.
 */
import { nearestName, type Role } from "@nacre/core";
import { BadCell } from "./bad-cell.ts";
import { plainNumber } from "./cell-form.ts";

/** The cell of a row in the column of a name; "" where the table has no such column. */
export type Cells = (name: string) => string;

/** What every row says, whatever it answers. */
export interface Place {
  readonly slide: string;
  readonly patient: string;
  readonly site: string | null;
  readonly part: Role;
  readonly fold: number | null;
}

const PARTS: readonly Role[] = ["train", "tune", "test", "external"];
const FOREIGN_TUNE = /^(val|valid|validation|dev|tuning)$/i;

/** True for the words by which other tools call a tune part. */
export function isForeignTune(cell: string): boolean {
  return FOREIGN_TUNE.test(cell);
}

/** The place of the row at `index`, which names the slide where the table has no column for it. */
export function placeOf(cell: Cells, index: number, hasSlide: boolean): Place | BadCell {
  const part = partOf(cell("part"));
  if (part === null) return new BadCell("part", "part train, tune, test or external", likelyPart(cell("part")));
  const patient = cell("patient");
  if (patient === "") return new BadCell("patient", "a patient in every row");
  const slide = hasSlide ? cell("slide") : String(index);
  if (slide === "") return new BadCell("slide", "a slide in every row");
  const text = cell("fold");
  const fold = text === "" ? null : plainNumber(text);
  if (text !== "" && (fold === null || !Number.isInteger(fold))) {
    return new BadCell("fold", "a whole number, or nothing", "number the folds 0, 1, 2 …");
  }
  return { slide, patient, site: cell("site") || null, part, fold };
}

function partOf(cell: string): Role | null {
  if (cell === "") return "test";
  return PARTS.find((part) => part === cell) ?? (isForeignTune(cell) ? "tune" : null);
}

function likelyPart(cell: string): string {
  const near = nearestName(cell, PARTS);
  return near === null
    ? "name the part of each row; without the column every row counts as test"
    : `did you mean \`${near}\`?`;
}
