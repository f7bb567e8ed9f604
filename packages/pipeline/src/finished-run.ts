/** What a finished run is: everything its records are written from. */
import type { EncoderInfo } from "@nacre/features";
import type { EvidenceMethod } from "./explain/bag-evidence.ts";
import type { Drawn } from "./explain/draw-run.ts";
import type { FaithfulRun } from "./explain/faithful-run.ts";
import type { Inventory } from "./extract/inventory.ts";
import type { SlideState } from "./extract/slide-state.ts";
import type { BagEntry } from "./fit/bag-list.ts";
import type { FittedFold } from "./fit/fit-folds.ts";
import type { Division } from "./judge/divide-cohort.ts";
import type { AnyRunScorecard } from "./judge/judge-question.ts";
import type { RunScorecard } from "./judge/judge-run.ts";
import type { LocalisedSlide } from "./localise.ts";
import type { PredictedBag } from "./predict/bag-answer.ts";
import type { Covariate } from "./study/covariates.ts";
import type { Cohort } from "./study/read-cohort.ts";
import type { SettledStudy } from "./study/settle-study.ts";

/** Everything a finished run knows about itself, whatever it asked. */
export interface FinishedRun<Card extends AnyRunScorecard = RunScorecard> {
  readonly study: SettledStudy;
  readonly cohort: Cohort;
  /** null where the study brought features. */
  readonly encoder: EncoderInfo | null;
  readonly inventory: Inventory;
  readonly division: Division;
  readonly states: readonly SlideState[];
  readonly bags: readonly BagEntry[];
  readonly fitted: readonly FittedFold[];
  readonly predicted: readonly PredictedBag[];
  readonly scorecard: Card;
  /** The joined model, inside the run folder; null where the folds are probes without a file of their own kind. */
  readonly model: string | null;
  /** null without heatmaps. */
  readonly method: EvidenceMethod | null;
  readonly covariates: readonly Covariate[];
  readonly drawn: Drawn;
  /** Whether heatmaps tell what the models used; null without heatmaps. */
  readonly faithful: FaithfulRun | null;
  readonly localised: readonly LocalisedSlide[] | null;
}

/** Which program made a result, with what. */
export interface Versions {
  readonly nacre: string;
  readonly node: string;
  readonly onnxruntime: string;
  readonly jpeg: string;
  readonly platform: string;
}

export interface ProvenanceRecord {
  readonly study: string;
  readonly seed: number;
  readonly versions: Versions;
  readonly hashes: Readonly<Record<string, string>>;
  readonly inputs: readonly {
    readonly slide: string;
    readonly sha256: string;
    /** What was done to its colours; only where the study asked for it. */
    readonly colour?: string;
    readonly stain?: string;
  }[];
}
