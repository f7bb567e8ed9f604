/**
 * What choosing a checkpoint on the reported fold does to a number, shown where the truth is known: features of pure noise, labels by
 * lot, so that every honest AUROC is 0.5 on average. Two experiments, both with the product's own code:
 *   epochs   fits of `@nacre/models`, whose every epoch is kept, read out by five rules of choosing one of them
 *   runs     whole runs of the command on feature files with permuted labels
 * Usage: node tools/simulate-selection.mjs [epochs|runs] [--repeats N] [--first SEED]. Prints Markdown tables. docs/methods/selection-bias.md holds them.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { randomStream, unwrap } from "@nacre/core";
import { writeBag } from "@nacre/features/node";
import { openSession } from "@nacre/graph/node";
import { bagsInMemory, fit as fitModel } from "@nacre/models";

const CLASSES = ["benign", "tumour"];
const TASK = { kind: "classify", label: "label", classes: CLASSES, positive: "tumour" };

/** The rules of choosing an epoch. Each sees the losses and AUROCs by epoch of the tune part and of the reported fold. */
export const RULES = {
  "highest AUROC on the reported fold": ({ fold }) => best(fold.auroc, 1),
  "lowest loss on the reported fold": ({ fold }) => best(fold.loss, -1),
  "highest AUROC on an inner tune part": ({ tune }) => best(tune.auroc, 1),
  "lowest loss on an inner tune part (what Nacre does)": ({ tune }) => best(tune.loss, -1),
  "last epoch": ({ fold }) => fold.auroc.length - 1,
};

export const EPOCHS_DEFAULTS = { patients: 150, folds: 5, epochs: 50, repeats: 60, tiles: 4, features: 16, lr: 2e-3 };

/**
 * For each rule the mean over folds of the reported AUROC, one number a repeat.
 * @returns {Promise<Record<string, number[]>>}
 */
export async function simulateEpochs(options = {}) {
  const { repeats, folds, ...rest } = { ...EPOCHS_DEFAULTS, ...options };
  const results = Object.fromEntries(Object.keys(RULES).map((rule) => [rule, []]));
  for (let repeat = 0; repeat < repeats; repeat++) {
    const noise = drawNoise({ ...rest, seed: repeat });
    const sums = Object.fromEntries(Object.keys(RULES).map((rule) => [rule, 0]));
    for (let fold = 0; fold < folds; fold++) {
      const curves = await fitFold(noise, { ...rest, folds, fold, seed: repeat * folds + fold });
      for (const [rule, choose] of Object.entries(RULES)) sums[rule] += curves.fold.auroc[choose(curves)];
    }
    for (const rule of Object.keys(RULES)) results[rule].push(sums[rule] / folds);
  }
  return results;
}

/** One bag a patient, half of them of each class; features and labels know nothing of each other. */
function drawNoise({ patients, tiles, features, seed }) {
  const random = randomStream(seed, "noise");
  const bags = new Map();
  for (let i = 0; i < patients; i++) bags.set(`p${i}`, noiseBag(random, tiles, features));
  const labels = random.shuffled(Array.from({ length: patients }, (_, i) => i % 2));
  return { bags, labelled: labels.map((label, i) => ({ id: `p${i}`, label })) };
}

function noiseBag(random, n, d) {
  return {
    features: Float32Array.from({ length: n * d }, () => random.normal()),
    n,
    d,
    x: Int32Array.from({ length: n }, (_, i) => 224 * i),
    y: new Int32Array(n),
    side: 224,
    space: "noise",
  };
}

/**
 * Fits one fold and reads every epoch out on the inner tune part and on the reported fold. The fit is told that both are its tune part
 * and never stops early; what is in the tune part does not move the weights, so the epochs are those of an honest fit.
 */
async function fitFold({ bags, labelled }, { folds, fold, epochs, lr, seed }) {
  const dealt = CLASSES.flatMap((_, c) => labelled.filter(({ label }) => label === c).map((p, i) => [p, i]));
  const part = (isIn) => dealt.filter(([, i]) => isIn(i)).map(([p]) => p);
  const reported = part((i) => i % folds === fold);
  const tune = part((i) => i % folds !== fold && Math.floor(i / folds) % 5 === 0);
  const train = part((i) => i % folds !== fold && Math.floor(i / folds) % 5 !== 0);
  const watched = [...tune, ...reported];
  const logits = [];
  unwrap(
    await fitModel({
      task: TASK,
      aggregator: { name: "abmil", hidden: 16, attention: 8 },
      options: { epochs, lr, patience: epochs, seed },
      bags: bagsInMemory(bags),
      train,
      tune: watched,
      openSession: listening(logits),
    }),
  );
  const scores = logits.map(([a, b]) => b - a);
  const curve = (first, people) => {
    const rows = Array.from({ length: epochs }, (_, e) => people.map((_, i) => scores[e * watched.length + first + i]));
    return {
      auroc: rows.map((row) => aurocOf(row, people)),
      loss: rows.map((row) => lossOf(row, people)),
    };
  };
  return { tune: curve(0, tune), fold: curve(tune.length, reported) };
}

/** The runtime, with the answers of the session that judges (scores and nothing else) written down as they come. */
function listening(heard) {
  return async (model, options) => {
    const session = await openSession(model, options);
    return {
      ...session,
      async run(...given) {
        const outputs = await session.run(...given);
        if (Object.keys(outputs ?? {}).join() === "scores") heard.push(Array.from(outputs.scores.data));
        return outputs;
      },
      close: () => session.close(),
    };
  };
}

function aurocOf(scores, people) {
  let [wins, pairs] = [0, 0];
  for (const [i, a] of people.entries()) {
    if (a.label !== 1) continue;
    for (const [j, b] of people.entries()) {
      if (b.label === 1) continue;
      wins += scores[i] > scores[j] ? 1 : scores[i] === scores[j] ? 0.5 : 0;
      pairs++;
    }
  }
  return wins / pairs;
}

function lossOf(scores, people) {
  const losses = scores.map((s, i) => Math.log1p(Math.exp(people[i].label === 1 ? -s : s)));
  return losses.reduce((a, b) => a + b, 0) / losses.length;
}

/** Index of the first best value. */
function best(values, sign) {
  return values.reduce((kept, v, i) => (sign * v > sign * values[kept] ? i : kept), 0);
}

export const RUNS_DEFAULTS = {
  patients: 100,
  repeats: 100,
  first: 0,
  tiles: 4,
  features: 16,
  epochs: 50,
  command: null,
};

/**
 * Whole runs, each on noise of its own with labels by lot.
 * @returns {Promise<{value: number, low: number, high: number, fold: number}[]>} of each run the internal AUROC with its interval, and the
 * mean of the AUROCs within folds
 */
export async function simulateRuns(options = {}) {
  const { repeats, first, command, ...rest } = { ...RUNS_DEFAULTS, ...options };
  const nacre = command ?? fileURLToPath(new URL("../apps/cli/bin/nacre.mjs", import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), "nacre-noise-"));
  const results = [];
  try {
    for (let seed = first; seed < first + repeats; seed++) {
      await drawStudy(folder, { ...rest, seed });
      results.push(runOnce(nacre, folder, seed));
    }
    return results;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Feature files, cohort table and study file of one run, over those of the run before. */
async function drawStudy(folder, { patients, tiles, features, epochs, seed }) {
  mkdirSync(join(folder, "features"), { recursive: true });
  const random = randomStream(seed, "features");
  const notes = { encoder: "noise", mpp: 0.5, size: 224, overlap: 0, width: 224 * tiles, height: 224 };
  for (let i = 0; i < patients; i++) {
    const path = join(folder, "features", `s${i}.h5`);
    unwrap(await writeBag(path, noiseBag(random, tiles, features), { ...notes, name: `s${i}` }));
  }
  const labels = randomStream(seed, "labels").shuffled(Array.from({ length: patients }, (_, i) => CLASSES[i % 2]));
  const rows = labels.map((label, i) => `s${i},p${i},${label}`);
  writeFileSync(join(folder, "cohort.csv"), `slide,patient,label\n${rows.join("\n")}\n`);
  writeFileSync(
    join(folder, "study.yaml"),
    "name: noise\ncohort: cohort.csv\nfeatures: features\ntask: {kind: classify, label: label, positive: tumour}\n" +
      `aggregator: {name: abmil, hidden: 16, attention: 8}\nfit: {epochs: ${epochs}, lr: 0.002}\nsplit: {by: patient, folds: 5}\nseed: ${seed}\n`,
  );
}

function runOnce(nacre, folder, seed) {
  const out = join(folder, "run");
  const args = [nacre, "run", join(folder, "study.yaml"), "--out", out, "--json"];
  const run = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (run.status !== 0)
    throw new Error(`expected exit code 0 with seed ${seed}, received ${run.status}: ${run.stderr}`);
  const { auroc, folds } = JSON.parse(readFileSync(join(out, "scorecard.json"), "utf8")).internal;
  rmSync(out, { recursive: true });
  return { value: auroc.value, low: auroc.low, high: auroc.high, fold: summary(folds.map((f) => f.auroc.value)).mean };
}

/** @param {readonly number[]} values @returns {{mean: number, error: number, deviation: number}} */
export function summary(values) {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((s, v) => s + (v - mean) ** 2, 0) / (values.length - 1));
  return { mean, error: deviation / Math.sqrt(values.length), deviation };
}

async function main([what = "all", ...flags]) {
  const change = {};
  for (let i = 0; i < flags.length; i += 2) change[flags[i].slice(2)] = Number(flags[i + 1]);
  if (what !== "runs") printEpochs(await simulateEpochs(change));
  if (what !== "epochs") printRuns(await simulateRuns(change));
}

function printEpochs(results) {
  console.log("| epoch chosen by | mean AUROC | standard error | repeats above 0.55 |\n|---|---|---|---|");
  for (const [rule, values] of Object.entries(results)) {
    const { mean, error } = summary(values);
    const above = values.filter((v) => v > 0.55).length;
    console.log(`| ${rule} | ${mean.toFixed(3)} | ${error.toFixed(3)} | ${above} of ${values.length} |`);
  }
}

function printRuns(runs) {
  const row = (name, values) => {
    const { mean, error, deviation } = summary(values);
    return `| ${name} | ${mean.toFixed(3)} | ${error.toFixed(3)} | ${deviation.toFixed(3)} |`;
  };
  const covered = runs.filter((r) => r.low <= 0.5 && r.high >= 0.5).length;
  const above = runs.filter((r) => r.low > 0.5).length;
  console.log("\n| AUROC of a run | mean | standard error | deviation |\n|---|---|---|---|");
  console.log(
    row(
      "internal, pooled over folds",
      runs.map((r) => r.value),
    ),
  );
  console.log(
    row(
      "mean of the folds",
      runs.map((r) => r.fold),
    ),
  );
  console.log(
    `\n${covered} of ${runs.length} intervals hold 0.5; ${above} lie above it, ${runs.length - covered - above} below. Mean width ${summary(runs.map((r) => r.high - r.low)).mean.toFixed(3)}.`,
  );
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await main(process.argv.slice(2));
