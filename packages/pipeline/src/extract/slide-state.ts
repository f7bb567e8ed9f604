/** What became of each slide: one row of slides.csv. A slide of the cohort never disappears from it. */
import type { CohortRow, Failure } from "@nacre/core";
import type { QualityRow } from "@nacre/imaging";
import { csvText } from "../study/table.ts";
import { qualityText } from "./slide-quality.ts";

/** `ready`: features are there. `removed`: left out on purpose (a duplicate). `unlabelled`: listed, not used. `failed`: see the failure. */
export type SlideStateKind = "ready" | "unlabelled" | "removed" | "failed";

/** Where the features of a slide came from and what was measured on the way. */
export interface Extracted {
  /** Feature file, absolute. */
  readonly features: string;
  /** Slide file, absolute; null where features came without slides. */
  readonly slideFile: string | null;
  readonly sha256: string;
  /** Hash of the features, for the keys of later steps. */
  readonly hash: string;
  readonly tiles: number;
  readonly d: number;
  readonly space: string;
  /** Side of a tile, level-0 pixels. */
  readonly side: number | null;
  /** Whether the file tells where its tiles lie, in level-0 pixels. */
  readonly placed: boolean;
  readonly width: number | null;
  readonly height: number | null;
  readonly mpp: number | null;
  readonly mppSource: "file" | "given" | null;
  readonly mppInFile: number | null;
  readonly tissueMm2: number | null;
  readonly penShare: number | null;
  /** Quality control of the tissue; null where there is no slide, or it could not be checked (a warning says why). */
  readonly quality: QualityRow | null;
  /** True where the file says that a program drew it. */
  readonly synthetic: boolean;
  /** What was done with its ICC profile; only where the study asked for sRGB. */
  readonly colour?: string;
  /** Its stain as measured, and what it was moved to; only where the study asked for it. */
  readonly stain?: string;
  readonly warnings: readonly string[];
}

export interface SlideState {
  readonly row: CohortRow;
  readonly state: SlideStateKind;
  readonly extracted: Extracted | null;
  /** Present for `failed` and `removed`. */
  readonly failure: Failure | null;
}

const HEADER = [
  "slide",
  "path",
  "patient",
  "case",
  "site",
  "label",
  "state",
  "tiles",
  "mpp",
  "mpp_source",
  "mpp_in_file",
  "width",
  "height",
  "tissue_mm2",
  "pen_share",
  "quality",
  "blur_share",
  "fold_share",
  "bubble_share",
  "dust_share",
  "blank_share",
  "sha256",
  "failure",
  "expected",
  "received",
  "remedy",
  "warnings",
];

/** Columns of what was done to colours: only in the runs that asked for it. */
const COLOURS = ["colour", "stain"] as const;

/** slides.csv, in the order of the cohort. */
export function slidesCsv(states: readonly SlideState[]): string {
  const colours = COLOURS.filter((name) => states.some((s) => s.extracted?.[name] !== undefined));
  return csvText(
    [...HEADER, ...colours],
    states.map(({ row, state, extracted: e, failure: f }) => [
      row.slide,
      row.path,
      row.patient,
      row.case,
      row.site,
      row.label,
      state,
      e?.tiles ?? null,
      e?.mpp ?? null,
      e?.mppSource ?? null,
      e?.mppInFile ?? null,
      e?.width ?? null,
      e?.height ?? null,
      round(e?.tissueMm2),
      round(e?.penShare),
      e?.quality == null ? null : qualityText(e.quality),
      round(e?.quality?.focus),
      round(e?.quality?.fold),
      round(e?.quality?.bubble),
      round(e?.quality?.dust),
      round(e?.quality?.blank),
      e?.sha256 ?? null,
      f?.kind ?? null,
      f?.expected ?? null,
      f?.received ?? null,
      f?.remedy ?? null,
      e?.warnings.join("; ") ?? null,
      ...colours.map((name) => e?.[name] ?? null),
    ]),
  );
}

function round(value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : Number(value.toPrecision(4));
}
