/** What is measured without a rival: two workers beside one, opening a very wide slide, memory over a whole slide. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { randomStream, unwrap } from "@nacre/core";
import { openSlideFile } from "@nacre/imaging/node";
import { writeBenchSlide } from "./slide-file.mjs";
import { median, readAll } from "./slide-rival.mjs";

const SIZE = 256;
const N = 300;

/** Regions a second of one worker and of two side by side, each with its own handle, in alternating rounds. */
export async function benchWorkers(path, side, rounds = 5) {
  const workers = await Promise.all([openWorker(path), openWorker(path)]);
  const rate = async (n, round) => {
    const start = process.hrtime.bigint();
    await Promise.all(workers.slice(0, n).map((worker, i) => worker.run(places(side, round * 2 + i))));
    return (n * N) / (Number(process.hrtime.bigint() - start) / 1e9);
  };
  await rate(2, 1000);
  const ratios = [];
  const rates = { one: [], two: [] };
  for (let round = 0; round < rounds; round++) {
    const one = await rate(1, 2 * round);
    const two = await rate(2, 2 * round + 1);
    rates.one.push(one);
    rates.two.push(two);
    ratios.push(two / one);
  }
  await Promise.all(workers.map((worker) => worker.end()));
  ratios.sort((a, b) => a - b);
  return {
    one: median(rates.one),
    two: median(rates.two),
    ratio: { min: ratios[0], median: median(ratios), max: ratios.at(-1) },
  };
}

function places(side, round) {
  const chance = randomStream(round, "bench", "workers");
  return Array.from({ length: N }, () => [chance.below(side - SIZE), chance.below(side - SIZE)]);
}

async function openWorker(path) {
  const worker = new Worker(new URL("./slide-worker.mjs", import.meta.url), { workerData: { path, size: SIZE } });
  const answer = () => once(worker, "message");
  await answer();
  return {
    run(now) {
      const done = answer();
      worker.postMessage(now);
      return done;
    },
    end: () => worker.terminate(),
  };
}

/** Milliseconds from the path of a slide of 100,080 px a side to its first tile. The decoder is loaded already, the file is warm. */
export async function benchOpening(path, rounds = 9) {
  const { side } = await writeBenchSlide(path, 417, true);
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const start = process.hrtime.bigint();
    const slide = unwrap(await openSlideFile(path));
    unwrap(await slide.read({ level: 0, x: 5000 * round + 7, y: side - 9000, width: SIZE, height: SIZE }));
    times.push(Number(process.hrtime.bigint() - start) / 1e6);
    slide.close();
  }
  return { side, firstMs: times[0], medianMs: median(times), worstMs: Math.max(...times) };
}

/** Resident memory at the quarters of a sweep over all tiles of a slide, in MiB. */
export async function benchSweep(path, side) {
  const slide = unwrap(await openSlideFile(path));
  const rows = Math.floor(side / SIZE);
  const marks = [];
  for (let row = 0; row < rows; row++) {
    await readAll(
      slide,
      SIZE,
      Array.from({ length: rows }, (_, column) => [column * SIZE, row * SIZE]),
    );
    if ((row + 1) % Math.floor(rows / 4) === 0) marks.push(Math.round(process.memoryUsage().rss / 2 ** 20));
  }
  slide.close();
  return { tiles: rows * rows, rssMiB: marks.slice(0, 4) };
}
