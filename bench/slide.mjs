/**
 * Region reads and the tile path, beside OpenSlide where Debian's python3-openslide is installed. Both read the same
 * places of the same file in alternating rounds, one thread each, RGB demanded of both, new places every round.
 * Rates are regions a second; ratios are ours to OpenSlide's within a round.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { randomStream, unwrap } from "@nacre/core";
import { decoderReport, openSlideFile } from "@nacre/imaging/node";
import { BLOCK, writeBenchSlide } from "./slide-file.mjs";

const PYTHON = "/usr/bin/python3";
const COLUMNS = 84;
const ROUNDS = 9;

/** Runs the whole comparison in about half a minute. `ratio` is null where OpenSlide is not installed. */
export async function benchSlide() {
  const folder = mkdtempSync(join(tmpdir(), "nacre-bench-"));
  try {
    const path = join(folder, "bench.svs");
    const file = await writeBenchSlide(path, COLUMNS);
    const slide = unwrap(await openSlideFile(path));
    const rival = await openRival(path);
    const rates = {};
    for (const [name, { size, places }] of Object.entries(jobs(file.side))) {
      rates[name] = await compare(slide, rival, size, places);
    }
    slide.close();
    rival?.close();
    return {
      available: rival !== null,
      openslide: rival?.version ?? null,
      decoder: await decoderReport(),
      slide: { side: file.side, block: BLOCK, bytesPerBlock: file.bytesPerTile, sampling: "4:2:0", quality: 80 },
      rounds: ROUNDS,
      ...rates,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What is read: places of a round, made from its number. */
function jobs(side) {
  const random = (size, n) => (round) => {
    const chance = randomStream(round, "bench", "slide", size);
    return Array.from({ length: n }, () => [chance.below(side - size), chance.below(side - size)]);
  };
  const native = (round) => {
    const row = (round * 7) % COLUMNS;
    return Array.from({ length: 3 * COLUMNS }, (_, i) => [
      (i % COLUMNS) * BLOCK,
      ((row + Math.floor(i / COLUMNS)) % COLUMNS) * BLOCK,
    ]);
  };
  const grid = (size) => (round) => {
    const across = Math.floor((side - 1) / size);
    const down = Math.floor(side / size);
    return Array.from({ length: 4 * across }, (_, i) => [
      1 + (i % across) * size,
      ((round * 9 + Math.floor(i / across)) % down) * size,
    ]);
  };
  return {
    random256: { size: 256, places: random(256, 200) },
    random512: { size: 512, places: random(512, 60) },
    stream240: { size: BLOCK, places: native },
    tiles: { size: 256, places: grid(256) },
  };
}

async function compare(slide, rival, size, places) {
  const ours = [];
  const theirs = [];
  await readAll(slide, size, places(1000));
  for (let round = 0; round < ROUNDS; round++) {
    const now = places(round);
    const turns = [
      async () => ours.push(now.length / (await readAll(slide, size, now))),
      async () => rival && theirs.push(now.length / (await rival.readAll(size, now))),
    ];
    if (round % 2 === 1) turns.reverse();
    for (const turn of turns) await turn();
  }
  const ratios = theirs.map((rate, i) => ours[i] / rate).sort((a, b) => a - b);
  return {
    ours: median(ours),
    openslide: rival ? median(theirs) : null,
    ratio: rival ? { min: ratios[0], median: median(ratios), max: ratios.at(-1) } : null,
  };
}

async function readAll(slide, size, places) {
  const start = process.hrtime.bigint();
  for (const [x, y] of places) unwrap(await slide.read({ level: 0, x, y, width: size, height: size }));
  return Number(process.hrtime.bigint() - start) / 1e9;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/** A Python process that reads what it is told, or null where OpenSlide is not installed. */
async function openRival(path) {
  if (spawnSync(PYTHON, ["-c", "import openslide, numpy"]).status !== 0) return null;
  const script = fileURLToPath(new URL("./slide_openslide.py", import.meta.url));
  const child = spawn(PYTHON, [script, path], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => JSON.parse((await lines.next()).value);
  const { version } = await answer();
  return {
    version,
    async readAll(size, places) {
      child.stdin.write(`${JSON.stringify({ size, places })}\n`);
      return (await answer()).seconds;
    },
    close: () => child.stdin.end(),
  };
}
