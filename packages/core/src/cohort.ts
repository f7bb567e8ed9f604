/** Who is in a study and which part each of them plays. */
import type { CaseId, PatientId, SiteId, SlideId } from "./id.ts";

/** One row of a cohort: a slide, whose it is, where it came from and what else is known. */
export interface CohortRow {
  readonly slide: SlideId;
  /** The slide column as written: a path inside the slides (or features) folder. */
  readonly path: string;
  readonly patient: PatientId;
  readonly case: CaseId;
  /** null where the cohort does not know it. */
  readonly site: SiteId | null;
  /** The label as text, null where it is missing. Such a slide is listed and not used for fitting. */
  readonly label: string | null;
  /** Scale given in the cohort, micrometres per pixel. */
  readonly mpp: number | null;
  /** Every column of the table by name, as text. Empty text is a missing value. */
  readonly columns: Readonly<Record<string, string>>;
}

/** Roles. `tune` stops the fit and makes choices; `test` and `external` are only reported. */
export type Role = "train" | "tune" | "test" | "external";

/** The division of one fold: each slide plays one role. Slides in no part are not used in this fold. */
export interface Fold {
  readonly fold: number;
  readonly train: readonly SlideId[];
  readonly tune: readonly SlideId[];
  readonly test: readonly SlideId[];
}

/** All folds of a study, and the slides no fold may see. */
export interface Split {
  readonly by: "patient" | "site" | "time" | "file";
  readonly folds: readonly Fold[];
  readonly external: readonly SlideId[];
}
