/** OpenSlide in a Python process, and the interleaved comparison with it. */
import { spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { unwrap } from "@nacre/core";

const PYTHON = "/usr/bin/python3";

/** A Python process that reads what it is told, or null where OpenSlide is not installed or does not know the file. */
export async function openRival(path) {
  if (spawnSync(PYTHON, ["-c", "import openslide, numpy, PIL"]).status !== 0) return null;
  const script = fileURLToPath(new URL("./slide_openslide.py", import.meta.url));
  const child = spawn(PYTHON, [script, path], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => JSON.parse((await lines.next()).value);
  const { version } = await answer();
  return {
    version,
    /** Seconds for the job: regions as RGB, or with `target` as normalised planes of target x target px. `fresh`: opened anew, without what it remembers. */
    async readAll(size, places, { target = null, fresh = false } = {}) {
      child.stdin.write(`${JSON.stringify({ size, places, target, fresh })}\n`);
      return (await answer()).seconds;
    },
    close: () => child.stdin.end(),
  };
}

/**
 * Rates of both in alternating rounds, and ours over theirs within a round. `ours(places)` and `theirs(places)` give seconds;
 * `theirs` may be null.
 */
export async function compare({ places, rounds, ours, theirs }) {
  const rates = { ours: [], theirs: [] };
  await ours(places(1000));
  await theirs?.(places(1000));
  for (let round = 0; round < rounds; round++) {
    const now = places(round);
    const turns = [
      async () => rates.ours.push(now.length / (await ours(now))),
      async () => theirs && rates.theirs.push(now.length / (await theirs(now))),
    ];
    if (round % 2 === 1) turns.reverse();
    for (const turn of turns) await turn();
  }
  const ratios = rates.theirs.map((rate, i) => rates.ours[i] / rate).sort((a, b) => a - b);
  return {
    ours: median(rates.ours),
    openslide: theirs ? median(rates.theirs) : null,
    ratio: theirs ? { min: ratios[0], median: median(ratios), max: ratios.at(-1) } : null,
  };
}

/** Seconds to read all places as RGB. */
export async function readAll(slide, size, places) {
  const start = process.hrtime.bigint();
  for (const [x, y] of places) unwrap(await slide.read({ level: 0, x, y, width: size, height: size }));
  return Number(process.hrtime.bigint() - start) / 1e9;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}
