/**
 * Tiles over HTTP on loopback: the first tile of slides nobody opened, 500 tiles one after another (cold, then again), and fifty people
 * who pan for ten seconds over slides whose blocks nobody asked for yet. The service runs in a process of its own; clients and service
 * share the machine, so a busy client costs it. What was asked for stands beside the times: they mean nothing without it.
 */
import { fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

const VIEWERS = 50;
const SECONDS = 10;
const SEQUENCE = 500;
const FIRST = 8;
/** What a view asks for at once, and how many connections a browser holds. */
const VIEW = { columns: 5, rows: 4 };
const CONNECTIONS = 6;
/** Between the beginnings of two moves of a hand, seconds, give or take a quarter; whoever still waits for a field does not move on. */
const EVERY_S = 1;
const SLIDES = 50;

/** @param options.rest the folder to serve, and perhaps how many threads read and how many seconds lie between two moves */
export async function benchServeTiles({ rest: [folder, readers = "2", every = String(EVERY_S)] }) {
  if (folder === undefined)
    throw new Error(
      "expected a folder of slides: npm run --silent bench -- serve-tiles DIR [THREADS [SECONDS]] --json",
    );
  const alone = await measured(folder, readers, async (client, { slides, opened }) => {
    const sequence = tilesOf(slides).slice(0, SEQUENCE);
    return {
      slides: slides.length,
      opened,
      cold: await oneByOne(client, sequence),
      warm: await oneByOne(client, sequence),
    };
  });
  // A service that remembers nothing of what was read one by one.
  const together = await measured(folder, readers, async (client, { slides }, service) => ({
    panning: await pan(client, slides, Number(every), service),
  }));
  return { folder, readers: Number(readers), ...alone, ...together };
}

/** A fresh service, measured by `act` after every slide was opened once. */
async function measured(folder, readers, act) {
  const data = mkdtempSync(join(tmpdir(), "nacre-bench-"));
  const child = fork(new URL("./serve-tiles-service.mjs", import.meta.url), [folder, data, readers, String(VIEWERS)]);
  const service = async () => {
    child.send("memory");
    return answer(child, "memory");
  };
  try {
    const { url, startMs, tokens } = await answer(child, "started");
    const { scanMs } = await answer(child, "scanned");
    const client = clientOf(url, tokens);
    const result = await act(client, await firstTiles(client), service);
    const { rssMiB, pool } = await service();
    return { startMs, scanMs, ...result, rssMiB, pool };
  } finally {
    child.send("close");
    await new Promise((end) => child.once("exit", end));
    rmSync(data, { recursive: true, force: true });
  }
}

function answer(service, kind) {
  return new Promise((resolve, reject) => {
    const hear = (message) => {
      if (message.kind !== kind) return;
      service.off("message", hear);
      resolve(message);
    };
    service.on("message", hear);
    service.once("exit", (code) => reject(new Error(`the service ended with ${code}`)));
  });
}

/** Requests of the first person, or of the one whose number is given. */
function clientOf(url, tokens) {
  const agent = new Agent({ keepAlive: true, maxSockets: VIEWERS * CONNECTIONS });
  const bytes = (path, person = 0) =>
    new Promise((resolve, reject) => {
      get(`${url}/api${path}`, { agent, headers: { authorization: `Bearer ${tokens[person]}` } }, (reply) => {
        const parts = [];
        reply.on("data", (part) => parts.push(part));
        reply.on("end", () => resolve({ status: reply.statusCode, body: Buffer.concat(parts) }));
        reply.on("error", reject);
      }).on("error", reject);
    });
  return { bytes, json: async (path) => JSON.parse((await bytes(path)).body.toString()) };
}

/** Facts and the first tile of slides that nobody opened before. */
async function firstTiles(client) {
  const { rows } = await client.json(`/slides?limit=${SLIDES}`);
  const slides = [];
  const facts = [];
  const tiles = [];
  for (const { key } of rows) {
    const began = performance.now();
    const slide = await client.json(`/slides/${key}`);
    if (slide.error !== undefined) continue;
    const told = performance.now();
    const coarsest = slide.levels.length - 1;
    await client.bytes(`/slides/${key}/tiles/${slide.version}/${coarsest}/0/0`);
    if (slides.length < FIRST) {
      facts.push(told - began);
      tiles.push(performance.now() - began);
    }
    slides.push(slide);
  }
  return { slides, opened: { factsMs: spread(facts), factsAndTileMs: spread(tiles) } };
}

/** Tiles of all slides and levels, in an order that jumps about, always the same. */
function tilesOf(slides) {
  const paths = [];
  for (const slide of slides) {
    slide.levels.forEach((level, index) => {
      const columns = Math.ceil(level.width / level.blockWidth);
      const rows = Math.ceil(level.height / level.blockHeight);
      for (let i = 0; i < columns * rows && i < 2000; i++)
        paths.push(pathOf(slide, index, i % columns, Math.floor(i / columns)));
    });
  }
  const chance = chanceOf(7);
  for (let i = paths.length - 1; i > 0; i--) {
    const j = Math.floor(chance() * (i + 1));
    [paths[i], paths[j]] = [paths[j], paths[i]];
  }
  return paths;
}

const pathOf = ({ key, version }, level, column, row) => `/slides/${key}/tiles/${version}/${level}/${column}/${row}`;

async function oneByOne(client, paths) {
  const times = [];
  let bytes = 0;
  for (const path of paths) {
    const began = performance.now();
    const { status, body } = await client.bytes(path);
    if (status !== 200) throw new Error(`${path}: ${status} ${body}`);
    times.push(performance.now() - began);
    bytes += body.length;
  }
  return { tiles: times.length, meanBytes: Math.round(bytes / times.length), ms: spread(times) };
}

/** Milliseconds, and what was asked for: a service that is asked for little is quick. */
async function pan(client, slides, everyS, service) {
  const seen = { tiles: [], fields: [], failures: [], distinct: new Set(), bytes: 0 };
  const before = await service();
  const began = performance.now();
  const ends = began + SECONDS * 1000;
  await Promise.all(
    Array.from({ length: VIEWERS }, (_, i) =>
      viewer(client, slides, { person: i, chance: chanceOf(i), everyMs: everyS * 1000, ends, seen }),
    ),
  );
  const seconds = (performance.now() - began) / 1000;
  const after = await service();
  const { tiles, fields, failures, distinct, bytes } = seen;
  return {
    offered: {
      viewers: VIEWERS,
      slides: slides.length,
      secondsBetweenMoves: everyS,
      seconds: Number(seconds.toFixed(2)),
      fields: fields.length,
      fieldsPerSecond: Number((fields.length / seconds).toFixed(1)),
      tiles: tiles.length,
      tilesPerSecond: Number((tiles.length / seconds).toFixed(1)),
      distinctTiles: distinct.size,
      meanBytes: Math.round(bytes / tiles.length),
    },
    failures: failures.length,
    firstFailure: failures[0] ?? null,
    tileMs: spread(tiles),
    fieldMs: spread(fields),
    serviceProcessorS: Number((after.processorS - before.processorS).toFixed(2)),
  };
}

/** Somebody who moves a view over a slide, asking for the tiles that were not there before, as a browser does; who finds nothing new takes the next slide. */
async function viewer(client, slides, { person, chance, everyMs, ends, seen }) {
  const had = new Set();
  let at = person;
  let slide = slides[at % slides.length];
  let level = Math.floor(chance() * slide.levels.length);
  let [x, y] = [chance(), chance()];
  let next = performance.now() + chance() * everyMs;
  while (next < ends) {
    await new Promise((go) => setTimeout(go, next - performance.now()));
    const moved = performance.now();
    const wanted = viewAt(slide, level, x, y).filter((path) => !had.has(path));
    for (const path of wanted) had.add(path);
    await fieldOf((path) => client.bytes(path, person), wanted, seen);
    if (wanted.length > 0) seen.fields.push(performance.now() - moved);
    if (wanted.length > 0 || chance() < 0.2)
      next = Math.max(performance.now(), moved + everyMs * (0.75 + chance() / 2));
    if (wanted.length === 0) slide = slides[++at % slides.length];
    if (wanted.length === 0 || chance() < 0.2) level = Math.floor(chance() * slide.levels.length);
    [x, y] = [step(x, chance), step(y, chance)];
  }
}

async function fieldOf(bytes, wanted, seen) {
  const queue = [...wanted];
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
        const began = performance.now();
        const { status, body } = await bytes(path);
        seen.tiles.push(performance.now() - began);
        seen.distinct.add(path);
        seen.bytes += body.length;
        if (status !== 200) seen.failures.push(`${status} ${path}`);
      }
    }),
  );
}

const step = (at, chance) => Math.min(1, Math.max(0, at + (chance() - 0.5) * 0.3));

function viewAt(slide, index, x, y) {
  const level = slide.levels[index];
  const columns = Math.ceil(level.width / level.blockWidth);
  const rows = Math.ceil(level.height / level.blockHeight);
  const left = Math.floor(x * Math.max(0, columns - VIEW.columns));
  const top = Math.floor(y * Math.max(0, rows - VIEW.rows));
  const paths = [];
  for (let row = top; row < Math.min(rows, top + VIEW.rows); row++)
    for (let column = left; column < Math.min(columns, left + VIEW.columns); column++)
      paths.push(pathOf(slide, index, column, row));
  return paths;
}

function spread(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share) =>
    Number((sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(2));
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

/** Chance with a seed (mulberry32): every run pans the same way. */
function chanceOf(seed) {
  let state = (seed + 1) * 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
