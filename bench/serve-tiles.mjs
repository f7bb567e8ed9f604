/**
 * Tiles over HTTP on loopback: the first tile of slides nobody opened, 500 tiles one after another (cold, then again), and fifty people
 * who pan for ten seconds. The service runs in a process of its own; clients and service share the machine, so a busy client costs it.
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
/** Between two moves of a hand. */
const REST_MS = 250;
const SLIDES = 50;

/** @param options.rest the folder to serve, and perhaps how many threads read */
export async function benchServeTiles({ rest: [folder, readers = "2"] }) {
  if (folder === undefined)
    throw new Error("expected a folder of slides: npm run --silent bench -- serve-tiles DIR [THREADS] --json");
  const data = mkdtempSync(join(tmpdir(), "nacre-bench-"));
  const service = fork(new URL("./serve-tiles-service.mjs", import.meta.url), [folder, data, readers]);
  try {
    const { url, startMs } = await answer(service, "started");
    const { scanMs } = await answer(service, "scanned");
    const client = clientOf(url);
    const { slides, opened } = await firstTiles(client);
    const sequence = tilesOf(slides).slice(0, SEQUENCE);
    const cold = await oneByOne(client, sequence);
    const warm = await oneByOne(client, sequence);
    const panning = await pan(client, slides);
    service.send("memory");
    const { rssMiB, pool } = await answer(service, "memory");
    return {
      folder,
      readers: Number(readers),
      startMs,
      scanMs,
      slides: slides.length,
      opened,
      cold,
      warm,
      panning,
      rssMiB,
      pool,
    };
  } finally {
    service.send("close");
    await new Promise((end) => service.once("exit", end));
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

function clientOf(url) {
  const agent = new Agent({ keepAlive: true, maxSockets: VIEWERS * CONNECTIONS });
  const bytes = (path) =>
    new Promise((resolve, reject) => {
      get(`${url}/api${path}`, { agent }, (reply) => {
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

async function pan(client, slides) {
  const times = [];
  const failures = [];
  const ends = performance.now() + SECONDS * 1000;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: VIEWERS }, (_, i) =>
      viewer(client, slides[i % slides.length], { chance: chanceOf(i), ends, times, failures }),
    ),
  );
  const seconds = (performance.now() - began) / 1000;
  return {
    viewers: VIEWERS,
    seconds,
    tiles: times.length,
    perSecond: times.length / seconds,
    failures: failures.length,
    firstFailure: failures[0] ?? null,
    ms: spread(times),
  };
}

/** Somebody who moves a view over a slide, asking for the tiles that were not there before, as a browser does. */
async function viewer(client, slide, { chance, ends, times, failures }) {
  const seen = new Set();
  let level = Math.floor(chance() * slide.levels.length);
  let [x, y] = [chance(), chance()];
  await new Promise((go) => setTimeout(go, chance() * REST_MS));
  while (performance.now() < ends) {
    const wanted = viewAt(slide, level, x, y).filter((path) => !seen.has(path));
    for (const path of wanted) seen.add(path);
    const queue = [...wanted];
    await Promise.all(
      Array.from({ length: CONNECTIONS }, async () => {
        for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
          const began = performance.now();
          const { status } = await client.bytes(path);
          times.push(performance.now() - began);
          if (status !== 200) failures.push(`${status} ${path}`);
        }
      }),
    );
    await new Promise((go) => setTimeout(go, REST_MS));
    if (chance() < 0.2) level = Math.floor(chance() * slide.levels.length);
    [x, y] = [step(x, chance), step(y, chance)];
  }
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
