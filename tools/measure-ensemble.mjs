/**
 * Ensembles beside their members on synthetic cohorts of features, through the commands: four aggregators of one split, and three seeds
 * of one aggregator on split files. Three classes; a class shows in a few tiles and, faintly, in all of them.
 * Usage: node tools/measure-ensemble.mjs OUT [COHORTS]. Prints a table; the numbers of docs/methods/ensemble.md are its own.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { randomStream } from "../packages/core/dist/index.js";
import { writeBag } from "../packages/features/dist/node.js";

const [, , out, cohorts = "2"] = process.argv;
if (out === undefined) throw new Error("expected a folder to write to");
const nacre = resolve("apps/cli/bin/nacre.mjs");
const CLASSES = ["a", "b", "c"];
const PATIENTS = 90;
const D = 16;
const AGGREGATORS = ["mean", "max", "abmil", "clam-sb"];
const SEEDS = [1, 2, 3];

const found = [];
for (let cohort = 0; cohort < Number(cohorts); cohort++) {
  const folder = join(out, `cohort-${cohort}`);
  await writeCohort(folder, cohort);
  const split = { by: "patient", folds: 2, tune: 0.25 };
  const runs = AGGREGATORS.map((name) => study(folder, name, { aggregator: name, seed: 7, split }));
  const splits = listOf(folder);
  const deep = SEEDS.map((seed) =>
    study(folder, `seed-${seed}`, { aggregator: "abmil", seed, split: { by: "file", splits } }),
  );
  const row = {};
  for (const [i, name] of AGGREGATORS.entries()) row[name] = auroc(runs[i]);
  for (const by of ["mean", "rank", "learned"]) row[`by ${by}`] = joined(folder, by, runs);
  row["abmil, mean of 3 seeds alone"] = deep.map(auroc).reduce((sum, x) => sum + x, 0) / deep.length;
  row["abmil, 3 seeds by mean"] = joined(folder, "mean", deep, "deep");
  found.push(row);
  process.stderr.write(`${JSON.stringify(row)}\n`);
}
for (const name of Object.keys(found[0])) {
  const values = found.map((row) => row[name]);
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  process.stdout.write(`${name} | ${values.map((x) => x.toFixed(3)).join(" | ")} | ${mean.toFixed(3)}\n`);
}

async function writeCohort(folder, seed) {
  mkdirSync(join(folder, "features"), { recursive: true });
  const random = randomStream(seed, "ensemble-cohort");
  const directions = CLASSES.map(() => Array.from({ length: D }, () => random.normal()));
  const rows = ["slide,patient,label"];
  for (let p = 0; p < PATIENTS; p++) {
    const c = p % CLASSES.length;
    const n = 30 + random.below(60);
    const features = new Float32Array(n * D);
    for (let i = 0; i < n; i++) {
      const shift = random.uniform() < 0.06 ? 0.9 : 0.05;
      for (let j = 0; j < D; j++) features[i * D + j] = random.normal() + shift * directions[c][j];
    }
    const places = Int32Array.from({ length: n }, (_, i) => 224 * i);
    const bag = { features, n, d: D, x: places, y: new Int32Array(n), side: 224, space: "synthetic" };
    const about = { name: `s${p}`, encoder: "synthetic", mpp: 0.5, size: 224, overlap: 0, width: 224 * n, height: 224 };
    const written = await writeBag(join(folder, "features", `s${p}.h5`), bag, about);
    if (!written.ok) throw new Error(written.failure.received);
    rows.push(`s${p}.h5,p${p},${CLASSES[c]}`);
  }
  writeFileSync(join(folder, "cohort.csv"), `${rows.join("\n")}\n`);
}

function study(folder, name, { aggregator, seed, split }) {
  const path = join(folder, `${name}.json`);
  const task = { kind: "classify", label: "label" };
  const fit = { epochs: 20, patience: 6, lr: 5e-4 };
  const keys = { cohort: "cohort.csv", features: "features", task, aggregator, fit, split, evaluate: { bootstrap: 0 } };
  // JSON is YAML.
  writeFileSync(path, JSON.stringify({ name, ...keys, seed }));
  run(["run", path, "--out", join(folder, `run-${name}`)]);
  return join(folder, `run-${name}`);
}

function listOf(folder) {
  const ended = run([
    "audit",
    join(folder, "cohort.csv"),
    "--label",
    "label",
    "--by",
    "patient",
    "--folds",
    "2",
    "--seed",
    "1",
    "--write",
    join(folder, "splits"),
  ]);
  return ended.written.map((path) => resolve(path));
}

function auroc(runFolder) {
  return run(["evaluate", join(runFolder, "predictions.csv"), "--bootstrap", "0"]).internal.auroc.value;
}

function joined(folder, by, runs, name = by) {
  const ended = run(["ensemble", ...runs, "--by", by, "--bootstrap", "0", "--out", join(folder, `joined-${name}`)]);
  return ended.scorecard.internal.auroc.value;
}

function run(args) {
  const ended = spawnSync(process.execPath, [nacre, ...args, "--json"], { encoding: "utf8", maxBuffer: 2 ** 28 });
  if (ended.status !== 0) throw new Error(`${args.join(" ")}\n${ended.stderr}`);
  return JSON.parse(ended.stdout);
}
