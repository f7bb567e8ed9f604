/**
 * One file a part: PANTHER's `..._k=0/train.csv`, TITAN's `tcga-ot_train.csv`, CHIEF's `train_tcga.csv`, GigaPath's
 * `val_0.csv`. The part is in the file's name, the fold in the file's or the folder's. Files of one folder that name the same
 * fold are one split. PANTHER's `test_cptac.csv` beside a training file of TCGA is told to be external by its ids alone.
 */
import type { Role } from "@nacre/core";
import { barcodeOf } from "../../cohort/barcode.ts";
import { isForeignTune, partNamed } from "./part-name.ts";
import { cellOf, idColumn, type Placement, type SplitTable } from "./placement.ts";

export interface PartFile {
  readonly part: Role;
  /** What the name says behind the part: "cptac" in test_cptac; "" for nothing. */
  readonly suffix: string;
  /** The number of the fold in the name or the folder; null for none. */
  readonly fold: number | null;
  /** Files of one group and fold belong together. */
  readonly group: string;
  readonly isForeignTune: boolean;
}

const STEM = /^(.*?[_\-. ])?(train|training|val|valid|validation|tune|dev|test|testing|external)([_\-. ].*)?$/i;
const NUMBERED = /(?:^|[_\-=. ])(?:k|fold|split|splits|run|rep)?[_\-=]?(\d{1,4})$/i;

/** What the name of a file says about its part; null where it says nothing. */
export function partFileOf(file: string): PartFile | null {
  const folders = file.split(/[/\\]/);
  const stem = (folders.pop() ?? "").replace(/\.(csv|tsv|txt|xlsx)$/i, "");
  const match = STEM.exec(stem);
  const word = match?.[2] ?? "";
  const part = partNamed(word);
  if (match === null || part === null) return null;
  const prefix = match[1] ?? "";
  const suffix = (match[3] ?? "").slice(1);
  const number = numberIn(suffix) ?? numberIn(prefix.slice(0, -1));
  const folder = folders.at(-1) ?? "";
  return {
    part,
    suffix: numberIn(suffix) === null ? suffix : "",
    fold: number ?? numberIn(folder),
    group: `${folders.join("/")}/${number === null ? prefix : ""}`,
    isForeignTune: isForeignTune(word),
  };
}

/** True for a table of ids whose part can only be in the name of its file. */
export function isPartFile(table: SplitTable): boolean {
  return partFileOf(table.file) !== null && idColumn(table) >= 0;
}

/** Every id of the table in the one part, external where `isElsewhere`. */
export function readPartFile(
  table: SplitTable,
  { part, isForeignTune: foreign }: PartFile,
  isElsewhere: boolean,
): Placement[] {
  const at = idColumn(table);
  const seen = new Set<string>();
  return table.rows.flatMap((row): Placement[] => {
    const id = cellOf(row, at);
    if (id === "" || seen.has(id)) return [];
    seen.add(id);
    return [{ id, part: isElsewhere ? "external" : part, fold: null, isForeignTune: foreign }];
  });
}

/** The programme most ids of a table belong to (TCGA, CPTAC ...), "other" for ids of none. */
export function programmeOf(table: SplitTable): string {
  const counts = new Map<string, number>();
  const at = idColumn(table);
  for (const row of table.rows) {
    const programme = barcodeOf(cellOf(row, at))?.programme ?? "other";
    counts.set(programme, (counts.get(programme) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "other";
}

function numberIn(text: string): number | null {
  const digits = NUMBERED.exec(text)?.[1];
  return digits === undefined ? null : Number(digits);
}
