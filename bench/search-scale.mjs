/**
 * Search in an archive that is larger than what is compared whole: feature files are written, gathered, divided into cells, asked and opened
 * again, in one process whose memory is told. `bench -- search scale [ROWS] [NUMBERS]`. Times are of the processor.
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomStream, unwrap } from "@nacre/core";
import { coarseIndex } from "@nacre/features";
import { openVectors, readCells, rowReader, searchVectors, startsOf, writeBag, writeCells } from "@nacre/features/node";

const SLIDES = 100;
const CLUMPS = 400;
/** Directions in which a clump is long: what encoders give lies on sheets, not in balls. */
const DIRECTIONS = 4;
const QUERIES = 200;

const seconds = () => process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6;
const rounded = (value) => Math.round(value * 100) / 100;
const megabytes = (bytes) => Math.round(bytes / 1e6);

function clumpsOf(d) {
  const random = randomStream(1, "bench", "scale");
  const vector = (size) => Float32Array.from({ length: d }, () => size * random.normal());
  return Array.from({ length: CLUMPS }, () => ({
    centre: vector(1),
    along: Array.from({ length: DIRECTIONS }, () => vector(0.4)),
  }));
}

function featuresOf(clumps, slide, n, d) {
  const random = randomStream(slide, "bench", "scale", "slide");
  const features = new Float32Array(n * d);
  for (let i = 0; i < n; i++) {
    const { centre, along } = clumps[random.below(CLUMPS)];
    const sizes = along.map(() => random.normal());
    for (let j = 0; j < d; j++) {
      let value = centre[j] + random.uniform() - 0.5;
      for (let a = 0; a < DIRECTIONS; a++) value += sizes[a] * along[a][j];
      features[i * d + j] = value;
    }
  }
  return features;
}

async function writeSlides(folder, rows, d) {
  const clumps = clumpsOf(d);
  const n = Math.round(rows / SLIDES);
  const files = [];
  for (let slide = 0; slide < SLIDES; slide++) {
    const path = join(folder, `${slide}.h5`);
    const x = Int32Array.from({ length: n }, (_, i) => 224 * (i % 100));
    const y = Int32Array.from({ length: n }, (_, i) => 224 * Math.floor(i / 100));
    const bag = { n, d, features: featuresOf(clumps, slide, n, d), x, y, side: 224, space: "drawn" };
    unwrap(await writeBag(path, bag, { name: `${slide}`, mpp: 0.5, size: 224 }));
    files.push({ name: `${slide}`, path });
  }
  return files;
}

function spread(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share) => rounded(sorted[Math.floor(share * sorted.length)]);
  return { p50: at(0.5), p95: at(0.95) };
}

async function timed(work) {
  const from = seconds();
  const value = await work();
  return { value, seconds: rounded(seconds() - from) };
}

function asked(queries, search) {
  const times = [];
  const found = queries.map((query) => {
    const from = seconds();
    const alike = search(query);
    times.push(1000 * (seconds() - from));
    return alike;
  });
  return { found, milliseconds: spread(times) };
}

export async function benchSearchScale(rows = 500_000, d = 512) {
  const folder = mkdtempSync(join(tmpdir(), "nacre-scale-"));
  const result = { rows, numbers: d, rss: {} };
  const told = (when) => {
    result.rss[when] = megabytes(process.memoryUsage().rss);
    if (globalThis.gc !== undefined) globalThis.gc();
  };
  try {
    const files = await writeSlides(folder, rows, d);
    told("slides written");
    const path = join(folder, "vectors.bin");
    const members = files.map(({ name }) => ({ patient: name, site: null }));
    const gathered = await timed(async () => unwrap(await openVectors({ files, path })));
    const stored = gathered.value;
    told("vectors gathered");
    const built = await timed(() => searchVectors(stored, { members, exactNumbers: 1 }));
    const { tiles } = built.value;
    told("cells made");
    const cells = join(folder, "cells.bin");
    const kept = await timed(() => writeCells(cells, stored, built.value));
    result.files = { vectors: megabytes(statSync(path).size), cells: megabytes(statSync(cells).size) };
    const again = await timed(async () => {
      const reopened = unwrap(await openVectors({ files, path }));
      searchVectors(reopened, { members, exactNumbers: 1, cells: (starts) => readCells(cells, reopened, starts) });
      reopened.close();
    });
    result.seconds = {
      gather: gathered.seconds,
      build: built.seconds,
      keep: kept.seconds,
      reopen: again.seconds,
    };
    told("opened again beside it");
    const starts = startsOf(stored.parts, 1);
    const read = rowReader(stored, { starts, stride: 1 });
    const table = { n: stored.n, d, groups: tiles.groups, read };
    const exact = await timed(() => coarseIndex(table));
    told("exact beside both");
    const random = randomStream(2, "bench", "scale", "queries");
    const queries = Array.from({ length: QUERIES }, () => tiles.row(random.below(stored.n)));
    const truth = asked(queries, (query) => exact.value.search(query, { k: 10 }));
    const sets = truth.found.map((alike) => new Set(alike.rows.map(({ row }) => row)));
    result.exact = { seconds: exact.seconds, milliseconds: truth.milliseconds };
    result.cells = { cells: tiles.cells.centres.length / d, settled: tiles.probes, told: rounded(tiles.recall) };
    result.probes = [1, 2, 4, 8, 16, 32, 64, 128].map((probes) => {
      const { found, milliseconds } = asked(queries, (query) => tiles.searchCells(query, probes, { k: 10 }));
      const hits = found.map(({ rows: own }, q) => own.filter(({ row }) => sets[q].has(row)).length);
      return {
        probes,
        recallAt10: rounded(hits.reduce((a, b) => a + b, 0) / (10 * QUERIES)),
        compared: Math.round((1e4 * found.reduce((sum, { compared }) => sum + compared, 0)) / QUERIES / stored.n) / 1e4,
        milliseconds,
      };
    });
    const first = await timed(() =>
      unwrap(
        built.value.alike({
          like: { kind: "tile", slide: 3, x: 0, y: 0 },
          k: 20,
          otherPatients: true,
          otherSites: false,
        }),
      ),
    );
    result.firstQuestion = first.seconds;
    result.highestRss = megabytes(process.resourceUsage().maxRSS * 1024);
    stored.close();
    return result;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
