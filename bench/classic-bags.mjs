/**
 * Classic bags with published tables (Musk1, Musk2, Elephant, Fox, Tiger): ten times ten-fold cross-validation of attention and gated
 * attention, beside Ilse, Tomczak and Welling 2018. Network as published: 256, 128 and 64 units, attention of 64. Learning rate,
 * weight decay and momentum are those of Wang et al. 2018, whom Ilse follows. Fixed epochs, last epoch kept, no tune part; nothing was chosen on these folds.
 * The files are test data of their owners and not part of the product: `classic-bags FOLDER`, else the folder of test data beside the repository.
 * The same seed gives the same numbers, whatever the number of workers. `classic-bags FOLDER REPEATS ROWS` keeps each repeat as a line of the file
 * ROWS and goes on where it was stopped.
 */
import { execFile } from "node:child_process";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { randomStream, unwrap } from "@nacre/core";
import { openSession } from "@nacre/graph/node";
import { bagsInMemory, describeModel, fit as fitModel, predict } from "@nacre/models";
import { readMatFile } from "../tools/mat-file.mjs";

const DATA = resolve(fileURLToPath(new URL(".", import.meta.url)), "../../shared/data/mil");
const [REPEATS, FOLDS, EPOCHS, WORKERS] = [10, 10, 50, 2];
const TASK = { kind: "classify", label: "bag", classes: ["no", "yes"], positive: "yes" };
const NETWORK = { name: "abmil", hidden: 64, layers: 3, attention: 64, dropout: 0.5, gateDropout: false };

/** Published accuracy and what the paper prints after it, attention and gated attention; files and settings of each data set. */
const SETS = {
  musk1: {
    files: ["X_mus_escal", "Bag2_mus_escal", "bagI_mus_escal"],
    lr: 5e-4,
    weightDecay: 0.005,
    published: { attention: [0.892, 0.04], gated: [0.9, 0.05] },
  },
  musk2: {
    files: ["X", "Bag2", "BagI"],
    lr: 5e-4,
    weightDecay: 0.03,
    published: { attention: [0.858, 0.048], gated: [0.863, 0.042] },
  },
  elephant: {
    files: ["X", "Bag2", "BagI"],
    lr: 1e-4,
    weightDecay: 0.005,
    published: { attention: [0.868, 0.022], gated: [0.857, 0.027] },
  },
  fox: {
    files: ["X", "Bag2", "BagI"],
    lr: 1e-4,
    weightDecay: 0.01,
    published: { attention: [0.615, 0.043], gated: [0.603, 0.029] },
  },
  tiger: {
    files: ["X", "Bag2", "BagI"],
    lr: 5e-4,
    weightDecay: 0.005,
    published: { attention: [0.839, 0.022], gated: [0.845, 0.018] },
  },
};
const POOLINGS = ["gated", "attention"];

/** Runs everything, or says why it cannot. */
export async function benchClassicBags({ rest: [folder = DATA, repeats = String(REPEATS), kept = null] = [] } = {}) {
  if (!existsSync(folder)) return { available: false, reason: `no ${folder}: name the folder of classic bags` };
  const started = performance.now();
  const rows = kept !== null && existsSync(kept) ? readRows(readFileSync(kept, "utf8")) : [];
  const jobs = POOLINGS.flatMap((pooling) => repeatsOf(Number(repeats), pooling)).filter(
    (job) => !rows.some((row) => isOf(row, job)),
  );
  const keep = (row) => {
    rows.push(row);
    const line = `${JSON.stringify(row)}\n`;
    if (kept !== null) appendFileSync(kept, line);
    process.stderr.write(line);
  };
  await Promise.all(Array.from({ length: WORKERS }, () => worker(folder, jobs, keep)));
  const tables = Object.keys(SETS).flatMap((set) => POOLINGS.map((pooling) => summary(set, pooling, rows)));
  return {
    available: true,
    network: NETWORK,
    folds: FOLDS,
    epochs: EPOCHS,
    spread:
      "foldDeviation and repeatDeviation are deviations with n - 1: over all folds, and over the means of the repeats",
    table: tables,
    seconds: Math.round((performance.now() - started) / 1000),
    machine: { processor: cpus()[0]?.model ?? "unknown", cores: availableParallelism(), node: process.version },
  };
}

function readRows(text) {
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

function repeatsOf(repeats, pooling) {
  return Array.from({ length: repeats }, (_, i) =>
    Object.keys(SETS).map((set) => ({ set, pooling, repeat: i + 1 })),
  ).flat();
}

function isOf(row, { set, pooling, repeat }) {
  return row.set === set && row.pooling === pooling && row.repeat === repeat;
}

/** Takes jobs from the front of the list until none is left; each job in a process of its own. */
async function worker(folder, jobs, keep) {
  const script = fileURLToPath(import.meta.url);
  for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
    const { set, pooling, repeat } = job;
    const { stdout } = await promisify(execFile)(process.execPath, [script, folder, set, pooling, String(repeat)]);
    keep(JSON.parse(stdout));
  }
}

function summary(set, pooling, rows) {
  const own = rows.filter((row) => row.set === set && row.pooling === pooling);
  if (own.length === 0) return { set, pooling, repeats: 0 };
  const folds = own.flatMap(({ folds }) => folds);
  const ours = mean(folds);
  const [published, spread] = SETS[set].published[pooling];
  return {
    set,
    pooling,
    repeats: own.length,
    ours,
    foldDeviation: deviation(folds),
    repeatDeviation: own.length > 1 ? deviation(own.map((row) => mean(row.folds))) : null,
    published,
    publishedSpread: spread,
    isWithin: Math.abs(ours - published) <= spread,
  };
}

/** One repeat: each bag is tested once. */
async function measure(folder, set, pooling, repeat) {
  const { bags, labels, ids } = readBags(folder, set);
  const order = randomStream(repeat, "classic-bags", set).shuffled(ids);
  const source = bagsInMemory(bags);
  const { lr, weightDecay } = SETS[set];
  const folds = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const isTest = (place) => place % FOLDS === fold;
    const labelled = (keep) => order.filter((_, place) => keep(place)).map((id) => ({ id, label: labels.get(id) }));
    const model = unwrap(
      await fitModel({
        task: TASK,
        aggregator: { ...NETWORK, gated: pooling === "gated" },
        options: {
          optimiser: "sgd",
          momentum: 0.9,
          lr,
          weightDecay,
          epochs: EPOCHS,
          classWeights: "none",
          seed: 100 * repeat + fold,
        },
        bags: source,
        train: labelled((place) => !isTest(place)),
        tune: [],
        openSession,
      }),
    );
    folds.push(await accuracy(model, labelled(isTest), source));
  }
  return { set, pooling, repeat, folds };
}

/** Share of bags on the right side of 1/2. */
async function accuracy({ onnx }, test, source) {
  const session = await openSession(onnx);
  const info = unwrap(describeModel(onnx));
  let right = 0;
  for (const { id, label } of test) {
    const { probabilities } = unwrap(await predict(session, unwrap(await source.load(id)), { info, name: id }));
    right += probabilities[1] > 0.5 === (label === 1) ? 1 : 0;
  }
  await session.close();
  return right / test.length;
}

function readBags(folder, set) {
  const place = join(folder, `${set}_scaled`);
  const [x, owner, answer] = SETS[set].files.map((file) => Object.values(readMatFile(join(place, `${file}.mat`)))[0]);
  const bags = new Map();
  const labels = new Map();
  for (const [i, label] of answer.data.entries()) {
    const rows = [...owner.data.keys()].filter((row) => owner.data[row] === i + 1);
    const features = Float32Array.from({ length: rows.length * x.columns }, (_, at) => {
      const row = rows[Math.floor(at / x.columns)];
      return x.data[(at % x.columns) * x.rows + row];
    });
    const [n, none] = [rows.length, new Int32Array(rows.length)];
    bags.set(`${set}-${i}`, { features, n, d: x.columns, x: none, y: none, side: null, space: set });
    labels.set(`${set}-${i}`, label);
  }
  return { bags, labels, ids: [...bags.keys()] };
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviation(values) {
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder, set, pooling, repeat] = process.argv.slice(2);
  process.stdout.write(`${JSON.stringify(await measure(folder, set, pooling, Number(repeat)))}\n`);
}
