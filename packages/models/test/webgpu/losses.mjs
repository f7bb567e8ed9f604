/**
 * Fits a model on the CPU and on WebGPU and prints the losses of both, as JSON. A process of its own: the runtime's adapter is chosen by the
 * environment, and a runtime that dies takes only this process with it. Usage: node losses.mjs AGGREGATOR [BAGS]
 */
import { randomStream } from "@nacre/core";
import { openSession } from "@nacre/graph/node";
import { bagsInMemory, fit, predict } from "@nacre/models";

const [name, bags = "4"] = process.argv.slice(2);
const OPTIONS = {
  longnet: {
    width: 16,
    layers: 1,
    heads: 4,
    ffn: 32,
    layer: 1,
    segment1: 8,
    segment2: 16,
    segment3: 0,
    segment4: 0,
    segment5: 0,
  },
  transmil: { heads: 2, headWidth: 8, landmarks: 4 },
};
const d = 8;
const random = randomStream(5, "webgpu");
const made = new Map();
const labelled = [];
for (let i = 0; i < Number(bags) + 2; i++) {
  const n = 24 + random.below(17);
  const label = i % 2;
  const features = Float32Array.from(
    { length: n * d },
    (_, j) => random.normal() + (label === 1 && j < 3 * d ? 1.5 : 0),
  );
  const x = Int32Array.from({ length: n }, (_, j) => (j % 7) * 256);
  const y = Int32Array.from({ length: n }, (_, j) => Math.floor(j / 7) * 256);
  made.set(`bag-${i}`, { features, n, d, x, y, side: 256, space: "test" });
  labelled.push({ id: `bag-${i}`, label });
}

async function run(provider, options = {}) {
  const open = (model, given) => openSession(model, { ...given, provider });
  const started = performance.now();
  const fitted = await fit({
    task: { kind: "classify", label: "y", classes: ["a", "b"], positive: "b" },
    aggregator: { name, ...(OPTIONS[name] ?? { hidden: 16, attention: 8 }) },
    options: { epochs: 2, patience: 2, lr: 1e-3, ...options },
    bags: bagsInMemory(made),
    train: labelled.slice(2),
    tune: labelled.slice(0, 2),
    openSession: open,
  });
  if (!fitted.ok) return { failure: fitted.failure };
  const session = await open(fitted.value.onnx);
  const answer = await predict(session, made.get("bag-0"));
  await session.close();
  return {
    losses: fitted.value.history.flatMap(({ trainLoss, tuneLoss }) => [trainLoss, tuneLoss]),
    probabilities: answer.ok ? answer.value.probabilities : answer.failure,
    ms: Math.round(performance.now() - started),
  };
}

const several = { batch: 2, clipNorm: 1, ema: 0.9 };
console.log(
  JSON.stringify({
    one: [await run("cpu"), await run("webgpu")],
    several: name === "abmil" ? [await run("cpu", several), await run("webgpu", several)] : [],
  }),
);
