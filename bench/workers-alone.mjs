/**
 * The same slides by one process and by two that know their share beforehand: no queue, no database, no waiting. What two workers can reach
 * on this machine at most, since cores share caches, memory and their disk. Started as a program it is such a process:
 * `workers-alone.mjs STUDY OUT FROM TO`; it warms up, says "ready", waits for a word, and says when it has done its share.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { RunEncoder, readStudy } from "../packages/pipeline/dist/index.js";

const SELF = fileURLToPath(import.meta.url);
const WARM = 4;

/** @returns slides a second by `n` processes */
export async function rateAlone({ many, slides }, n, name) {
  const share = Math.ceil(slides / n);
  const children = Array.from({ length: n }, (_, i) => {
    const [from, to] = [i * share, Math.min(slides, (i + 1) * share)];
    const args = [SELF, many.study, join(many.folder, `alone-${name}`), String(from), String(to)];
    return spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  });
  const all = (word) => Promise.all(children.map((child) => said(child, word)));
  try {
    await all("ready");
    const began = performance.now();
    for (const { stdin } of children) stdin.end("go\n");
    await all("done");
    return slides / ((performance.now() - began) / 1000);
  } finally {
    for (const child of children) child.kill();
  }
}

function said(child, word) {
  return new Promise((heard, fail) => {
    child.stdout.on("data", (text) => {
      if (text.toString().includes(word)) heard();
    });
    child.once("exit", (code) => fail(new Error(`expected "${word}", received exit ${code}`)));
  });
}

async function encodeShare(study, out, from, to) {
  const encoder = unwrap(await RunEncoder.open(unwrap(readStudy(study)), { threads: 1 }));
  const { signal } = new AbortController();
  const names = encoder.slides.map(({ slide }) => slide);
  for (const slide of names.slice(0, WARM)) unwrap(await encoder.encode(slide, `${out}-warm-${from}`, signal));
  process.stdout.write("ready\n");
  await new Promise((go) => process.stdin.once("data", go));
  for (const slide of names.slice(from, to)) unwrap(await encoder.encode(slide, out, signal));
  process.stdout.write("done\n");
  await encoder.close();
}

function unwrap(outcome) {
  if (outcome.ok) return outcome.value;
  throw new Error(JSON.stringify(outcome.failure));
}

if (process.argv[1] === SELF) {
  const [study, out, from, to] = process.argv.slice(2);
  await encodeShare(study, out, Number(from), Number(to));
}
