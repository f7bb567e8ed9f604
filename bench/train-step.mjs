/**
 * How long one training step takes: gated attention (1,024 features, 512 hidden, 256 attention, two classes), cross-entropy,
 * Adam, forward and backward and update in one graph, two threads. With `compare`, the same step in PyTorch is timed in
 * turns with ours, one long-lived process each, and the ratio of each round is reported: on a shared machine only ratios
 * taken side by side mean something. Rounds during which other programs used the processors are counted and left out.
 */
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import * as graph from "../packages/graph/dist/index.js";
import { openSession } from "../packages/graph/dist/node.js";

const FEATURES = 1024;
const HIDDEN = 512;
const ATTENTION = 256;
const CLASSES = 2;
const SHAPES = {
  trunk: [FEATURES, HIDDEN],
  trunkBias: [HIDDEN],
  content: [HIDDEN, ATTENTION],
  contentBias: [ATTENTION],
  gate: [HIDDEN, ATTENTION],
  gateBias: [ATTENTION],
  score: [1, ATTENTION],
  scoreBias: [1, 1],
  head: [HIDDEN, CLASSES],
  headBias: [CLASSES],
};

/** A round counts when other programs took less than this share of the machine. */
const QUIET = 0.12;

/**
 * Medians in milliseconds under "1000", "4000", "16000"; with `compare` also `ratio`, each {min, median, max, rounds},
 * and what it was compared with.
 */
export async function benchTrainStep({
  compare = false,
  threads = 2,
  sizes = [1000, 4000, 16000],
  rounds = compare ? 8 : 5,
  python = "/usr/bin/python3",
} = {}) {
  const ours = await nacreStepper(threads);
  const theirs = compare ? await torchStepper(python, threads) : null;
  const samples = new Map(sizes.map((n) => [n, []]));
  for (const n of sizes) {
    await ours.steps(n, 2);
    await theirs?.steps(n, 2);
  }
  // Loud rounds are made up for by further ones, three for one at most.
  for (let round = 0; round < 4 * rounds; round++) {
    for (const n of sizes) {
      const isEnough = samples.get(n).filter(isQuiet).length >= rounds;
      if (!isEnough) samples.get(n).push(await oneRound(ours, theirs, n, round));
    }
  }
  await ours.close();
  theirs?.close();
  const each = (tell) => Object.fromEntries(sizes.map((n) => [String(n), tell(samples.get(n))]));
  const result = each((all) => rounded(median(quietOnes(all).map((s) => s.ours))));
  if (theirs === null) return result;
  return {
    ...result,
    torch: each((all) => rounded(median(quietOnes(all).map((s) => s.theirs)))),
    ratio: each(ratioOf),
    against: theirs.about,
    machine: { processor: cpus()[0]?.model ?? "unknown", cores: availableParallelism(), node: process.version },
  };
}

/** Median times of one side after the other, the first side changing each round, and the larger share others took. */
async function oneRound(ours, theirs, n, round) {
  const steps = Math.max(3, Math.round(20_000 / n));
  const sides = Object.entries(theirs === null ? { ours } : { ours, theirs });
  const sample = { foreign: 0 };
  for (const [name, side] of round % 2 === 1 ? sides.reverse() : sides) {
    const { ms, foreign } = await watched(() => side.steps(n, steps));
    sample[name] = median(ms);
    sample.foreign = Math.max(sample.foreign, foreign);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  return sample;
}

function isQuiet({ foreign }) {
  return foreign < QUIET;
}

/** The quiet samples, or all of them where none was quiet. */
function quietOnes(samples) {
  return samples.some(isQuiet) ? samples.filter(isQuiet) : samples;
}

/** Our time over theirs. `quiet: 0` warns that the machine was never free. */
function ratioOf(samples) {
  const ratios = quietOnes(samples).map((s) => s.ours / s.theirs);
  return {
    min: rounded(Math.min(...ratios)),
    median: rounded(median(ratios)),
    max: rounded(Math.max(...ratios)),
    quiet: samples.filter(isQuiet).length,
    rounds: samples.length,
  };
}

/** Our step: one graph. Weights go to and fro between two arrays; moments are written over the old ones. */
async function nacreStepper(threads) {
  const session = await openSession(stepModel(), { threads });
  let state = firstState();
  let spare = { ...firstState(), ...momentsOf(state) };
  const bags = new Map();
  const label = { data: Float32Array.of(0, 1), dims: [1, CLASSES] };
  let step = 0;
  return {
    async steps(n, count) {
      if (!bags.has(n)) bags.set(n, { data: noise(n * FEATURES, 1), dims: [n, FEATURES] });
      const features = bags.get(n);
      const ms = [];
      for (let i = 0; i < count; i++) {
        const start = performance.now();
        const { rate, correction } = graph.adamScalars(++step, 1e-4);
        const feeds = { features, label, rate: scalar(rate), correction: scalar(correction), ...state };
        const into = Object.fromEntries(Object.entries(spare).map(([name, place]) => [`${name}.next`, place]));
        const { loss } = await session.run(feeds, into);
        if (!Number.isFinite(loss.data[0])) throw new Error(`expected a finite loss, received ${loss.data[0]}`);
        [state, spare] = [spare, state];
        ms.push(performance.now() - start);
      }
      return ms;
    },
    close: () => session.close(),
  };
}

function stepModel() {
  const { gemm, linear, mul } = graph;
  const p = Object.fromEntries(Object.entries(SHAPES).map(([name, shape]) => [name, graph.parameter(name, shape)]));
  const features = graph.input("features", ["n", FEATURES]);
  const h = graph.relu(linear(features, p.trunk, p.trunkBias));
  const content = graph.tanh(linear(h, p.content, p.contentBias));
  const gate = graph.sigmoid(linear(h, p.gate, p.gateBias));
  const attention = graph.softmax(gemm(p.score, mul(content, gate), { transB: true, c: p.scoreBias }), 1);
  const logits = linear(gemm(attention, h), p.head, p.headBias);
  const loss = graph.crossEntropy(logits, graph.input("label", [1, CLASSES]));
  const names = Object.keys(SHAPES);
  const slopes = graph.gradients(
    loss,
    names.map((name) => p[name]),
  );
  const scalars = { rate: graph.input("rate", []), correction: graph.input("correction", []) };
  const outputs = { loss };
  names.forEach((name, i) => {
    const m = graph.parameter(`${name}.m`, SHAPES[name]);
    const v = graph.parameter(`${name}.v`, SHAPES[name]);
    const next = graph.adam(p[name], slopes[i], m, v, scalars);
    Object.assign(outputs, {
      [`${name}.next`]: next.parameter,
      [`${name}.m.next`]: next.m,
      [`${name}.v.next`]: next.v,
    });
  });
  return graph.encodeModel({ outputs, name: "train-step" });
}

function momentsOf(state) {
  return Object.fromEntries(Object.entries(state).filter(([name]) => /\.[mv]$/.test(name)));
}

function firstState() {
  const state = {};
  for (const [name, dims] of Object.entries(SHAPES)) {
    const size = dims.reduce((a, b) => a * b, 1);
    const spread = dims.length === 2 && size > 1 ? 1 / Math.sqrt(dims[0] === 1 ? dims[1] : dims[0]) : 0;
    state[name] = { data: noise(size, spread), dims };
    state[`${name}.m`] = { data: new Float32Array(size), dims };
    state[`${name}.v`] = { data: new Float32Array(size), dims };
  }
  return state;
}

/** Seeded numbers of mean 0 and about the given spread; a long bag repeats them, which costs the arithmetic nothing. */
function noise(size, spread) {
  const period = Math.min(size, 65521);
  const out = new Float32Array(size);
  let s = 12345;
  for (let i = 0; i < period; i++) {
    s = (Math.imul(s, 1664525) + 1013904223) | 0;
    out[i] = (spread * 1.7 * s) / 2147483648;
  }
  for (let i = period; i < size; i += period) out.set(out.subarray(0, Math.min(period, size - i)), i);
  return out;
}

function scalar(value) {
  return { data: Float32Array.of(value), dims: [] };
}

/** PyTorch's step in a process of its own, on the OpenMP build of OpenBLAS where Debian has it. */
async function torchStepper(python, threads) {
  const fast = "/usr/lib/x86_64-linux-gnu/openblas-openmp";
  const env = existsSync(fast) ? { ...process.env, LD_LIBRARY_PATH: fast } : process.env;
  const script = fileURLToPath(new URL("./train_step_torch.py", import.meta.url));
  const child = spawn(python, [script, String(threads)], { env, stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done)
      throw new Error("expected an answer from PyTorch, received the end of its output; is python3-torch installed?");
    return JSON.parse(value);
  };
  const about = await answer();
  return {
    about,
    async steps(n, steps) {
      child.stdin.write(`${JSON.stringify({ n, steps })}\n`);
      return (await answer()).ms;
    },
    close: () => child.stdin.end(),
    pid: child.pid,
  };
}

/** Runs a sample and tells what share of the machine other programs used meanwhile (0 where /proc is absent). */
async function watched(body) {
  const before = usage();
  const ms = await body();
  const after = usage();
  const all = after.all - before.all;
  return { ms, foreign: all > 0 ? Math.max(0, after.foreign - before.foreign) / all : 0 };
}

/** Clock ticks of the machine so far, and those of programs that are neither this one nor its children. */
function usage() {
  if (!existsSync("/proc/stat")) return { all: 0, foreign: 0 };
  const [user, nice, system, idle, wait, ...rest] = readFileSync("/proc/stat", "utf8")
    .split("\n")[0]
    .split(/\s+/)
    .slice(1)
    .map(Number);
  const all = user + nice + system + idle + wait + rest.reduce((a, b) => a + b, 0);
  return { all, foreign: all - idle - wait - ownTicks() };
}

function ownTicks() {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").split(" ").filter(Boolean);
  return ["self", ...children].reduce((sum, pid) => {
    const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, "utf8") : "";
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return sum + Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  }, 0);
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function rounded(value) {
  return Math.round(value * 1000) / 1000;
}
