/** One case: its slides, what runs answered, the tiles behind the answer, and what happened when. */
import type { CasePage, CasePrediction, Person } from "@nacre/api";
import { slideInRun } from "../archive/slide-in-run.ts";
import { notFound } from "../serve/refuse.ts";
import type { Services } from "../services.ts";
import { predictionOf, readCaseRow } from "./case-rows.ts";
import { type CaseRecord, caseFor, seesIdentifiers, tellableFacts } from "./case-scope.ts";
import { type EvidenceTile, heaviest, topTiles } from "./evidence.ts";
import { shownFacts } from "./hidden-facts.ts";
import { type SlideRecord, slideRowOf, slidesOfCase } from "./slide-rows.ts";

/** Tiles on the page of a case. */
export const MOST_EVIDENCE = 12;
type Parts = Pick<Services, "db" | "archive" | "trail">;

export async function readCasePage(services: Parts, who: Person, key: string): Promise<CasePage> {
  const record = await caseFor(services, who, key);
  const { db, trail } = services;
  const row = await readCaseRow(db, who, record);
  if (row === undefined) return notFound("a case");
  const slides = await slidesOfCase(db, key);
  const { facts, revealed } = await shownFacts(db, record);
  const told = tellableFacts({ ...record, facts }, who);
  await trail.noteSeen(who, { action: "case.seen", project: record.project, subject: key });
  const predictions = await predictionsOf(
    services,
    key,
    slides.some(({ synthetic }) => synthetic),
  );
  return {
    ...row,
    slideRows: slides.map((slide) => slideRowOf(slide, who)),
    predictions,
    evidence: row.prediction === null ? [] : await evidenceOf(services, who, { run: row.prediction.run, slides }),
    events: await eventsOf(services, who, { record: { ...record, facts }, slides }),
    facts: told,
    revealed: revealed.filter((column) => Object.hasOwn(told, column)),
  };
}

/** Answers of all runs, newest first. */
export async function predictionsOf(
  { db }: Pick<Services, "db">,
  key: string,
  synthetic: boolean,
): Promise<CasePrediction[]> {
  const rows = await db
    .selectFrom("prediction")
    .innerJoin("run", "run.key", "prediction.run")
    .select(["run.key", "run.name", "run.task", "run.judgement", "run.synthetic", "prediction.answer"])
    .where("case_key", "=", key)
    .orderBy("run.finished", (o) => o.desc().nullsLast())
    .orderBy("run.started", (o) => o.desc().nullsLast())
    .orderBy("run.key")
    .execute();
  return rows.map(({ answer, ...run }) => predictionOf(answer, run, synthetic));
}

export interface CaseTile extends EvidenceTile {
  readonly slide: string;
  readonly run: string;
}

/** Tiles of all slides of a case together, the heaviest first. */
export async function evidenceOf(
  { db, archive }: Pick<Services, "db" | "archive">,
  who: Person,
  { run, slides }: { readonly run: string; readonly slides: readonly SlideRecord[] },
): Promise<CaseTile[]> {
  const row = await db.selectFrom("run").select(["project", "folder"]).where("key", "=", run).executeTakeFirst();
  if (row === undefined || !archive.seenBy(who).some(({ key }) => key === row.project)) return [];
  const idOf = await slideInRun({ archive, db }, row);
  const lists = await Promise.all(
    slides.map(async ({ key, ...slide }) => {
      const id = idOf(slide);
      const file = id === null ? null : fileIn(archive, row.project, [row.folder, "heatmaps", `${id}.geojson`]);
      const tiles = file === null ? [] : await topTiles(file, MOST_EVIDENCE);
      return tiles.map((tile) => ({ ...tile, slide: key, run }));
    }),
  );
  return lists.flat().sort(heaviest).slice(0, MOST_EVIDENCE);
}

function fileIn(archive: Services["archive"], project: string, parts: readonly string[]): string | null {
  try {
    return archive.pathIn(project, parts.filter((part) => part !== "" && part !== ".").join("/"));
  } catch {
    return null;
  }
}

type CaseEvent = CasePage["events"][number];
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Dated facts of the table, slides, reports; oldest first, what has no date last. */
async function eventsOf(
  { db }: Pick<Services, "db">,
  who: Person,
  { record, slides }: { readonly record: CaseRecord; readonly slides: readonly SlideRecord[] },
): Promise<CaseEvent[]> {
  const reports = await db
    .selectFrom("signed_report")
    .select(["number", "by", "at", "body"])
    .where("case_key", "=", record.key)
    .orderBy("number")
    .execute();
  const events: CaseEvent[] = [
    ...factEvents(record.facts, who),
    ...slides.map((slide) => ({
      at: slide.seen.toISOString(),
      kind: "slide",
      text: `${slideRowOf(slide, who).name} ${slide.state === "failed" ? `could not be read: ${slide.failure?.kind ?? "no reason recorded"}` : "found in the folder"}`,
      by: null,
    })),
    ...reports.map(({ number, by, at, body }) => ({
      at: at.toISOString(),
      kind: number === 1 ? "report signed" : "addendum signed",
      text: number === 1 ? "report signed" : `addendum ${number - 1} signed`,
      by: body.signedBy ?? by,
    })),
  ];
  return events.sort((a, b) => (a.at ?? "9").localeCompare(b.at ?? "9"));
}

/** A day says more than is told without the right. */
function factEvents(facts: CaseRecord["facts"], who: Person): CaseEvent[] {
  if (!seesIdentifiers(who)) return [];
  const dated = Object.entries(facts).filter(([, value]) => DAY.test(value) && !Number.isNaN(Date.parse(value)));
  return dated.map(([column, value]) => ({
    at: `${value}T00:00:00.000Z`,
    kind: column,
    text: `${column}, from the table`,
    by: null,
  }));
}
