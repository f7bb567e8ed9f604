/** What a scan knows of slides, cases and runs, as the database keeps them. */
import type { FailureJson } from "../store/tables.ts";
import type { FoundRun } from "./read-run.ts";

export interface SlideRecord {
  readonly key: string;
  readonly project: string;
  readonly case_key: string;
  readonly patient: string | null;
  readonly name: string;
  readonly path: string;
  readonly site: string | null;
  readonly stain: string | null;
  readonly scanner: string | null;
  readonly state: "ready" | "failed" | "unread";
  readonly failure: FailureJson | null;
  readonly quality: readonly string[] | null;
  readonly synthetic: boolean;
  readonly stamp: string;
  readonly facts: Readonly<Record<string, string>>;
}

export interface CaseRecord {
  readonly key: string;
  readonly project: string;
  readonly name: string;
  readonly patient: string | null;
  readonly site: string | null;
  readonly facts: Readonly<Record<string, string>>;
}

export interface RunRecord {
  readonly key: string;
  readonly run: FoundRun;
}
