/**
 * Our side of the training-step benchmark: one long-lived process that answers lines on standard input, with the learner that
 * `fit` uses, and as many steps in a row as a fit of 100 epochs over 100 such bags takes. Arguments: threads, and optionally the tiles of a
 * chunk and the steps of a row.
 */
import { createInterface } from "node:readline";
import { randomStream, unwrap } from "../packages/core/dist/index.js";
import { openSession } from "../packages/graph/dist/node.js";
import { headOf } from "../packages/models/dist/head/registry.js";
import { chooseAggregator, FIT_DEFAULTS } from "../packages/models/dist/index.js";
import { openLearner } from "../packages/models/dist/train/learner.js";
import { identityStandardisation } from "../packages/models/dist/train/standardise.js";
import { inRowOf } from "../packages/models/dist/train/steps-in-row.js";

const FEATURES = 1024;
const threads = Number(process.argv[2] ?? 2);
const chunk = Number(process.argv[3] ?? FIT_DEFAULTS.chunk);
/** 0: as `fit` takes them. */
const row = Number(process.argv[4] ?? 0);

const task = { kind: "classify", label: "y", classes: ["no", "yes"], positive: "yes" };
const head = headOf(task, { counts: [1, 1] }, { classWeights: "none", loss: "cross-entropy", labelSmoothing: 0 });
const chosen = unwrap(chooseAggregator({ name: "abmil", hidden: 512, attention: 256, dropout: 0 }));
const standardisation = identityStandardisation(FEATURES);
const design = { ...chosen, task, head, d: FEATURES, covariates: 0, standardisation };
const settings = { batch: 1, chunk, threads, seed: 1, weightDecay: 0 };
const learners = new Map();
const bags = new Map();
const random = randomStream(1);

process.stdout.write(`${JSON.stringify({ threads, chunk })}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  const { n, steps } = JSON.parse(line);
  if (!bags.has(n)) bags.set(n, bagOf(n));
  const inRow = row > 0 ? row : inRowOf(design, settings, { bytes: 4 * n * FEATURES, steps: 10_000 });
  const learner = learners.get(inRow) ?? (await openLearner(design, { ...settings, inRow }, openSession));
  learners.set(inRow, learner);
  const example = { id: String(n), tiles: bags.get(n), covariates: null, label: 1 };
  const plan = Array.from({ length: inRow }, () => ({ batch: [example], lr: 1e-4 }));
  const ms = [];
  for (let i = 0; i < steps; i += inRow) {
    const start = performance.now();
    const losses = await learner.steps(plan, random);
    ms.push((performance.now() - start) / inRow);
    if (!losses.every(Number.isFinite)) throw new Error(`expected finite losses, received ${losses}`);
  }
  process.stdout.write(`${JSON.stringify({ ms })}\n`);
}
for (const learner of learners.values()) await learner.close();

function bagOf(n) {
  return { features: noise(n * FEATURES), n, d: FEATURES, x: new Int32Array(n), y: new Int32Array(n), side: 256 };
}

/** Seeded numbers of mean 0 and deviation about 1; a long bag repeats them, which costs the arithmetic nothing. */
function noise(size) {
  const period = Math.min(size, 65521);
  const out = new Float32Array(size);
  let s = 12345;
  for (let i = 0; i < period; i++) {
    s = (Math.imul(s, 1664525) + 1013904223) | 0;
    out[i] = (1.7 * s) / 2147483648;
  }
  for (let i = period; i < size; i += period) out.set(out.subarray(0, Math.min(period, size - i)), i);
  return out;
}
