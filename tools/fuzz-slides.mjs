/**
 * Changes slides of every format at random and opens them in a child process, native decoders and all. Each must give pixels or a
 * named failure, within 2 s of processor time and 512 MB, and leave the process alive. Of every four one has secrets planted and is de-identified: a
 * named failure, or a copy that opens, is clean, and holds no secret. Prints what was done; exits 1 on a finding.
 * `node tools/fuzz-slides.mjs [--seconds 60] [--seed 1] [--keep DIR] [--cpu-ms 2000]`: DIR gets the files of findings. The same seed gives the same files.
 * `--plant` makes each kind of finding happen once, to see that it is noticed.
 */
import { fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/** For a process that shares its processor with many others. */
const WALL_MS = 60_000;
const MEMORY_MB = 512;
/** Files for one child: its high-water mark of memory never falls. */
const FILES = 20_000;
const root = resolve(fileURLToPath(import.meta.url), "../..");

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    seed: { type: "string", default: "1" },
    keep: { type: "string" },
    /** Processor time a file may take, milliseconds. */
    "cpu-ms": { type: "string", default: "2000" },
    plant: { type: "boolean", default: false },
    /** Of a child: where it may write copies. */
    child: { type: "string" },
  },
});
const seed = Number(values.seed);
const CPU_MS = Number(values["cpu-ms"]);

if (values.child !== undefined) {
  const { createServer } = await import("vite");
  const conditions = ["source", "node", "import", "module", "default"];
  const server = await createServer({
    root,
    configFile: false,
    logLevel: "error",
    appType: "custom",
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true },
    resolve: { conditions },
    ssr: { resolve: { conditions, externalConditions: conditions } },
  });
  const module = await server.ssrLoadModule(join(root, "packages/imaging/test/hostile/fuzz-child.ts"));
  await module.serve(seed, values.child, values.plant);
} else {
  process.exitCode = await watch();
}

async function watch() {
  const findings = [];
  const counts = new Map();
  const slowest = { ms: 0, mb: 0 };
  const copies = mkdtempSync(join(tmpdir(), "nacre-fuzz-copies-"));
  const keep = values.keep ?? mkdtempSync(join(tmpdir(), "nacre-fuzz-"));
  let child = await start(copies);
  const end = Date.now() + Number(values.seconds) * 1000;
  let n = 0;
  for (; Date.now() < end || (values.plant && n < 12); n++) {
    if (n > 0 && n % FILES === 0) {
      child.kill("SIGKILL");
      child = await start(copies);
    }
    const answer = await ask(child, { n }, WALL_MS);
    const problem = judge(answer, child.unhandled.shift());
    if (answer.base) {
      const key = `${answer.base} ${answer.outcome.split(": ", 1)}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
      slowest.ms = Math.max(slowest.ms, answer.ms);
      slowest.mb = Math.max(slowest.mb, answer.mb);
    }
    if (problem === null) continue;
    if (answer.died) {
      child.kill("SIGKILL");
      child = await start(copies);
    }
    const folder = join(keep, `seed-${seed}-file-${n}`);
    const { kept = answer.base } = await ask(child, { n, keep: folder }, WALL_MS);
    findings.push({ n, base: kept, problem, folder });
    console.log(`finding  ${kept}, file ${n}: ${problem}\n         ${folder}`);
  }
  child.kill("SIGKILL");
  rmSync(copies, { recursive: true, force: true });
  const kinds = new Map();
  for (const [key, count] of counts) {
    const kind = key.slice(key.indexOf(" ") + 1);
    kinds.set(kind, (kinds.get(kind) ?? 0) + count);
  }
  const seen = new Set([...counts.keys()].map((key) => key.split(" ")[0]));
  console.log(
    JSON.stringify({
      ...{ files: n, seconds: Number(values.seconds), seed, findings },
      outcomes: Object.fromEntries([...kinds].sort((a, b) => b[1] - a[1])),
      formats: seen.size,
      unseen: child.ready.filter((name) => !seen.has(name)),
      decoders: child.decoders,
      slowestMs: Math.round(slowest.ms),
      largestRiseMb: Math.round(slowest.mb),
    }),
  );
  return findings.length > 0 ? 1 : 0;
}

/** All that is wrong, or null. `unhandled`: of this file or of one shortly before. */
function judge(answer, unhandled) {
  const problems = [
    answer.died && `the process died: ${answer.died}`,
    answer.outcome === "unnamed" && `an error without a name: ${answer.stack}`,
    answer.outcome?.startsWith("deid-finding") && answer.outcome,
    answer.ms > CPU_MS && `${Math.round(answer.ms)} ms of processor time (${answer.outcome})`,
    answer.mb > MEMORY_MB && `${Math.round(answer.mb)} MB more (${answer.outcome})`,
    unhandled && `unhandled rejection: ${unhandled}`,
  ].filter(Boolean);
  return problems.length === 0 ? null : problems.join("; ");
}

/** A child that has its slides ready. */
async function start(copies) {
  const child = fork(
    fileURLToPath(import.meta.url),
    ["--child", copies, "--seed", String(seed), ...(values.plant ? ["--plant"] : [])],
    { cwd: root, stdio: ["ignore", "inherit", "inherit", "ipc"] },
  );
  child.unhandled = [];
  child.on("message", ({ unhandled }) => unhandled && child.unhandled.push(unhandled));
  const first = await answerOf(child, 120_000);
  if (!first.ready) throw new Error(`expected a child that is ready, received ${JSON.stringify(first)}`);
  Object.assign(child, { ready: first.ready, decoders: first.decoders });
  return child;
}

function ask(child, question, wallMs) {
  const answer = answerOf(child, wallMs, question.n);
  if (child.connected) child.send(question);
  return answer;
}

/** The answer to file `n`. */
function answerOf(child, wallMs, n) {
  return new Promise((done) => {
    const timer = setTimeout(() => settle({ died: `no answer within ${wallMs} ms` }), wallMs);
    const onExit = (code, signal) => settle({ died: signal ?? `exit code ${code}` });
    const settle = (answer) => {
      clearTimeout(timer);
      child.off("message", onMessage);
      child.off("exit", onExit);
      done(answer);
    };
    const onMessage = (message) => {
      if (message.n === n) settle(message);
    };
    child.on("message", onMessage);
    child.once("exit", onExit);
    if (child.exitCode !== null) onExit(child.exitCode, child.signalCode);
  });
}
