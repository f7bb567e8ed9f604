/**
 * What the page of the workers is told while the bench goes through its disaster: the service on the same database, an event stream that is
 * opened anew when it ends, as a browser does, and, with `--shots=FOLDER`, Chromium on the page, never loaded again, pictured at 25, 50 and 75 %.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";

const CHROMIUM = "/usr/bin/chromium";
const AGAIN_MS = 1000;
const MOMENTS = [0.25, 0.5, 0.75];

/** Starts the service over `folder` and watches `run`, of which it makes a row. `truth`: how many are done by the database, null where it is away. */
export async function startPage({ nacre, databaseUrl, folder, store, run, slides, truth }) {
  const args = [nacre, "serve", folder, "--port", "0", "--no-open", "--json"];
  const env = { ...process.env, DATABASE_URL: databaseUrl };
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "ignore"] });
  const url = await firstLine(child);
  await putRun(store, run);
  const seen = { told: 0, last: null, connections: 0, lookedAt: 0, wrong: [], shots: [] };
  const end = new AbortController();
  const browser = await openBrowser(`${url}/runs/${run}?section=workers`);
  const told = async (page) => {
    const { done, failed, waiting, active } = page.counts;
    const before = seen.last?.counts.done ?? 0;
    const known = await truth();
    if (done < before) seen.wrong.push(`done ran back from ${before} to ${done}`);
    if (known !== null && done > known) seen.wrong.push(`told ${done} done, ${known} were`);
    if (done + failed + waiting + active > slides) seen.wrong.push(`${JSON.stringify(page.counts)} of ${slides}`);
    const left = waiting + active;
    if ((left === 0) !== (page.secondsLeft === 0) || page.secondsLeft < 0 || page.rate < 0)
      seen.wrong.push(`${page.secondsLeft} s left for ${left}`);
    seen.told++;
    seen.last = page;
    const moment = MOMENTS[seen.lookedAt];
    if (browser !== null && moment !== undefined && done >= moment * slides) {
      seen.lookedAt++;
      await browser.shoot(`${100 * moment}-percent`);
    }
  };
  const watching = watch(`${url}/api/jobs/events?run=${run}`, { signal: end.signal, seen, told });
  return {
    /** Waits for the last word. */
    async ended() {
      for (let tries = 0; tries < 60 && seen.last?.counts.done !== slides; tries++) await pause(500);
      const line = browser === null ? null : await browser.line();
      return {
        pageTold: seen.told,
        pageConnections: seen.connections,
        pageDone: seen.last?.counts.done ?? null,
        pageSecondsLeft: seen.last?.secondsLeft ?? null,
        pageWrong: seen.wrong,
        ...(line === null ? {} : { pageLine: line, pageLoads: browser.loads() }),
      };
    },
    async close() {
      end.abort();
      await browser?.close();
      await watching;
      const gone = new Promise((left) => child.once("close", left));
      child.kill("SIGKILL");
      await gone;
    },
  };
}

async function watch(url, { signal, seen, told }) {
  while (!signal.aborted) {
    try {
      const reply = await fetch(url, { signal, headers: { accept: "text/event-stream" } });
      if (reply.ok) seen.connections++;
      let text = "";
      for await (const bytes of reply.body.pipeThrough(new TextDecoderStream())) {
        text += bytes;
        const events = text.split("\n\n");
        text = events.pop();
        for (const event of events) {
          const data = event.split("\n").flatMap((line) => (line.startsWith("data:") ? [line.slice(5)] : []));
          if (data.length > 0) await told(JSON.parse(data.join("\n")));
        }
      }
    } catch (error) {
      if (error instanceof SyntaxError) seen.wrong.push(`an event that is not JSON: ${error.message}`);
    }
    await pause(AGAIN_MS);
  }
}

/** The bench puts its units into the queue by itself, so the service has no row of the run. */
async function putRun({ db }, key) {
  const { key: project } = await db.selectFrom("project").select("key").executeTakeFirstOrThrow();
  const counts = { ready: 0, failed: 0, waiting: 0 };
  const judgement = { ruleOut: null, ruleIn: null, text: "", calibration: "", positive: null };
  const row = {
    key,
    project,
    name: "many slides",
    folder: "disaster",
    task: "classify",
    encoder: "texture",
    by: "bench",
  };
  const texts = { counts: JSON.stringify(counts), numbers: "[]", judgement: JSON.stringify(judgement) };
  const values = { ...row, ...texts, state: "running", started: new Date().toISOString(), synthetic: true };
  await db
    .insertInto("run")
    .values(values)
    .onConflict((at) => at.column("key").doUpdateSet(values))
    .execute();
}

async function openBrowser(address) {
  const folder = process.argv.find((word) => word.startsWith("--shots="))?.slice("--shots=".length);
  if (folder === undefined) return null;
  if (!existsSync(CHROMIUM)) throw new Error(`expected ${CHROMIUM} for --shots`);
  const { chromium } = await import("playwright-core");
  mkdirSync(folder, { recursive: true });
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  let loads = 0;
  page.on("load", () => loads++);
  await page.goto(address);
  return {
    shoot: (name) => page.screenshot({ path: join(folder, `${name}.png`) }),
    loads: () => loads,
    async line() {
      await page.screenshot({ path: join(folder, "end.png") });
      return page.getByText("units done").first().textContent({ timeout: 5000 });
    },
    close: () => browser.close(),
  };
}

function firstLine(child) {
  return new Promise((ready, fail) => {
    let said = "";
    child.stdout.on("data", (text) => {
      said += text;
      if (said.includes("\n")) ready(JSON.parse(said.slice(0, said.indexOf("\n"))).url);
    });
    child.once("exit", (code) => fail(new Error(`expected a service, received exit ${code}`)));
  });
}

function pause(ms) {
  return new Promise((next) => setTimeout(next, ms));
}
