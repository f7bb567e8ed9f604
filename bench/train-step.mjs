/**
 * How long one training step takes: gated attention (1,024 features, 512 hidden, 256 attention, two classes), cross-entropy,
 * Adam, forward and backward and update, two threads: the very step of `fit`, without dropout. With `compare`, the same step in
 * PyTorch is timed in turns with ours, one long-lived process each, and the ratio of each round is reported: on a shared machine
 * only ratios taken side by side mean something. Rounds during which other programs used the processors are counted and left out.
 * Then the largest memory of a fresh process on each side, bag and libraries included, for each size.
 */
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A round counts when other programs took less than this share of the machine. */
const QUIET = 0.12;

/**
 * Medians in milliseconds under "1000", "4000", "16000" (with `compare` "64000" too); with `compare` also `ratio`, each {min,
 * median, max, rounds}, what it was compared with, and `memory`: {ours, theirs, ratio} in megabytes.
 */
export async function benchTrainStep({
  compare = false,
  threads = 2,
  sizes = compare ? [1000, 4000, 16000, 64000] : [1000, 4000, 16000],
  rounds = compare ? 8 : 5,
  python = "/usr/bin/python3",
} = {}) {
  const openSides = async () => ({
    ours: await stepper(process.execPath, "./train-step-nacre.mjs", threads),
    ...(compare ? { theirs: await stepper(python, "./train_step_torch.py", threads, fastBlas()) } : {}),
  });
  const sides = await openSides();
  const samples = new Map(sizes.map((n) => [n, []]));
  for (const n of sizes) for (const side of Object.values(sides)) await side.steps(n, 2);
  // Loud rounds are made up for by further ones, three for one at most.
  for (let round = 0; round < 4 * rounds; round++) {
    for (const n of sizes) {
      const isEnough = samples.get(n).filter(isQuiet).length >= rounds;
      if (!isEnough) samples.get(n).push(await oneRound(sides, n, round));
    }
  }
  for (const side of Object.values(sides)) side.close();
  const each = (tell) => Object.fromEntries(sizes.map((n) => [String(n), tell(samples.get(n))]));
  const result = each((all) => rounded(median(quietOnes(all).map((s) => s.ours))));
  if (!compare) return result;
  const memory = {};
  for (const n of sizes) memory[n] = await peaks(await openSides(), n);
  return {
    ...result,
    torch: each((all) => rounded(median(quietOnes(all).map((s) => s.theirs)))),
    ratio: each(ratioOf),
    memory,
    against: sides.theirs.about,
    machine: { processor: cpus()[0]?.model ?? "unknown", cores: availableParallelism(), node: process.version },
  };
}

/** Largest resident memory of each side after three steps on one bag, in megabytes. */
async function peaks(sides, n) {
  const found = {};
  for (const [name, side] of Object.entries(sides)) {
    await side.steps(n, 3);
    found[name] = side.peak();
    side.close();
  }
  return { ...found, ratio: rounded(found.ours / found.theirs) };
}

/** Median times of one side after the other, the first side changing each round, and the larger share others took. */
async function oneRound(sides, n, round) {
  const steps = Math.max(3, Math.round(20_000 / n));
  const inTurn = Object.entries(sides);
  const sample = { foreign: 0 };
  for (const [name, side] of round % 2 === 1 ? inTurn.reverse() : inTurn) {
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

/** One side in a process of its own, which answers a line {"n": tiles, "steps": count} with {"ms": [...]}. */
async function stepper(program, script, threads, env = {}) {
  const file = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(program, [file, String(threads)], {
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done)
      throw new Error(`expected an answer of ${script}, received the end of its output; is what it needs installed?`);
    return JSON.parse(value);
  };
  const about = await answer();
  return {
    about,
    async steps(n, steps) {
      child.stdin.write(`${JSON.stringify({ n, steps })}\n`);
      return (await answer()).ms;
    },
    peak() {
      const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
      return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024);
    },
    close: () => child.stdin.end(),
  };
}

/** The OpenMP build of OpenBLAS, where Debian has it: PyTorch's default there is several times slower. */
function fastBlas() {
  const path = "/usr/lib/x86_64-linux-gnu/openblas-openmp";
  return existsSync(path) ? { LD_LIBRARY_PATH: path } : {};
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
