/** A store with a project, cases, slides and answers, for tests of what people do with cases. No folder is scanned: the rows are what matters. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Person } from "@nacre/api";
import { unwrap } from "@nacre/core";
import { openArchive } from "../../src/archive/folder-archive.ts";
import { keyOf } from "../../src/archive/key-of.ts";
import { type Judgement, judgementOf } from "../../src/case/judgement.ts";
import { standing } from "../../src/case/standing.ts";
import { eventHub, type ServiceEvent } from "../../src/event-hub.ts";
import type { Services } from "../../src/services.ts";
import { openStore, type Store, type StoreOptions } from "../../src/store/open-store.ts";
import { openTrail } from "../../src/trail/open-trail.ts";

export type CaseServices = Pick<Services, "db" | "archive" | "trail" | "events" | "now" | "config" | "log">;

export interface CaseStore {
  readonly services: CaseServices;
  /** The database, for a queue on it. */
  readonly store: Store;
  readonly project: string;
  readonly other: string;
  readonly heard: ServiceEvent[];
  /** Moves the clock. */
  tick(ms: number): void;
  close(): Promise<void>;
}

export const reader = (more: Partial<Person> = {}): Person => ({
  id: "reader-1",
  name: "Dr. Reader",
  role: "reader",
  rights: ["identifiers"],
  projects: null,
  how: "loopback",
  ...more,
});

const quiet = { info: () => {}, warn: () => {}, error: () => {} };

/** A database: the given one, else an empty one: embedded, or the empty one of a PostgreSQL that NACRE_TEST_POSTGRES names (then one test file at a time). */
export async function caseStore(place?: StoreOptions): Promise<CaseStore> {
  const root = mkdtempSync(join(tmpdir(), "nacre-case-"));
  for (const name of ["one", "two"]) mkdirSync(join(root, name));
  const data = join(root, "data");
  const url = process.env.NACRE_TEST_POSTGRES;
  const store = unwrap(await openStore(place ?? { folder: data, ...(url === undefined ? {} : { url }) }));
  let at = Date.parse("2026-03-01T08:00:00.000Z");
  const now = () => new Date(at);
  const projects = ["one", "two"].map((name) => ({ name, folder: join(root, name) }));
  const archive = await openArchive({ projects, db: store.db, data, now });
  const events = eventHub();
  const heard: ServiceEvent[] = [];
  events.listen((event) => void heard.push(event));
  const config = {
    projects,
    data,
    host: "127.0.0.1",
    port: 0,
    tokens: true,
    dicomweb: [],
    webhookHosts: [],
    readers: 1,
    web: null,
    maxBody: 1e6,
  };
  const trail = openTrail({ db: store.db, now, log: quiet });
  const [one, two] = archive.projects.map(({ key }) => key) as [string, string];
  return {
    services: { db: store.db, archive, trail, events, now, config, log: quiet },
    store,
    project: one,
    other: two,
    heard,
    tick: (ms) => {
      at += ms;
    },
    close: async () => {
      await store.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

export interface CaseSpec {
  readonly name: string;
  readonly patient?: string;
  readonly site?: string;
  /** Probability of "tumour"; left out: no run answered. */
  readonly p?: number;
  readonly failed?: number;
  readonly slides?: number;
  readonly quality?: readonly string[];
  readonly state?: "new" | "open" | "drafted" | "signed";
  readonly facts?: Readonly<Record<string, string>>;
}

/** A scorecard as a run of two classes writes it, with thresholds learnt on so many patients. */
export function scorecard({
  ruleOut,
  ruleIn,
  patients = 100,
  verdict = "met",
}: {
  readonly ruleOut: number | null;
  readonly ruleIn: number | null;
  readonly patients?: number;
  readonly verdict?: string;
}): unknown {
  const reached = { value: 1, low: 0.95, high: 1, n: patients, method: "m" };
  const zone = (threshold: number, rate: string) => ({
    kind: "ready",
    thresholds: [{ fold: null, threshold, reached }],
    threshold,
    reached,
    target: { rate, least: 0.98, by: "point" },
    verdict,
    sentence: `at ${rate} at least 0.98 on the tune part`,
    optimistic: false,
  });
  const none = { kind: "undefined", reason: "nobody is positive", needed: 1 };
  return {
    task: { kind: "classify", label: "diagnosis", classes: ["benign", "tumour"], positive: "tumour" },
    internal: {
      n: 200,
      ece: { value: 0.03, low: null, high: null, n: 200, method: "m", expectedIfCalibrated: 0.02 },
      recalibration: null,
      triage: {
        ruleOut: ruleOut === null ? none : zone(ruleOut, "sensitivity"),
        ruleIn: ruleIn === null ? null : zone(ruleIn, "specificity"),
      },
    },
    external: null,
  };
}

export const caseKey = (project: string, name: string): string => keyOf("case", project, name);
export const slideKey = (project: string, path: string): string => keyOf("slide", project, path);

export async function addRun(
  services: CaseServices,
  project: string,
  {
    name = "study",
    card,
    finished = "2026-02-01T00:00:00.000Z",
    answerColumns = [],
  }: {
    readonly name?: string;
    readonly card: unknown;
    readonly finished?: string;
    readonly answerColumns?: readonly string[];
  },
): Promise<{ readonly key: string; readonly judgement: Judgement }> {
  const key = keyOf("run", project, name);
  const judgement = judgementOf(card);
  const row = {
    key,
    project,
    name,
    folder: name,
    task: "classify",
    encoder: "texture",
    aggregator: "mean",
    state: "finished" as const,
    by: null,
  };
  await services.db
    .insertInto("run")
    .values({
      ...row,
      counts: JSON.stringify({ ready: 1, failed: 0, waiting: 0 }),
      numbers: "[]",
      judgement: JSON.stringify(judgement),
      answer_columns: JSON.stringify(answerColumns),
      synthetic: false,
      finished,
      started: finished,
    })
    .execute();
  return { key, judgement };
}

export async function addCases(
  services: CaseServices,
  project: string,
  specs: readonly CaseSpec[],
  run?: { readonly key: string; readonly judgement: Judgement },
): Promise<void> {
  const { db, now } = services;
  const at = now().toISOString();
  for (let start = 0; start < specs.length; start += 500) {
    const some = specs.slice(start, start + 500);
    await db
      .insertInto("patient_case")
      .values(
        some.map(({ name, patient = name, site = null, state = "new", facts = {} }) => ({
          key: caseKey(project, name),
          project,
          name,
          patient,
          site,
          state,
          facts: JSON.stringify(facts),
          updated: at,
        })),
      )
      .execute();
    await db
      .insertInto("slide")
      .values(some.flatMap((spec) => slidesOf(project, spec, at)))
      .execute();
    if (run !== undefined) {
      const rows = some.flatMap((spec) =>
        spec.p === undefined ? [] : [predictionOf(project, spec.name, spec.p, run)],
      );
      if (rows.length > 0) await db.insertInto("prediction").values(rows).execute();
    }
  }
}

function slidesOf(project: string, { name, failed = 0, slides = 1, quality = [] }: CaseSpec, at: string) {
  return Array.from({ length: slides }, (_, i) => ({
    key: slideKey(project, `${name}-${i}.svs`),
    project,
    case_key: caseKey(project, name),
    patient: name,
    name: `${name}-${i}`,
    path: `${name}-${i}.svs`,
    site: null,
    stain: "HE",
    scanner: null,
    state: i < failed ? ("failed" as const) : ("ready" as const),
    failure:
      i < failed
        ? JSON.stringify({ kind: "bad-slide", expected: "a slide", received: "half", remedy: "scan again" })
        : null,
    quality: JSON.stringify(quality),
    synthetic: false,
    stamp: "",
    facts: "{}",
    seen: at,
  }));
}

function predictionOf(
  project: string,
  name: string,
  p: number,
  { key, judgement }: { readonly key: string; readonly judgement: Judgement },
) {
  const answers = [
    { name: "benign", value: 1 - p, unit: "probability" as const },
    { name: "tumour", value: p, unit: "probability" as const },
  ];
  const { triage, need, why, value } = standing({ answers, positive: null, fold: null }, judgement);
  const answer = {
    answers,
    text: `tumour ${p.toFixed(3)}`,
    positive: "tumour",
    part: "test" as const,
    fold: null,
    interval: null,
  };
  return { run: key, case_key: caseKey(project, name), answer: JSON.stringify(answer), triage, need, why, value };
}
