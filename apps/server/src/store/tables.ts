/** Rows of the database, as Kysely sees them. Files are the record of what was computed; these rows index them and hold what people did. */
import type { AnnotationChange, DraftReport, Geometry, Right, Role, RunEvent, RunRow } from "@nacre/api";
import type { ColumnType, Generated } from "kysely";

/** A JSON column: a value when read, text when written. */
export type Json<T> = ColumnType<T, string, string>;
/** A moment: both engines give a Date; ISO text is written. */
export type Moment = ColumnType<Date, string, string>;
type MaybeMoment = ColumnType<Date | null, string | null, string | null>;
type Maybe<T> = ColumnType<T | null, string | null, string | null>;

export interface FailureJson {
  readonly kind: string;
  readonly expected: string;
  readonly received: string;
  readonly remedy: string;
}

export interface Tables {
  readonly project: { key: string; name: string; folder: string };
  readonly slide: {
    key: string;
    project: string;
    case_key: string | null;
    patient: string | null;
    name: string;
    /** Inside the project's folder, with `/`. */
    path: string;
    site: string | null;
    stain: string | null;
    scanner: string | null;
    state: "ready" | "failed" | "unread";
    failure: Maybe<FailureJson>;
    quality: Maybe<string[]>;
    synthetic: boolean;
    /** Size and time of the file when it was last looked at: another stamp is another file. */
    stamp: string;
    /** Other cells of the cohort table. */
    facts: Json<Record<string, string>>;
    seen: Moment;
  };
  readonly patient_case: {
    key: string;
    project: string;
    name: string;
    patient: string | null;
    site: string | null;
    state: "new" | "open" | "drafted" | "signed";
    assignee: string | null;
    facts: Json<Record<string, string>>;
    updated: Moment;
  };
  readonly run: {
    key: string;
    project: string;
    name: string;
    folder: string;
    task: string;
    encoder: string | null;
    aggregator: string | null;
    state: RunRow["state"];
    progress: Maybe<NonNullable<RunRow["progress"]>>;
    failure: Maybe<FailureJson>;
    counts: Json<RunRow["slides"]>;
    numbers: Json<RunRow["numbers"]>;
    /** Columns of the cohort that hold the answer to its task. */
    answer_columns: ColumnType<readonly string[], string | undefined, string>;
    /** Triage thresholds and the sentence of calibration that every prediction of this run carries. */
    judgement: Json<{
      ruleOut: number | null;
      ruleIn: number | null;
      text: string;
      calibration: string;
      positive: string | null;
      /** Kind of the task, as the scorecard says it. */
      task?: string | null;
      /** Thresholds of each fold, for patients of its test part: probabilities of two models are not on one scale. */
      folds?: { fold: number | null; ruleOut: number | null; ruleIn: number | null }[];
      /** What each threshold promises and on how many patients it rests, or why it is withheld: a clause for one case. */
      basis?: { ruleOut: string; ruleIn: string };
    }>;
    synthetic: boolean;
    started: MaybeMoment;
    finished: MaybeMoment;
    by: string | null;
  };
  readonly run_event: { seq: Generated<number>; run: string; at: Moment; event: Json<RunEvent> };
  readonly prediction: {
    run: string;
    case_key: string;
    /** Answer, part, fold, interval: `predictionSchema` without what belongs to the run. */
    answer: Json<{
      answers: { name: string; value: number; unit: "probability" | "number" | "risk" }[];
      text: string;
      part: "test" | "external" | "tune" | "train" | "new";
      fold: number | null;
      interval: [number, number] | null;
    }>;
    triage: "rule-in" | "unsure" | "rule-out" | "abstained" | "none";
    /** The number that the worklist orders by, and why. */
    need: number;
    why: string;
    value: number | null;
  };
  readonly annotation: {
    id: string;
    slide: string;
    geometry: Json<Geometry>;
    name: string | null;
    colour: Maybe<[number, number, number]>;
    note: string;
    author: string;
    version: number;
    created: Moment;
    updated: Moment;
    removed: boolean;
  };
  readonly annotation_change: {
    change: string;
    annotation: string;
    slide: string;
    by: string;
    at: Moment;
    body: Json<AnnotationChange>;
  };
  readonly draft: { case_key: string; version: number; body: Json<DraftReport>; updated: Moment };
  /** Signed texts stay for ever; an addendum is a row more. */
  readonly signed_report: {
    case_key: string;
    number: number;
    body: Json<DraftReport>;
    sha256: string;
    by: string;
    at: Moment;
  };
  readonly unit: {
    key: string;
    run: string | null;
    slide: string;
    encoder: string;
    state: "waiting" | "active" | "done" | "failed" | "cancelled";
    attempts: number;
    worker: string | null;
    failure: Maybe<FailureJson>;
    /** What a worker needs: paths, tile options, where the output goes. */
    work: Json<Record<string, unknown>>;
    updated: Moment;
  };
  readonly worker: { id: string; seen: Moment; done: number; unit: string | null };
  readonly trail: {
    seq: number;
    /** Kept as text: the chain hashes exactly these letters. */
    at: string;
    actor: string;
    action: string;
    project: string | null;
    subject: string | null;
    /** Canonical JSON, kept as text for the same reason. */
    details: string;
    previous: string;
    hash: string;
  };
  readonly token: {
    id: string;
    sha256: string;
    name: string;
    role: Role;
    rights: Json<Right[]>;
    projects: Maybe<string[]>;
    created: Moment;
    expires: MaybeMoment;
    revoked: MaybeMoment;
    used: MaybeMoment;
  };
  readonly session: {
    sha256: string;
    person: Json<Record<string, unknown>>;
    csrf: string;
    created: Moment;
    seen: Moment;
    ends: Moment;
  };
  readonly webhook: {
    id: string;
    url: string;
    events: Json<string[]>;
    secret: string;
    last: Maybe<{ at: string; status: number | null; text: string }>;
  };
  readonly setting: { name: string; value: Json<unknown> };
}
