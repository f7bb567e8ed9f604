/**
 * Everything the report says, as one plain value. The pipeline fills it from a finished run; the report only words it,
 * draws it and derives warnings and limitations from it, so that the same value always gives the same bytes.
 * Images are data URLs (PNG, JPEG or WebP). Nothing here is trusted to be free of markup: labels come from tables.
 */
import type { Failure, Role } from "@nacre/core";
import type { Examination, PrecisionRecallPoint, ReliabilityBin, RocPoint } from "@nacre/evaluation";
import type { EvidenceMethod } from "../explain/bag-evidence.ts";
import type { FaithfulRun } from "../explain/faithful-run.ts";
import type { AuditReport, PartCount, Scorecard } from "./score.ts";

/** A picture inside the file: `data:image/png;base64,…`, JPEG and WebP too. */
export type DataUrl = string;

export interface ReportData {
  /** Name of the study. */
  readonly title: string;
  /** True where the slides were made by a program: the report then says on its first page that nothing clinical follows. */
  readonly synthetic: boolean;
  readonly asked: Asked;
  /** Who plays which role in each fold: the counts of the split report. */
  readonly parts: readonly PartCount[];
  /** From the cohort table to what was predicted, in order. */
  readonly flow: readonly FlowStep[];
  readonly scorecard: Scorecard;
  /** What the claim is worth: chance, subgroups together, shift, power. Left out: the report has no page beside the headline. */
  readonly examination?: Examination;
  readonly curves: Curves;
  readonly audit: AuditReport;
  /** Every slide of the cohort table, in its order. */
  readonly slides: readonly SlideEntry[];
  /** null where nothing was drawn. */
  readonly heatmaps: HeatmapSet | null;
  /** Tiles of chosen slides. */
  readonly tiles: readonly SlideTiles[];
  readonly training: readonly FoldTraining[];
  /** What was made small in the fit. Default: cross-entropy. */
  readonly lossName?: string;
  /** Limitations the run knows of; the derived ones are added. */
  readonly limitations: readonly string[];
  readonly provenance: Provenance;
  /** Free notes for the first page, beside the derived warnings. */
  readonly notes?: readonly Note[];
  /** Whether heatmaps tell what the model used; left out where nothing was tested. */
  readonly faithfulness?: FaithfulRun;
  /** Where the truth is known (synthetic slides): how well the tiles of highest contribution lie inside it. */
  readonly localisation?: Localisation;
}

export interface Note {
  readonly title: string;
  readonly text: string;
}

/** What the study file asked, in words and in values. */
export interface Asked {
  /** Column that holds the label. */
  readonly label: string;
  readonly classes: readonly string[];
  readonly positive: string;
  /** What is asked where it is not one of the classes, as the rest of "Can a model …"; the classes are then groups that balance the parts. */
  readonly question?: string;
  /** What one bag is. */
  readonly bag: "slide" | "case" | "patient";
  readonly tiles: {
    readonly mpp: number;
    readonly size: number;
    readonly overlap: number;
    readonly minTissue: number;
    /** What was done to colours; absent where they are as stored. */
    readonly colours?: string;
  } | null;
  readonly encoder: {
    readonly name: string;
    readonly dim: number;
    readonly licence: string | null;
    readonly source: string | null;
  };
  readonly aggregator: { readonly name: string; readonly title: string; readonly paper: string | null };
  readonly split: {
    readonly by: string;
    readonly folds: number;
    readonly tune: number | null;
    readonly external: readonly string[];
  };
  readonly bootstrap: number;
  /** Refusals that the study file lets through, each with its written reason. */
  readonly allow: readonly { readonly finding: string; readonly why: string }[];
  /** False where the cohort has no patient column: each slide then counts as a patient. */
  readonly patientsKnown: boolean;
  /** False where the cohort has no site column. */
  readonly sitesKnown: boolean;
}

/** A count, and who left before the next one. */
export interface FlowStep {
  readonly what: string;
  readonly slides: number;
  readonly patients: number;
  readonly excluded: readonly { readonly reason: string; readonly slides: number; readonly patients: number | null }[];
}

/** Points of all curves; `curvesOf` makes them from the referee's samples. */
export interface Curves {
  /** One entry a class: for two classes the positive one only, else one against the rest. */
  readonly classes: readonly ClassCurves[];
  /** Two classes: of the positive one. More: of the class of highest probability. */
  readonly reliability: {
    readonly internal: readonly ReliabilityBin[] | null;
    readonly external: readonly ReliabilityBin[] | null;
  };
}

/** One class: internal (pooled out-of-fold test patients) and external; null where no curve exists. */
export interface ClassCurves {
  readonly className: string;
  readonly internal: CurvePoints | null;
  readonly external: CurvePoints | null;
}

export interface CurvePoints {
  readonly n: number;
  readonly positives: number;
  readonly roc: readonly RocPoint[];
  readonly pr: readonly PrecisionRecallPoint[];
}

/** One row of the cohort and what became of it. */
export interface SlideEntry {
  readonly slide: string;
  readonly patient: string;
  readonly site: string | null;
  readonly label: string | null;
  /** The part whose prediction is shown; null where the slide is in none. */
  readonly part: Role | null;
  readonly fold: number | null;
  /** "done", "failed", "refused", "duplicate", "unlabelled": the word of slides.csv. */
  readonly state: string;
  readonly failure: Failure | null;
  readonly tiles: number | null;
  readonly mpp: number | null;
  readonly mppSource: "file" | "given" | null;
  readonly mppInFile: number | null;
  /** In the order of `asked.classes`; null where there is none. */
  readonly probabilities: readonly number[] | null;
  /** The answer in words, where it is not one of the classes. */
  readonly answer?: string;
  /** Small, at most 128 pixels a side. */
  readonly thumbnail: DataUrl | null;
}

export interface HeatmapSet {
  /** The class the contribution speaks for. */
  readonly className: string;
  /** Of the sum of contributions. Default: log-odds. */
  readonly unit?: string;
  /** Default: exact, contributions add up. Else integrated gradients, or for bags too large the gradient times the tile. */
  readonly method?: EvidenceMethod;
  /** Value at the end of the signed colour scale, log-odds per tile, the same on every slide. */
  readonly contributionScale: number;
  /** Colours from -scale to +scale, evenly spaced, red green blue 0 to 255. */
  readonly contributionColours: readonly Colour[];
  /** Value at the end of the attention scale: attention times the number of tiles, so that 1 is an even share. */
  readonly attentionScale: number;
  readonly attentionColours: readonly Colour[];
  /** How the slides were chosen, one sentence. */
  readonly choice: string;
  readonly entries: readonly HeatmapEntry[];
}

export type Colour = readonly [number, number, number];

export interface HeatmapEntry {
  readonly slide: string;
  readonly thumbnail: DataUrl;
  readonly contribution: DataUrl;
  readonly attention: DataUrl;
  /** Pixels of the pictures. */
  readonly width: number;
  readonly height: number;
  /** Sum of all contributions and the bias: the log-odds of the prediction. null where there are more than two classes. */
  readonly logOdds: number | null;
}

/** The tiles that spoke most for and most against a class. Best first, worst first. */
export interface SlideTiles {
  readonly slide: string;
  readonly className: string;
  readonly top: readonly TileEvidence[];
  readonly bottom: readonly TileEvidence[];
}

export interface TileEvidence {
  readonly image: DataUrl;
  /** Level-0 pixels, top-left corner. */
  readonly x: number;
  readonly y: number;
  readonly side: number;
  /** Log-odds. */
  readonly contribution: number;
  /** Share of 1. */
  readonly attention: number;
}

export interface FoldTraining {
  readonly fold: number;
  readonly epochs: number;
  readonly bestEpoch: number;
  readonly parameters: number;
  readonly history: readonly { readonly epoch: number; readonly trainLoss: number; readonly tuneLoss: number | null }[];
}

export interface Provenance {
  /** The command that gives this run again. */
  readonly command: string;
  /** The resolved study file. */
  readonly study: string;
  readonly groups: readonly { readonly title: string; readonly rows: readonly (readonly [string, string])[] }[];
}

export interface Localisation {
  /** Mean and least share, over slides, of the tiles of highest contribution whose centre lies inside the truth. */
  readonly mean: number;
  readonly minimum: number;
  readonly slides: number;
  /** What was counted, one sentence. */
  readonly rule: string;
}

/** Bounds that keep the file small. What they leave out is said in the report. */
export interface ReportLimits {
  /** Cohorts above this many slides get a table without thumbnails. Default 200. */
  readonly thumbnails?: number;
  /** Rows of the slide table. Default 2000. */
  readonly rows?: number;
  /** Bytes of all heatmap and tile pictures together, as written in the file. Default 24 million. */
  readonly pictures?: number;
}
