/**
 * Three workers at a PostgreSQL: one is killed, one is cut off for a while, the database restarts. Every output must be there once and whole.
 * A page is watched all along (workers-page.mjs; `--shots=FOLDER` pictures it). Then the same work with one worker and with two, for the ratio, on slides of another side, in pixels.
 * `workers SLIDES CUT_SECONDS SLIDES_OF_THE_RATIO SIDE_OF_THE_RATIO` (2000, 60, 200, 512; 0: leave that half out).
 */
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openQueue, openStore, unitsOfRun } from "../apps/server/dist/index.js";
import { readStudy } from "../packages/pipeline/dist/index.js";
import { rateAlone } from "./workers-alone.mjs";
import { startWay } from "./workers-network.mjs";
import { startPage } from "./workers-page.mjs";
import { startPostgres } from "./workers-postgres.mjs";
import { processorSeconds } from "./workers-processor.mjs";
import { manySlides, unsoundSlides } from "./workers-slides.mjs";

const NACRE = fileURLToPath(new URL("../apps/cli/bin/nacre.mjs", import.meta.url));
const SIDE = 512;
const RUN = "00000000000000d1";

export async function benchWorkers({ rest }) {
  const [slides = 2000, cutSeconds = 60, ratioSlides = 200, ratioSide = SIDE] = rest.map(Number);
  const postgres = await startPostgres();
  if (postgres === null) return { skipped: "no PostgreSQL in /usr/lib/postgresql" };
  const way = await startWay(postgres.port);
  const workers = [];
  const store = unwrap(await openStore({ folder: "", url: postgres.url() }));
  const queue = openQueue({ store, heartbeatSeconds: 10, superviseSeconds: 2 });
  const pages = [];
  const at = { postgres, way, store, queue, workers, pages };
  try {
    const disaster =
      slides === 0 ? {} : await withSlides(at, slides, SIDE, (all) => throughDisaster(all, { slides, cutSeconds }));
    say(JSON.stringify(disaster));
    if (ratioSlides === 0) return disaster;
    return {
      ...disaster,
      ...(await withSlides(at, ratioSlides, ratioSide, (all) => ratio(all, ratioSlides, ratioSide))),
    };
  } finally {
    for (const { child } of workers) child.kill("SIGKILL");
    for (const page of pages) await page.close();
    await queue.close();
    await store.close();
    way.close();
    postgres.remove();
  }
}

async function withSlides(at, n, side, measure) {
  const many = await manySlides(n, side);
  try {
    return await measure({ ...at, many, study: unwrap(readStudy(many.study)) });
  } finally {
    many.remove();
  }
}

async function throughDisaster(at, { slides, cutSeconds }) {
  const { postgres, way, many, queue, workers } = at;
  const out = join(many.folder, "disaster");
  const names = many.slides.slice(0, slides);
  const done = async () => (await queue.status(RUN).catch(() => null))?.counts.done ?? null;
  // A run without a folder has no page.
  mkdirSync(out);
  const page = await startPage({
    ...{ nacre: NACRE, databaseUrl: postgres.url(), folder: many.folder, store: at.store },
    ...{ run: RUN, slides, truth: done },
  });
  at.pages.push(page);
  const began = performance.now();
  const units = await enqueue(at, { out, names, run: RUN });
  const near = () => startWorker(postgres.url());
  workers.push(near(), near(), startWorker(postgres.url(way.port, way.host), way.within));
  const [killed, ...others] = workers;
  const share = (of) => Math.max(2, Math.floor(slides * of));
  await until("a tenth", async () => (await done()) >= share(0.1), workers);
  killed.child.kill("SIGKILL");
  way.cut();
  say(`one worker killed, one cut off (${way.kind})`);
  const mended = pause(cutSeconds * 1000).then(() => {
    way.mend();
    say("mended");
  });
  await Promise.race([until("a third", async () => (await done()) >= share(0.33), workers), mended]);
  postgres.stop();
  await pause(1000);
  await postgres.start();
  say("the database restarted");
  await mended;
  await until("all", async () => (await done()) === slides, others);
  const seconds = (performance.now() - began) / 1000;
  const { counts } = await queue.status(RUN);
  const told = await page.ended();
  const ends = await stopAll(others);
  const files = readdirSync(join(out, "features")).sort();
  const unsound = await unsoundSlides(out, names);
  return {
    slides,
    cutBy: way.kind,
    enqueued: units,
    seconds,
    counts,
    files: files.length,
    extra: files.filter((file) => !names.includes(file.replace(/\.h5$/, ""))),
    unsound,
    workersEnded: ends.map(({ code }) => code),
    ...told,
    workersToldOfTheDatabase: ends.filter(({ stderr }) => stderr.includes("the database is away")).length,
  };
}

/** The same slides with one worker and with two, in turns; each worker is up before the clock starts. */
async function ratio(at, slides, side) {
  const rates = { one: [], two: [] };
  const processorMs = { one: { workers: [], database: [] }, two: { workers: [], database: [] } };
  for (const [round, name] of ["one", "two", "two", "one"].entries()) {
    const out = join(at.many.folder, `ratio-${round}`);
    const run = `00000000000000a${round}`;
    const started = Array.from({ length: name === "one" ? 1 : 2 }, () => startWorker(at.postgres.url()));
    at.workers.push(...started);
    await until("workers", async () => started.every(({ stderr }) => stderr.includes("at a time")), started);
    // Threads and caches: a few slides nobody counts.
    await enqueue(at, { out: `${out}-warm`, names: at.many.slides.slice(0, 4), run: `${run.slice(0, -2)}b${round}` });
    await pause(3000);
    const used = () => ({
      workers: sum(started.map(({ child }) => processorSeconds(child.pid))),
      database: processorSeconds(at.postgres.pid(), { children: true }),
    });
    const before = used();
    const began = Date.now();
    await enqueue(at, { out, names: at.many.slides.slice(0, slides), run });
    // Seldom, since who asks uses the cores too; the last end is read off its row.
    await until("all", async () => (await at.queue.status(run)).counts.done === slides, started, 1000);
    rates[name].push(slides / (((await lastEnd(at, run)) - began) / 1000));
    const after = used();
    for (const part of ["workers", "database"])
      processorMs[name][part].push((1000 * (after[part] - before[part])) / slides);
    await stopAll(started);
  }
  const withoutQueue = { one: [], two: [] };
  for (const [round, name] of ["one", "two", "two", "one"].entries())
    withoutQueue[name].push(await rateAlone({ many: at.many, slides }, name === "one" ? 1 : 2, round));
  const ratioOf = ({ one, two }) => Math.max(...two) / Math.max(...one);
  return {
    ratioSlides: slides,
    side,
    slidesASecond: rates,
    ratio: ratioOf(rates),
    /** What the machine gives two processes that need no queue. */
    withoutQueue,
    ratioWithoutQueue: ratioOf(withoutQueue),
    /** Of the processor, for each slide: no two workers do more than the cores over their sum. */
    processorMs,
  };
}

async function lastEnd({ store }, run) {
  const rows = await store.db.selectFrom("unit").select("updated").where("run", "=", run).execute();
  return Math.max(...rows.map(({ updated }) => updated.getTime()));
}

async function enqueue({ queue, study }, { out, names, run }) {
  const units = unwrap(await unitsOfRun(run, { study, out }));
  const wanted = new Set(names);
  return queue.enqueue(units.filter(({ slide }) => wanted.has(slide)));
}

function startWorker(url, within = []) {
  const [command, ...args] = [...within, process.execPath, NACRE, "worker", "--json"];
  const child = spawn(command, args, {
    env: { ...process.env, DATABASE_URL: url },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const worker = { child, stderr: "", code: undefined };
  child.stderr.on("data", (text) => {
    worker.stderr += text.toString();
    if (process.env.NACRE_BENCH_LOG) process.stderr.write(`${child.pid}: ${text}`);
  });
  worker.ended = new Promise((end) =>
    child.once("close", (code) => {
      worker.code = code;
      end({ code, stderr: worker.stderr });
    }),
  );
  return worker;
}

function stopAll(workers) {
  for (const { child } of workers) child.kill("SIGTERM");
  return Promise.all(workers.map(({ ended }) => ended));
}

/** Waits; a worker that leaves meanwhile, unless it was killed, is the end of the measurement. */
async function until(what, holds, workers, stepMs = 250) {
  const end = performance.now() + 1_800_000;
  while (!(await holds())) {
    const gone = workers.find(({ code, child }) => code !== undefined && child.signalCode === null);
    if (gone !== undefined) throw new Error(`expected ${what}, received a worker that left:\n${gone.stderr}`);
    if (performance.now() > end) throw new Error(`expected ${what} within half an hour`);
    await pause(stepMs);
  }
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

function say(text) {
  process.stderr.write(`${text}\n`);
}

function unwrap(outcome) {
  if (outcome.ok) return outcome.value;
  throw new Error(JSON.stringify(outcome.failure));
}

function pause(ms) {
  return new Promise((next) => setTimeout(next, ms));
}
