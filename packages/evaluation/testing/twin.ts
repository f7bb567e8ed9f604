/**
 * Generated twins of published tables: the columns, ids and mistakes of each dialect, invented people. Every patient has a
 * TCGA-like barcode whose source code belongs to one project, as real codes do, so that codes tell the label and institutions
 * do not.
 */
import { randomStream } from "@nacre/core";
import type { SplitTable } from "../src/split/dialect.ts";

export interface TwinSlide {
  readonly slide: string;
  readonly patient: string;
  /** Tissue source code. */
  readonly code: string;
  readonly label: "LUAD" | "LUSC";
}

/** Codes of lung projects at four institutions, each with one code for LUAD and one for LUSC. */
const CODES = { LUAD: ["50", "44", "86", "83"], LUSC: ["34", "43", "85", "82"] } as const;

/** People in turn LUAD and LUSC, one to three slides each. */
export function twinSlides(patients: number, seed: number): TwinSlide[] {
  const random = randomStream(seed, "twin");
  return Array.from({ length: patients }, (_, p) => {
    const label = p % 2 === 0 ? "LUAD" : "LUSC";
    const code = CODES[label][random.below(4)] as string;
    const patient = `TCGA-${code}-${(1000 + p).toString()}`;
    return Array.from({ length: 1 + random.below(3) }, (_, s): TwinSlide => {
      const uuid = random.bits().toString(16).padStart(8, "0");
      return { slide: `${patient}-01Z-00-DX${s + 1}.${uuid}-0000-4000`, patient, code, label };
    });
  }).flat();
}

/** A table from records with the same keys; the keys are the header. */
export function tableOf(file: string, records: readonly Readonly<Record<string, string>>[]): SplitTable {
  const header = Object.keys(records[0] ?? {});
  return { file, header, rows: records.map((r) => header.map((name) => r[name] ?? "")) };
}

/** The same text a file would hold, cut into cells at commas. */
export function tableFrom(file: string, text: string): SplitTable {
  const [header = [], ...rows] = text
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  return { file, header, rows };
}
