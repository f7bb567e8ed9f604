/**
 * How faithful the heatmaps of a run are to its models: the deletion test on the slides a reader is shown, each by the model that answered
 * it, as far as a budget goes.
 */
import { readFileSync } from "node:fs";
import { type Task, unwrap } from "@nacre/core";
import type { Session } from "@nacre/graph";
import { openSession } from "@nacre/graph/node";
import { type DeletionTest, type Faithfulness, faithfulness, type Verdict } from "@nacre/models";
import { featureBags } from "../fit/feature-bags.ts";
import { evidenceMeaning } from "../predict/answer-kind.ts";
import { type PredictedBag, readEvidence } from "../predict/predict-bags.ts";
import { hashBytes, hashOf } from "../run/hash.ts";
import type { Progress } from "../run/progress.ts";
import type { RunFolder } from "../run/run-folder.ts";
import { FAITHFUL_DRAWS, FAITHFUL_RANKINGS, FAITHFUL_RUNS, faithfulBag } from "./faithful-bag.ts";

/** What the report tells of one bag and one ranking. */
export interface FaithfulCurve {
  readonly verdict: Verdict;
  /** Mean fall of the score beyond that of random tiles, in its unit. */
  readonly advantage: number;
  /** Score after each share. */
  readonly scores: readonly number[];
}

export interface FaithfulBag {
  /** Id of the bag. */
  readonly bag: string;
  readonly whole: number;
  readonly shares: readonly number[];
  /** Mean score of the random orders after each share. */
  readonly random: readonly number[];
  readonly rankings: Readonly<Record<string, FaithfulCurve>>;
}

export interface FaithfulRun {
  /** Of the scores. */
  readonly unit: string;
  readonly draws: number;
  readonly bags: readonly FaithfulBag[];
  /** Over all bags, by the name of the ranking. */
  readonly summary: Readonly<Record<string, Faithfulness>>;
}

export interface FaithfulOptions {
  readonly folder: RunFolder;
  readonly task: Task;
  /** The model that answered a bag, as a path inside the run folder; null where it has none. */
  readonly modelOf: (predicted: PredictedBag) => string | null;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Predictions times tiles that a run spends on the test; one bag is tested in any case. */
const RUN_BUDGET = 4_000_000;
const RECIPE = 1;

/** Tests the bags in the order given. null where none has a model and evidence. */
export async function faithfulRun(
  predicted: readonly PredictedBag[],
  { folder, task, modelOf, progress, signal }: FaithfulOptions,
): Promise<FaithfulRun | null> {
  const chosen = withinBudget([...new Set(predicted)].filter((p) => p.evidence !== null && modelOf(p) !== null));
  if (chosen.length === 0) return null;
  const models = new Map<string, Session>();
  const bags: FaithfulBag[] = [];
  progress.begin("testing heatmaps", chosen.length);
  try {
    for (const p of chosen) {
      signal.throwIfAborted();
      const file = modelOf(p) as string; // chosen for having one
      const shown = readEvidence(folder, p.evidence);
      const bytes = readFileSync(folder.file(file));
      const dependsOn = {
        recipe: RECIPE,
        task,
        model: hashBytes(bytes),
        features: p.bag.members.map((m) => m.extracted.hash),
        evidence: hashBytes(new Uint8Array(shown.evidence.slice().buffer)),
        attention: hashBytes(new Uint8Array(shown.attention.slice().buffer)),
      };
      const name = `faithful-${p.fold ?? "external"}-${hashOf(p.bag.id).slice(0, 16)}`;
      const step = await folder.steps.run(name, dependsOn, [], async () => {
        const session = models.get(file) ?? (await openSession(bytes, { threads: 2 }));
        models.set(file, session);
        const { covariates, id, members } = p.bag;
        const source = featureBags({ [id]: members.map((m) => m.extracted.features) });
        const tiles = unwrap(await source.load(id));
        const given = covariates.length === 0 ? {} : { covariates };
        return shortened(id, unwrap(await faithfulBag(session, tiles, shown, { task, signal, name: id, ...given })));
      });
      bags.push(inOrder(step.note));
      progress.advance(bags.length, p.bag.id);
    }
  } finally {
    for (const session of models.values()) await session.close();
  }
  progress.end();
  return { unit: evidenceMeaning(task).unit, draws: FAITHFUL_DRAWS, bags, summary: summaryOf(bags) };
}

function summaryOf(bags: readonly FaithfulBag[]): FaithfulRun["summary"] {
  const rows = Object.entries(faithfulness(bags));
  return Object.fromEntries(rows.map(([name, all]) => [name, { ...all, advantage: rounded(all.advantage) }]));
}

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

function withinBudget(predicted: readonly PredictedBag[]): PredictedBag[] {
  let spent = 0;
  return predicted.filter(({ bag }, i) => {
    const cost = FAITHFUL_RUNS * bag.members.reduce((sum, m) => sum + m.extracted.tiles, 0);
    if (i > 0 && spent + cost > RUN_BUDGET) return false;
    spent += cost;
    return true;
  });
}

/** Rankings as they are told, whether the step was done now or remembered. */
function inOrder({ rankings, ...bag }: FaithfulBag): FaithfulBag {
  const told = FAITHFUL_RANKINGS.map((name) => [name, rankings[name] as FaithfulCurve] as const);
  return { ...bag, rankings: Object.fromEntries(told) };
}

/** Numbers with six digits, as they are kept and told. */
function shortened(bag: string, { whole, shares, control, rankings }: DeletionTest): FaithfulBag {
  const mean = (j: number): number =>
    control.reduce((sum, { scores }) => sum + (scores[j] as number), 0) / control.length;
  return {
    bag,
    whole: rounded(whole),
    shares,
    random: shares.map((_, j) => rounded(mean(j))),
    rankings: Object.fromEntries(
      Object.entries(rankings).map(([name, { verdict, advantage, scores }]) => [
        name,
        { verdict, advantage: rounded(advantage), scores: scores.map(rounded) },
      ]),
    ),
  };
}
