/**
 * Search and the embedding map on made vectors: one query against all (100,000 of 1,024), many queries, cells with their recall beside the
 * exact answer, maps of 5,000, 20,000 and 100,000 points. `bench -- search [ROWS] [NUMBERS]`; `bench -- search scale` is search-scale.mjs.
 */

import { randomStream } from "@nacre/core";
import { cellIndex, coarseIndex, embeddingMap, vectorIndex } from "@nacre/features";

const CLUMPS = 200;

/** Rows in clumps: what encoders give is no cloud of chance. */
function tableOf(n, d) {
  const random = randomStream(1, "bench", "search");
  const centres = Array.from({ length: CLUMPS }, () => Float32Array.from({ length: d }, () => random.normal()));
  const rows = new Float32Array(n * d);
  for (let i = 0; i < n; i++) {
    const centre = centres[i % CLUMPS];
    for (let j = 0; j < d; j++) rows[i * d + j] = centre[j] + (random.uniform() + random.uniform() - 1) * 2;
  }
  return {
    n,
    d,
    groups: Int32Array.from({ length: n }, (_, i) => Math.floor(i / 150)),
    read: (i, into) => into.set(rows.subarray(i * d, (i + 1) * d)),
    row: (i) => rows.slice(i * d, (i + 1) * d),
  };
}

async function timed(work) {
  const from = performance.now();
  const value = await work();
  return { ms: performance.now() - from, value };
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const rounded = (value) => Math.round(value * 100) / 100;

export async function benchSearch({ rest = [] } = {}) {
  if (rest[0] === "scale") {
    const { benchSearchScale } = await import("./search-scale.mjs");
    return benchSearchScale(...rest.slice(1, 3).map(Number));
  }
  const n = Number(rest[0] ?? 100_000);
  const d = Number(rest[1] ?? 1024);
  const table = tableOf(n, d);
  const queries = Array.from({ length: 32 }, (_, i) => table.row(Math.floor((i * n) / 32)));
  const options = { k: 20, perGroup: 3, accept: (group) => group !== 0 };
  const plain = await timed(() => vectorIndex(table));
  const exact = await timed(() => coarseIndex(table));
  const times = { plain: [], coarse: [] };
  let same = 0;
  for (const query of queries) {
    const whole = await timed(() => plain.value.search(query, options));
    const coarse = await timed(() => exact.value.search(query, options));
    times.plain.push(whole.ms);
    times.coarse.push(coarse.ms);
    if (JSON.stringify(whole.value) === JSON.stringify(coarse.value)) same++;
  }
  const many = await timed(() => exact.value.searchMany(queries, () => options));
  const manyPlain = await timed(() => plain.value.searchMany(queries, () => options));
  const truths = exact.value.searchMany(queries, () => ({ k: 10 }));
  const told = (build, own, batch) => ({
    build: rounded(build.ms),
    query: rounded(median(own)),
    worst: rounded(Math.max(...own)),
    ofMany: rounded(batch.ms / 32),
  });
  const result = {
    rows: n,
    numbers: d,
    exact: told(exact, times.coarse, many),
    inFull: told(plain, times.plain, manyPlain),
    sameAnswers: `${same} of 32`,
  };
  const cells = await timed(() => cellIndex(table));
  const cellTimes = [];
  let found = 0;
  let compared = 0;
  queries.forEach((query, q) => {
    const from = performance.now();
    const alike = cells.value.search(query, { k: 10 });
    cellTimes.push(performance.now() - from);
    compared += alike.compared / n / 32;
    const truth = new Set(truths[q].rows.map(({ row }) => row));
    found += alike.rows.filter(({ row }) => truth.has(row)).length;
  });
  result.cells = {
    build: rounded(cells.ms),
    query: rounded(median(cellTimes)),
    cells: cells.value.cells.centres.length / d,
    probes: cells.value.probes,
    compared: rounded(compared),
    recallAt10: found / 320,
    recallToldByIndex: rounded(cells.value.recall),
  };
  for (const points of [5000, 20_000, 100_000]) {
    if (points > n) continue;
    const map = await timed(() => embeddingMap({ n: points, d, read: table.read }));
    result[`map of ${points}`] = { seconds: rounded(map.ms / 1000), method: map.value.method };
  }
  return result;
}
