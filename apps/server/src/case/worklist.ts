/** The worklist: one page of cases, and what the thresholds behind their order promise. */
import type { Person, RouteInput, RouteReply, worklist } from "@nacre/api";
import { notFound } from "../serve/refuse.ts";
import type { Services } from "../services.ts";
import { readCaseRows } from "./case-rows.ts";
import type { Judgement } from "./judgement.ts";

type Query = RouteInput<typeof worklist>["query"];
type Page = RouteReply<typeof worklist>;

export async function readWorklist(
  services: Pick<Services, "db" | "archive">,
  who: Person,
  query: Query,
): Promise<Page> {
  const { db, archive } = services;
  const { project, offset, limit, order, ...filter } = query;
  const projects =
    project === undefined ? archive.seenBy(who).map(({ key }) => key) : [archive.project(who, project).key];
  const run = await runBehind(services, projects, query.run);
  const { total, rows, counts } = await readCaseRows(db, who, { ...filter, projects }, { offset, limit, order });
  const judgement = run?.judgement;
  return {
    total,
    rows: [...rows],
    counts,
    thresholds:
      judgement === undefined
        ? null
        : { ruleOut: judgement.ruleOut, ruleIn: judgement.ruleIn, text: thresholdText(judgement) },
  };
}

/** One sentence holds for the list only where one run stands behind it: the run asked for, or the only project's newest with answers. */
async function runBehind(
  { db }: Pick<Services, "db">,
  projects: readonly string[],
  run: string | undefined,
): Promise<{ readonly judgement: Judgement } | undefined> {
  if (run !== undefined) {
    const row = await db.selectFrom("run").select(["judgement", "project"]).where("key", "=", run).executeTakeFirst();
    return row !== undefined && projects.includes(row.project) ? row : notFound("a run");
  }
  if (projects.length !== 1) return undefined;
  return await db
    .selectFrom("run")
    .select("judgement")
    .where("project", "in", projects)
    .where((eb) => eb.exists(eb.selectFrom("prediction").select("case_key").whereRef("prediction.run", "=", "run.key")))
    .orderBy("finished", (o) => o.desc().nullsLast())
    .orderBy("started", (o) => o.desc().nullsLast())
    .orderBy("key")
    .executeTakeFirst();
}

function thresholdText({ text, folds, ruleOut, ruleIn }: Judgement): string {
  const own = (folds ?? []).filter((f) => f.fold !== null && (f.ruleOut !== null || f.ruleIn !== null));
  if (own.length < 2) return text;
  const those = ruleOut === null && ruleIn === null ? "Thresholds" : "Other thresholds";
  return `${text} ${those} hold for patients of the test part: those of their own fold, since two models are not on one scale.`;
}
