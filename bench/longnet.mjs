/**
 * What the slide encoder costs. `rows`: time and peak memory of one forward pass through 12 layers of width 768 over bags of growing size, in
 * blocks (`openSlideEncoder`), two threads, random weights and random 1,536-d features on a square of tissue. Each size runs in a process of its own,
 * so that the peak is its own. Layers cost the same, so large bags run a few of the twelve; `seconds` is then that of twelve, by proportion.
 * `training`: one fine-tuning step of the aggregator (forward, backward, AdamW, dropout), in one graph or block by block (`layers`: every block
 * but the last is computed twice), after a step on 64 tiles that opens the graphs. Wall time on a shared machine says little:
 * `cpuSeconds` stands beside it.
 */
import { execFile } from "node:child_process";
import { availableParallelism, cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const LAYERS = 12;
const FEATURES = 1536;
/** Tiles, and how many of the layers are run. */
const SIZES = [
  [1000, 12],
  [5000, 12],
  [10_000, 12],
  [20_000, 12],
  [50_000, 1],
  [100_000, 1],
];

/** Tiles of a bag that is learned from, and how. */
const LEARNED = [
  [1000, "whole"],
  [1000, "layers"],
  [4000, "layers"],
];

export async function benchLongnet({ sizes = SIZES, learned = LEARNED, threads = 2 } = {}) {
  const rows = [];
  for (const [tiles, layers] of sizes) rows.push(await apart("forward", tiles, layers, threads));
  const training = [];
  for (const [tiles, way] of learned) training.push(await apart("training", tiles, LAYERS, threads, way));
  return {
    model: { layers: LAYERS, width: 768, heads: 16, features: FEATURES },
    threads,
    rows,
    training,
    machine: { processor: cpus()[0]?.model ?? "unknown", cores: availableParallelism(), node: process.version },
  };
}

/** One measurement in a process of its own. */
async function apart(...what) {
  const script = fileURLToPath(import.meta.url);
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...what.map(String)]);
  process.stderr.write(stdout);
  return JSON.parse(stdout);
}

async function forward(tiles, layers, threads) {
  const { randomStream, unwrap } = await import("../packages/core/dist/index.js");
  const { openSession } = await import("../packages/graph/dist/node.js");
  const { openSlideEncoder } = await import("../packages/models/dist/longnet/slide-encoder.js");
  const { importedDesign } = await import("../packages/models/dist/checkpoint/import-checkpoint.js");
  const { initialise } = await import("../packages/models/dist/train/initialise.js");
  const { weightSpecs } = await import("../packages/models/dist/train/program.js");
  const design = importedDesign({ name: "longnet", layers, layer: layers }, { d: FEATURES, k: 2 });
  const encoder = await openSlideEncoder({ design, weights: initialise(weightSpecs(design), 1) }, openSession, {
    threads,
  });
  const bag = squareBag(tiles, randomStream(tiles, "bench", "longnet"));
  const before = process.resourceUsage();
  const started = performance.now();
  const marks = [];
  unwrap(await encoder.encode(bag, { onLayer: () => marks.push(performance.now()) }));
  const whole = (performance.now() - started) / 1000;
  const after = process.resourceUsage();
  const cpu = (after.userCPUTime + after.systemCPUTime - before.userCPUTime - before.systemCPUTime) / 1e6;
  const scale = LAYERS / layers;
  return {
    tiles,
    layersRun: layers,
    seconds: rounded(whole * scale),
    cpuSeconds: rounded(cpu * scale),
    cpuMillisecondsPerTile: rounded((1000 * cpu * scale) / tiles),
    peakMiB: Math.round(after.maxRSS / 1024),
    bagMiB: Math.round(bag.features.byteLength / 2 ** 20),
  };
}

async function training(tiles, layers, threads, way) {
  const { randomStream } = await import("../packages/core/dist/index.js");
  const { openSession } = await import("../packages/graph/dist/node.js");
  const { importedDesign } = await import("../packages/models/dist/checkpoint/import-checkpoint.js");
  const { openLearner } = await import("../packages/models/dist/train/learner.js");
  const spec = { name: "longnet", layers, layer: layers, dropout: 0.25 };
  const design = importedDesign(spec, { d: FEATURES, k: 2 });
  const options = {
    optimiser: "adamw",
    weightDecay: 0.05,
    batch: 1,
    chunk: 4096,
    threads,
    seed: 1,
    wholeTiles: way === "whole" ? tiles : 1,
  };
  const learner = await openLearner(design, options, openSession);
  const random = randomStream(tiles, "bench", "longnet");
  const exampleOf = (n) => ({ id: "bag", tiles: squareBag(n, random), covariates: null, label: 1 });
  const example = exampleOf(tiles);
  await learner.step([exampleOf(64)], 1e-4, random);
  const openedMiB = Math.round(process.resourceUsage().maxRSS / 1024);
  const before = process.resourceUsage();
  const started = performance.now();
  const loss = await learner.step([example], 1e-4, random);
  const seconds = (performance.now() - started) / 1000;
  if (!Number.isFinite(loss)) throw new Error(`expected a finite loss, received ${loss}`);
  const after = process.resourceUsage();
  const cpu = (after.userCPUTime + after.systemCPUTime - before.userCPUTime - before.systemCPUTime) / 1e6;
  const peakMiB = Math.round(after.maxRSS / 1024);
  return { tiles, way, layersRun: layers, seconds: rounded(seconds), cpuSeconds: rounded(cpu), openedMiB, peakMiB };
}

/** Tiles of a square of tissue, row by row, with features drawn once for a thousand tiles and repeated with a shift. */
function squareBag(n, random) {
  const pool = Float32Array.from({ length: 1000 * FEATURES }, () => random.normal());
  const features = new Float32Array(n * FEATURES);
  for (let i = 0; i < n; i++) {
    const from = (i % 1000) * FEATURES;
    const shift = Math.floor(i / 1000) * 7;
    for (let j = 0; j < FEATURES; j++) features[i * FEATURES + j] = pool[from + ((j + shift) % FEATURES)];
  }
  const side = Math.ceil(Math.sqrt(n));
  const x = Int32Array.from({ length: n }, (_, i) => 256 * (i % side));
  const y = Int32Array.from({ length: n }, (_, i) => 256 * Math.floor(i / side));
  return { features, n, d: FEATURES, x, y, side: 256, space: "random" };
}

function rounded(value) {
  return Math.round(value * 100) / 100;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [what, tiles, layers, threads, way] = process.argv.slice(2);
  const measure = { forward, training }[what];
  process.stdout.write(`${JSON.stringify(await measure(Number(tiles), Number(layers), Number(threads), way))}\n`);
}
