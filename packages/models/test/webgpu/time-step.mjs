/**
 * Where the time of a step goes on an adapter: first step (its programs are compiled), later steps with weights and bag on the device, the
 * same with both copied each time, the way there alone, the bag's way to the device, and a step on the CPU.
 * Usage: node time-step.mjs [TILES] [STEPS] [HIDDEN]; VK_ICD_FILENAMES chooses a Vulkan driver.
 */
import { randomStream, unwrap } from "@nacre/core";
import { openSession } from "@nacre/graph/node";
import { headOf } from "../../dist/head/registry.js";
import { chooseAggregator, FIT_DEFAULTS } from "../../dist/index.js";
import { openJudge } from "../../dist/train/judge.js";
import { openLearner } from "../../dist/train/learner.js";
import { identityStandardisation } from "../../dist/train/standardise.js";

const [n = 256, steps = 4, hidden = 512] = process.argv.slice(2).map(Number);
const d = 1024;
const random = randomStream(1, "time");
const task = { kind: "classify", label: "y", classes: ["no", "yes"], positive: "yes" };
const design = {
  ...unwrap(chooseAggregator({ name: "abmil", hidden, attention: hidden / 2, dropout: 0 })),
  task,
  head: headOf(task, { counts: [1, 1] }, { ...FIT_DEFAULTS, classWeights: "none" }),
  d,
  covariates: 0,
  standardisation: identityStandardisation(d),
};
const features = Float32Array.from({ length: n * d }, () => random.normal());
const tiles = { features, n, d, x: new Int32Array(n), y: new Int32Array(n), side: 256 };
const example = { id: "bag", tiles, covariates: null, label: 1 };

async function timed(run) {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

async function stepsWith(open) {
  const learner = await openLearner(design, { batch: 1, chunk: 1e9, threads: 2, seed: 1, weightDecay: 0 }, open);
  const judge = await openJudge(design, 2, open);
  const step = () => timed(() => learner.step([example], 1e-4, random));
  const there = () => timed(async () => judge.scores(learner.current(), example));
  const first = await step();
  await there();
  const [later, forward] = [[], []];
  for (let i = 0; i < steps; i++) later.push(await step());
  for (let i = 0; i < steps; i++) forward.push(await there());
  await learner.close();
  await judge.close();
  const middle = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
  return {
    first: Math.round(first),
    step: middle(later),
    forward: middle(forward),
    tilesPerSecond: Math.round(n / (middle(later) / 1000)),
  };
}

const on = (provider) => (model, options) => openSession(model, { ...options, provider });
/** Sessions that hide their device: everything is fed and answered as arrays. */
async function copying(model, options) {
  const session = await openSession(model, { ...options, keep: [], provider: "webgpu" });
  const { inputs, outputs } = session;
  return { inputs, outputs, run: (feeds, into) => session.run(feeds, into), close: () => session.close() };
}

const rows = {
  cpu: await stepsWith(on("cpu")),
  resident: await stepsWith(on("webgpu")),
  copied: await stepsWith(copying),
};
const { encodeModel, input } = await import("@nacre/graph");
const copy = await openSession(encodeModel({ outputs: { y: input("x", ["n", d]) } }), { provider: "webgpu" });
const bag = { data: features, dims: [n, d] };
copy.device.free(await copy.device.hold(bag));
const upload = await timed(async () => copy.device.free(await copy.device.hold(bag)));
console.log(
  JSON.stringify(
    { n, hidden, steps, upload, ...rows },
    (_, x) => (typeof x === "number" ? Number(x.toPrecision(4)) : x),
    1,
  ),
);
