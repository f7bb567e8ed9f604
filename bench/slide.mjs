/**
 * Reading slides, beside OpenSlide where Debian's python3-openslide is installed. Both read the same places of the same
 * file in alternating rounds, one thread each, RGB demanded of both, new places every round. Rates are regions a second;
 * ratios are ours to OpenSlide's within a round. Without a rival: workers, opening, memory.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { randomStream, unwrap } from "@nacre/core";
import { decoderReport, openSlideFile } from "@nacre/imaging/node";
import { benchOpening, benchSweep, benchWorkers } from "./slide-alone.mjs";
import { BLOCK, writeBenchSlide } from "./slide-file.mjs";
import { benchPlanes } from "./slide-planes.mjs";
import { compare, openRival, readAll } from "./slide-rival.mjs";

const COLUMNS = 84;
const ROUNDS = 9;
/** Real files, where the data folder is. A format that we cannot write must be timed on one. */
const REAL = {
  jpeg2000: { file: "TCGA-CR-7395-01A-01-TS1.svs", size: 256, n: 24 },
  ndpi: { file: "test3-DAPI-2-387.ndpi", size: 256, n: 40 },
};
const DATA = fileURLToPath(new URL("../../shared/data/slides/", import.meta.url));

/** Runs all of it in about two minutes, or the jobs that are named. `ratio` is null where OpenSlide is not installed. */
export async function benchSlide({ rest = [] } = {}) {
  const isWanted = (name) => rest.length === 0 || rest.includes(name);
  const folder = mkdtempSync(join(tmpdir(), "nacre-bench-"));
  try {
    const path = join(folder, "bench.svs");
    const file = await writeBenchSlide(path, COLUMNS);
    const rival = await openRival(path);
    const results = {};
    for (const [name, job] of Object.entries(regionJobs(file.side))) {
      if (isWanted(name)) results[name] = await regions(path, rival, job);
    }
    if (isWanted("planes")) results.planes = await benchPlanes(path, rival, file.side, ROUNDS);
    rival?.close();
    for (const [name, job] of Object.entries(REAL)) if (isWanted(name)) results[name] = await realFile(job);
    if (isWanted("workers")) results.workers = await benchWorkers(path, file.side);
    if (isWanted("opening")) results.opening = await benchOpening(join(folder, "wide.svs"));
    if (isWanted("sweep")) results.sweep = await benchSweep(path, file.side);
    return {
      available: rival !== null,
      openslide: rival?.version ?? null,
      decoder: await decoderReport(),
      slide: { side: file.side, block: BLOCK, bytesPerBlock: file.bytesPerTile, sampling: "4:2:0", quality: 80 },
      rounds: ROUNDS,
      ...results,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What is read: places of a round, made from its number. */
function regionJobs(side) {
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
    random256: { size: 256, places: random(side, side, 256, 200) },
    random512: { size: 512, places: random(side, side, 512, 60) },
    stream240: { size: BLOCK, places: native },
    tiles: { size: 256, places: grid(256) },
  };
}

const random = (width, height, size, n) => (round) => {
  const chance = randomStream(round, "bench", "slide", size);
  return Array.from({ length: n }, () => [chance.below(width - size), chance.below(height - size)]);
};

async function regions(path, rival, { size, places }) {
  const slide = unwrap(await openSlideFile(path));
  const ours = (now) => readAll(slide, size, now);
  const theirs = rival && ((now) => rival.readAll(size, now));
  const result = await compare({ places, rounds: ROUNDS, ours, theirs });
  slide.close();
  return result;
}

/** Random regions of a real slide, both opened anew each round; null where it is not there. */
async function realFile({ file, size, n }) {
  const path = DATA + file;
  if (!existsSync(path)) return null;
  const slide = unwrap(await openSlideFile(path));
  const { width, height } = slide.info;
  slide.close();
  const rival = await openRival(path);
  // small files: both would soon read from memory
  const ours = async (now) => {
    const fresh = unwrap(await openSlideFile(path));
    const seconds = await readAll(fresh, size, now);
    fresh.close();
    return seconds;
  };
  const theirs = rival && ((now) => rival.readAll(size, now, { fresh: true }));
  const result = await compare({ places: random(width, height, size, n), rounds: ROUNDS, ours, theirs });
  rival?.close();
  return { file, ...result };
}
