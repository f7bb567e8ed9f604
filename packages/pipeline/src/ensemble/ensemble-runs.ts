/**
 * Finished runs of one cohort and task as one ensemble, judged like any table of predictions, beside each of its members on the same
 * patients. Where all their models take the same features and the answer is a mean, the ensemble is one model.onnx as well.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isFailureError, raise, unwrap } from "@nacre/core";
import type { PredictionComparison } from "@nacre/evaluation";
import { averageModels } from "@nacre/models";
import { evaluateFile, type FileJudgement } from "../judge/evaluate-file.ts";
import { writeWhole } from "../run/write-file.ts";
import { csvText } from "../study/table.ts";
import { checkMembers } from "./check-members.ts";
import { type Combined, combine, type LearnedWeights, type Way } from "./combine.ts";
import { type Member, type MemberRow, readMember } from "./read-member.ts";

export interface EnsembleOptions {
  readonly by: Way;
  readonly out: string;
  /** Replicates over patients. */
  readonly bootstrap: number;
  readonly seed: number;
}

export interface EnsembleMember {
  readonly run: string;
  readonly study: string;
  readonly seed: number;
  readonly encoder: string;
  readonly aggregator: string;
}

export interface EnsembleResult {
  readonly by: Way;
  readonly members: readonly EnsembleMember[];
  readonly learned: readonly LearnedWeights[];
  readonly scorecard: FileJudgement["scorecard"];
  /** Paired with each member, of classes alone; null otherwise. */
  readonly comparison: readonly PredictionComparison[] | null;
  /** What a reader must know beside the numbers. */
  readonly notes: readonly string[];
  readonly written: readonly string[];
  readonly text: string;
}

/** @throws FailureError refused and conflicting-label (exit code 3), bad-usage, bad-table, bad-value, too-few, disk-full */
export function ensembleRuns(runs: readonly string[], { by, out, bootstrap, seed }: EnsembleOptions): EnsembleResult {
  const members = runs.map((run) => unwrap(readMember(run)));
  unwrap(checkMembers(members));
  const [first] = members as [Member]; // checkMembers wants two
  refuseRunFolder(out);
  const combined = unwrap(combine(members, by, seed));
  const predictions = join(out, "predictions.csv");
  writeWhole(predictions, tableOf(first, combined));
  const { model, note } = by === "mean" ? joinedModel(members) : { model: null, note: null };
  if (model !== null) writeWhole(join(out, "model.onnx"), model);
  const positive = first.task.kind === "classify" ? first.task.positive : null;
  const shared = { positive, bootstrap, seed, ordered: first.task.kind === "ordinal", horizons: [] };
  const isPaired = first.task.kind === "classify" || first.task.kind === "ordinal";
  const against = isPaired ? members.map(({ run }) => join(run, "predictions.csv")) : [];
  const judged = evaluateFile(predictions, { ...shared, out, against });
  const alone = isPaired
    ? []
    : members.map(({ run }) => `${run}\n${evaluateFile(join(run, "predictions.csv"), shared).text}`);
  const notes = [...NOTES[by], ...(note === null ? [] : [note])];
  const told = members.map(({ run, study, seed: own, encoder, aggregator }) => ({
    run,
    study,
    seed: own,
    encoder,
    aggregator,
  }));
  const { scorecard, comparison } = judged;
  const record = { by, members: told, learned: combined.learned, comparison, notes };
  writeWhole(join(out, "ensemble.json"), `${JSON.stringify(record, null, 2)}\n`);
  return {
    ...record,
    scorecard,
    written: [
      predictions,
      join(out, "ensemble.json"),
      ...(model === null ? [] : [join(out, "model.onnx")]),
      ...judged.written,
    ],
    text: [judged.text, ...alone, ...notes.map((text) => `note: ${text}`)].join("\n"),
  };
}

const NOTES: Readonly<Record<Way, readonly string[]>> = {
  mean: [],
  rank: [
    "a mean of ranks is an order and no probability: read what depends on the order alone (AUROC, AUPRC, C-index), not Brier, ECE or calibration",
    "the place of a bag depends on the others of its part and fold: a single new slide cannot be answered so",
  ],
  learned: [
    "weighed ranks are an order with a scale, no calibrated probabilities; the weights were learned on the tune parts alone",
  ],
};

function refuseRunFolder(out: string): void {
  if (!existsSync(join(out, "study.yaml")) && !existsSync(join(out, "provenance.json"))) return;
  raise("bad-usage", {
    expected: "a folder of its own for the ensemble",
    received: `a run folder at ${out}`,
    remedy: "name another folder with --out",
  });
}

function tableOf({ header, rows, answer }: Member, { answers }: Combined): string {
  const cellsOf = ({ cells }: MemberRow, values: readonly number[]): (string | number)[] =>
    header.map((column) => {
      const slot = answer.indexOf(column);
      return slot < 0 ? (cells[column] ?? "") : Number((values[slot] as number).toPrecision(9));
    });
  return csvText(
    header,
    rows.map((row, r) => cellsOf(row, answers[r] ?? [])),
  );
}

/** Every fold of every run as one model; none where they take other features, or are no ONNX files. */
function joinedModel(members: readonly Member[]): { readonly model: Uint8Array | null; readonly note: string | null } {
  const files = members.map(({ run }) => foldsIn(run));
  const counts = new Set(files.map((folds) => folds.length));
  if (counts.has(0) || counts.size > 1) {
    return { model: null, note: "no model.onnx: a run has no fold files of its own, or other folds than the first" };
  }
  try {
    return { model: averageModels(files.flat().map((file) => readFileSync(file))), note: null };
  } catch (error) {
    if (!isFailureError(error, "dimension-mismatch", "bad-model")) throw error;
    return { model: null, note: `no model.onnx: ${error.failure.received} beside ${error.failure.expected}` };
  }
}

function foldsIn(run: string): string[] {
  const folder = join(run, "model");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^fold-\d+\.onnx$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}
