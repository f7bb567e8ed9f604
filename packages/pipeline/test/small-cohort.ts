/**
 * A small cohort for tests: synthetic slides of 1,024 px of two hospitals and an external one, drawn once in a process, with
 * the study that runs on it in a few seconds. Each test copies what it spoils.
 */
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { attempt, type Outcome, unwrap } from "@nacre/core";
import { writeSyntheticSlide } from "@nacre/imaging/node";
import { stringify } from "yaml";
import { silent } from "../src/run/progress.ts";
import { type RunResult, runStudy } from "../src/run-study.ts";
import { readStudy } from "../src/study/read-study.ts";

export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
export const NACRE = join(ROOT, "apps", "cli", "bin", "nacre.mjs");

export interface SmallRow {
  slide: string;
  patient: string;
  site: string;
  label: string;
  sex: string;
  [column: string]: string;
}

const PATIENTS_A_SITE = 4;
const SITES = ["site-a", "site-b", "site-c"];
const SIDE = 1024;

/** The rows of the cohort table: four patients a site, half of them with tumour. */
export function smallRows(): SmallRow[] {
  return SITES.flatMap((site) =>
    Array.from({ length: PATIENTS_A_SITE }, (_, i) => ({
      slide: `${site}-${i + 1}.svs`,
      patient: `${site.slice(-1).toUpperCase()}${i + 1}`,
      site,
      label: i % 2 === 0 ? "tumour" : "benign",
      sex: i < 2 ? "female" : "male",
    })),
  );
}

export const SMALL_STUDY = {
  name: "small",
  cohort: "cohort.csv",
  slides: "slides",
  task: { kind: "classify", label: "label", positive: "tumour" },
  tiles: { mpp: 0.5, size: 224, minTissue: 0.3 },
  aggregator: { name: "abmil" },
  fit: { epochs: 4, lr: 0.001, patience: 4 },
  split: { by: "site", folds: 2, external: ["site-c"], tune: 0.25 },
  evaluate: { bootstrap: 50, subgroups: ["sex"] },
  seed: 3,
};

let drawn: Promise<string> | null = null;

/** A folder with the slides of the cohort, drawn once; do not write in it. */
function drawnSlides(): Promise<string> {
  drawn ??= draw();
  return drawn;
}

async function draw(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "nacre-small-"));
  atEnd(folder);
  for (const [i, row] of smallRows().entries()) {
    const share = row.label === "tumour" ? 0.3 : 0;
    await writeSyntheticSlide(join(folder, row.slide), {
      seed: 100 + i,
      width: SIDE,
      height: SIDE,
      pieces: 1,
      tumourShare: share,
    });
  }
  return folder;
}

/** A study folder of its own: cohort.csv, study.yaml and slides, ready to be spoilt. Removed at the end of the process. */
export class StudyFolder {
  readonly path: string;
  rows: SmallRow[] = smallRows();

  private constructor(path: string) {
    this.path = path;
  }

  static async make(change: object = {}, { withSlides = true } = {}): Promise<StudyFolder> {
    const folder = new StudyFolder(emptyFolder());
    if (withSlides) cpSync(await drawnSlides(), folder.file("slides"), { recursive: true, preserveTimestamps: true });
    folder.writeCohort();
    folder.writeStudy(change);
    return folder;
  }

  file(...parts: readonly string[]): string {
    return join(this.path, ...parts);
  }

  writeCohort(rows: readonly Record<string, string>[] = this.rows): void {
    const header = Object.keys(rows[0] ?? {});
    const lines = [header, ...rows.map((r) => header.map((h) => r[h] ?? ""))];
    writeFileSync(this.file("cohort.csv"), `${lines.map((l) => l.join(",")).join("\n")}\n`);
  }

  /** The small study with some keys replaced (one level deep); a key set to null is left out. */
  writeStudy(change: object = {}): void {
    const study: Record<string, unknown> = { ...SMALL_STUDY };
    for (const [key, value] of Object.entries(change)) {
      const before = study[key];
      const isMap = (v: unknown): v is object => typeof v === "object" && v !== null && !Array.isArray(v);
      study[key] = isMap(before) && isMap(value) ? { ...before, ...value } : value;
      if (value === null) delete study[key];
    }
    writeFileSync(this.file("study.yaml"), stringify(study));
  }

  /** Runs the study into `out`, through the real command. */
  run(out = "run", ...more: readonly string[]): Promise<Ended> {
    return nacre(["run", this.file("study.yaml"), "--out", this.file(out), "--json", ...more]);
  }

  copyFrom(path: string, name: string): void {
    cpSync(path, this.file(name), { recursive: true });
  }

  text(...parts: readonly string[]): string {
    return readFileSync(this.file(...parts), "utf8");
  }

  table(...parts: readonly string[]): Record<string, string>[] {
    return readCsv(this.text(...parts));
  }
}

/** Runs a study file in this process, where no worker is needed: quick, for studies that fail early. */
export function runHere(file: string, out: string): Promise<Outcome<RunResult>> {
  return attempt(() =>
    runStudy(unwrap(readStudy(file)), { out, progress: silent, signal: new AbortController().signal }),
  );
}

export function emptyFolder(): string {
  const path = mkdtempSync(join(tmpdir(), "nacre-test-"));
  atEnd(path);
  return path;
}

const folders: string[] = [];

/** The test runner ends its processes with SIGTERM, a plain node with exit. */
function atEnd(folder: string): void {
  if (folders.length === 0) {
    const clean = (): void => {
      for (const f of folders) rmSync(f, { recursive: true, force: true });
    };
    process.once("exit", clean);
    process.once("SIGTERM", () => {
      clean();
      process.kill(process.pid, "SIGTERM");
    });
  }
  folders.push(folder);
}

/** Rows of a CSV without line breaks inside cells. */
export function readCsv(text: string): Record<string, string>[] {
  const [header = [], ...rows] = text
    .trimEnd()
    .split("\n")
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((m) => (m[1] ?? m[2] ?? "").replaceAll('""', '"')),
    );
  return rows.map((cells) => Object.fromEntries(header.map((h, i) => [h, cells[i] ?? ""])));
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The one document of --json. */
  // biome-ignore lint/suspicious/noExplicitAny: what a command prints is looked at freely by tests
  readonly json: any;
}

export interface StartOptions {
  readonly cwd?: string;
  /** Shell words before the command: `ulimit -f 10;`. POSIX only. */
  readonly before?: string;
}

/** The built command in a process of its own. */
export function start(args: readonly string[], options: StartOptions = {}) {
  const { cwd = ROOT, before } = options;
  const child =
    before === undefined
      ? spawn(process.execPath, [NACRE, ...args], { cwd })
      : spawn("sh", ["-c", `${before} exec "$0" "$@"`, process.execPath, NACRE, ...args], { cwd });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (d) => {
    stdout += d;
  });
  child.stderr.setEncoding("utf8").on("data", (d) => {
    stderr += d;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr, json: jsonOf(stdout) }));
  });
  return { child, ended, stderr: () => stderr };
}

export function nacre(args: readonly string[], options: StartOptions = {}): Promise<Ended> {
  return start(args, options).ended;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Waits until a state can be observed; never a fixed sleep. @throws Error when it does not come */
export async function until(what: string, isTrue: () => boolean, limitMs = 120_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!isTrue()) {
    if (performance.now() > end) throw new Error(`expected ${what} within ${limitMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

let finished: Promise<StudyFolder> | null = null;

/** The small study, run to its end once in a process, in `run`. Look, do not touch; copy it to spoil it. */
export function finishedStudy(): Promise<StudyFolder> {
  finished ??= StudyFolder.make().then(async (study) => {
    const { code, stderr } = await study.run();
    if (code !== 0) throw new Error(`expected the small study to run, received exit code ${code}: ${stderr}`);
    return study;
  });
  return finished;
}

/** A study on the features that the small study made, ready to be spoilt: runs without encoding. */
export async function featureStudy(change: object = {}): Promise<StudyFolder> {
  const source = await finishedStudy();
  const study = await StudyFolder.make({ slides: null, features: "features", ...change }, { withSlides: false });
  study.copyFrom(source.file("run", "features"), "features");
  return study;
}
