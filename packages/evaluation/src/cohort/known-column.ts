/**
 * Which column of a foreign table plays which part. The names are those that published tables use: CLAM, GPFM, mSTAR, CHIEF,
 * GigaPath, TITAN, PANTHER, SurvPath, Patho-Bench, STAMP, FLamby and Nacre itself.
 */
import { cellsOf, findColumn, plainName, type Table } from "./table.ts";

const SLIDE = [
  "slide",
  "slide_id",
  "slideid",
  "slide_name",
  "filename",
  "file_name",
  "filenames",
  "wsi",
  "wsi_id",
  "image_id",
  "image",
  "slide_path",
  "path",
];
const PATIENT = [
  "patient",
  "patient_id",
  "patientid",
  "pat_id",
  "bcr_patient_barcode",
  "case_submitter_id",
  "subject",
  "subject_id",
  "participant_id",
  "pid",
  "case_id",
  "case",
  "submitter_id",
  "id",
];
const CASE = ["case", "case_id"];
const SITE = [
  "site",
  "source_site",
  "tissue_source_site",
  "tss",
  "hospital",
  "center",
  "centre",
  "institution",
  "data_provider",
  "provider",
];
/** Other columns in which a barcode may stand. */
const BARCODED = ["case_submitter_id", "submitter_id", "slide_submitter_id", "bcr_patient_barcode"];

/** Positions in the header; -1 for a column the table lacks. */
export interface KnownColumns {
  readonly slide: number;
  readonly patient: number;
  readonly case: number;
  /** Columns that may say the hospital, the likeliest first. */
  readonly sites: readonly number[];
  readonly mpp: number;
  /** Where a barcode is looked for, in this order. */
  readonly barcoded: readonly number[];
  /** Unnamed columns and row counters: never data. */
  readonly counters: readonly number[];
}

export function knownColumns(table: Table): KnownColumns {
  const { header } = table;
  const slide = findColumn(header, SLIDE);
  const patient = patientColumn(header, slide);
  const ownCase = findColumn(header, CASE);
  const barcoded = [slide, patient, ownCase, ...BARCODED.map((name) => findColumn(header, [name]))];
  return {
    slide,
    patient,
    case: ownCase === patient ? -1 : ownCase,
    sites: SITE.map((name) => findColumn(header, [name])).filter((at) => at >= 0),
    mpp: findColumn(header, ["mpp"]),
    barcoded: [...new Set(barcoded.filter((at) => at >= 0))],
    counters: header.flatMap((_, at) => (isCounter(table, at) ? [at] : [])),
  };
}

/** A bare `id` beside slides may number the rows; it is the patient only where the slides stand in a column WSI, as mSTAR has it. */
function patientColumn(header: readonly string[], slide: number): number {
  const at = findColumn(header, PATIENT);
  const isBareId = plainName(header[at] ?? "") === "id";
  return isBareId && slide >= 0 && plainName(header[slide] ?? "") !== "wsi" ? -1 : at;
}

/** What a table counts as when its dialect is told to a person. */
export function dialectOfCohort(table: Table): string {
  const names = new Set(table.header.map(plainName));
  const has = (...all: readonly string[]): boolean => all.every((name) => names.has(name));
  if (has("slide", "patient")) return "nacre-cohort";
  if (has("filename", "patient")) return "stamp-slides";
  if (has("study", "id", "wsi")) return "mstar-survival";
  if (has("case", "slide")) return "mstar";
  if ([...names].some((name) => /^fold_\d+$/.test(name))) return names.has("study") ? "gpfm-survival" : "patho-bench";
  if (has("filename", "status", "time")) return "chief-survival";
  if (names.has("slide_id") && ["pat_id", "case_submitter_id", "data_provider"].some((n) => names.has(n)))
    return "gigapath-task";
  if (names.has("oncotreecode") || names.has("oncotree_code") || names.has("dss_censorship")) return "titan-labels";
  if (has("case_id", "slide_id")) return "clam-dataset";
  if (has("case_id", "source", "label")) return "chief-dataset";
  if (names.has("patient")) return "stamp-clini";
  if (names.has("pid")) return "flamby";
  return "table";
}

/** An unnamed column (a table saved with its index), or one called index that counts up. */
function isCounter(table: Table, at: number): boolean {
  const name = plainName(table.header[at] ?? "");
  if (name === "" || /^unnamed:_\d+(_level_\d+)?$/.test(name)) return true;
  return name === "index" && cellsOf(table, at).every((cell) => /^\d+$/.test(cell));
}
