/**
 * Rows of the worklist, made by the database: the newest run's answer of each case, its slides counted, and the group it stands in.
 * A rule-out holds only where every slide could be read and none was flagged: else somebody looks.
 */
import type { CasePrediction, CaseRow, CaseState, Person, TriageGroup } from "@nacre/api";
import { type Kysely, type RawBuilder, type SqlBool, sql } from "kysely";
import type { Json, Tables } from "../store/tables.ts";
import { caseName, seesIdentifiers } from "./case-scope.ts";
import type { Judgement } from "./judgement.ts";
import { NEED_NO_RUN, NEED_UNANSWERED } from "./standing.ts";

export interface CaseFilter {
  /** Projects that may be seen. */
  readonly projects: readonly string[];
  /** Only this run's answers; else the newest run's that answered the case. */
  readonly run?: string | undefined;
  readonly case?: string | undefined;
  readonly state?: CaseState | undefined;
  readonly triage?: TriageGroup | undefined;
  readonly assignee?: string | undefined;
  readonly flag?: string | undefined;
  readonly find?: string | undefined;
}

export interface CaseOrder {
  readonly order: "need" | "name" | "updated" | "value";
  readonly offset: number;
  readonly limit: number;
}

export interface CasePage {
  readonly total: number;
  readonly rows: readonly CaseRow[];
  readonly counts: { readonly triage: Record<string, number>; readonly state: Record<string, number> };
}

type Answer = Tables["prediction"]["answer"] extends Json<infer T> ? T : never;

/** A row as the database makes it: JSON throughout, moments as text. */
interface MadeRow {
  readonly key: string;
  readonly project: string;
  readonly name: string;
  readonly patient: string | null;
  readonly site: string | null;
  readonly state: CaseState;
  readonly assignee: string | null;
  /** Moment of the last change. */
  readonly changed: string;
  readonly slides: number;
  readonly failed: number;
  readonly flagged: number;
  readonly synthetic: boolean;
  readonly triage: TriageGroup;
  readonly need: number;
  readonly why: string | null;
  readonly answer: Answer | null;
  readonly answered: TriageGroup | null;
  readonly flags: readonly string[] | null;
  readonly cover: string | null;
  readonly run: { key: string; name: string; task: string; judgement: Judgement; synthetic: boolean } | null;
}

/** One page, with the counts of all. One question to the database. */
export async function readCaseRows(
  db: Kysely<Tables>,
  who: Person,
  filter: CaseFilter,
  order: CaseOrder,
): Promise<CasePage> {
  if (filter.projects.length === 0) return { total: 0, rows: [], counts: { triage: {}, state: {} } };
  const asked = sql<{
    total: number;
    triage: Record<string, number> | null;
    state: Record<string, number> | null;
    rows: MadeRow[] | null;
  }>`
    with ${base(filter)},
    picked as (select * from base where ${filtered(filter, who)}),
    page as (select * from picked order by ${ordered(order.order, who)} limit ${order.limit} offset ${order.offset})
    select
      (select count(*)::int from picked) as total,
      (select json_object_agg(triage, n) from (select triage, count(*)::int as n from base group by triage) t) as triage,
      (select json_object_agg(state, n) from (select state, count(*)::int as n from base group by state) s) as state,
      (select json_agg(made) from (select page.*, ${MOMENT} as changed, ${FLAGS} as flags, ${COVER} as cover, ${RUN} as run, p.answer, p.why
        from page left join prediction p on p.run = page.run_key and p.case_key = page.key
        order by ${ordered(order.order, who, "page")}) made) as rows`;
  const [made] = (await asked.execute(db)).rows;
  return {
    total: made?.total ?? 0,
    rows: (made?.rows ?? []).map((row) => caseRowOf(row, who)),
    counts: { triage: made?.triage ?? {}, state: made?.state ?? {} },
  };
}

/** One case as the worklist shows it; undefined where it is not there. */
export async function readCaseRow(
  db: Kysely<Tables>,
  who: Person,
  { project, key }: { readonly project: string; readonly key: string },
): Promise<CaseRow | undefined> {
  const { rows } = await readCaseRows(
    db,
    who,
    { projects: [project], case: key },
    { order: "need", offset: 0, limit: 1 },
  );
  return rows[0];
}

const MOMENT = sql`to_char(page.updated at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const FLAGS = sql`(select json_agg(distinct flag) from slide s,
  jsonb_array_elements_text(case when jsonb_typeof(s.quality) = 'array' then s.quality else '[]'::jsonb end) flag
  where s.case_key = page.key)`;

const COVER = sql`(select s.key from slide s where s.case_key = page.key and s.state <> 'failed' order by s.name limit 1)`;

const RUN = sql`(select json_build_object('key', r.key, 'name', r.name, 'task', r.task, 'judgement', r.judgement, 'synthetic', r.synthetic)
  from run r where r.key = page.run_key)`;

function base({ projects, run, case: only }: CaseFilter): RawBuilder<unknown> {
  const keys = sql.join(projects);
  const oneRun = run === undefined ? sql`` : sql`and r.key = ${run}`;
  const oneCase = (column: string) => (only === undefined ? sql`` : sql`and ${sql.ref(column)} = ${only}`);
  return sql`answered as (
      select distinct on (p.case_key) p.case_key, p.run, p.triage, p.need, p.value
      from prediction p join run r on r.key = p.run
      where r.project in (${keys}) ${oneRun} ${oneCase("p.case_key")}
      order by p.case_key, r.finished desc nulls last, r.started desc nulls last, r.key),
    counted as (
      select case_key, count(*)::int as slides, (count(*) filter (where state = 'failed'))::int as failed,
        (count(*) filter (where jsonb_typeof(quality) = 'array' and quality <> '[]'::jsonb))::int as flagged, bool_or(synthetic) as synthetic
      from slide where project in (${keys}) and case_key is not null ${oneCase("case_key")} group by case_key),
    told as (
      select c.key, c.project, c.name, c.patient, c.site, c.state, c.assignee, c.updated,
        coalesce(n.slides, 0) as slides, coalesce(n.failed, 0) as failed, coalesce(n.flagged, 0) as flagged, coalesce(n.synthetic, false) as synthetic,
        a.run as run_key, a.value, a.triage as answered, a.need as answered_need
      from patient_case c left join counted n on n.case_key = c.key left join answered a on a.case_key = c.key
      where c.project in (${keys}) ${oneCase("c.key")}),
    base as materialized (
      select told.*,
        case when answered is null then case when failed > 0 then 'abstained' else 'none' end
          when answered = 'rule-out' and failed + flagged > 0 then 'abstained' else answered end as triage,
        case when state = 'signed' then 0
          when answered is null then case when failed > 0 then ${NEED_UNANSWERED}::float8 else ${NEED_NO_RUN}::float8 end
          when answered = 'rule-out' and failed + flagged > 0 then ${NEED_UNANSWERED}::float8 else answered_need end as need
      from told)`;
}

function filtered({ state, triage, assignee, flag, find }: CaseFilter, who: Person): RawBuilder<SqlBool> {
  const parts: RawBuilder<SqlBool>[] = [sql<SqlBool>`true`];
  if (state !== undefined) parts.push(sql<SqlBool>`state = ${state}`);
  if (triage !== undefined) parts.push(sql<SqlBool>`triage = ${triage}`);
  if (assignee !== undefined)
    parts.push(assignee === "" ? sql<SqlBool>`assignee is null` : sql<SqlBool>`assignee = ${assignee}`);
  if (flag === "failed") parts.push(sql<SqlBool>`failed > 0`);
  else if (flag !== undefined) {
    parts.push(sql<SqlBool>`exists (select 1 from slide s where s.case_key = base.key and s.quality ? ${flag})`);
  }
  if (find !== undefined && find.trim() !== "") parts.push(found(find.trim().toLowerCase(), who));
  return sql.join(parts, sql` and `);
}

/** Without the right nothing is found by a name: an answer of "none" or "one" would tell who is here. */
function found(text: string, who: Person): RawBuilder<SqlBool> {
  const names = seesIdentifiers(who)
    ? sql`strpos(lower(name), ${text}) > 0 or strpos(lower(coalesce(patient, '')), ${text}) > 0
        or exists (select 1 from slide s where s.case_key = base.key and strpos(lower(s.name), ${text}) > 0)`
    : sql`strpos('case ' || left(key, 6), ${text}) > 0`;
  return sql<SqlBool>`(${names} or strpos(lower(coalesce(site, '')), ${text}) > 0 or strpos(lower(coalesce(assignee, '')), ${text}) > 0)`;
}

/** @param from the table that the columns are of, where several have them */
function ordered(order: CaseOrder["order"], who: Person, from = "picked"): RawBuilder<unknown> {
  const at = (column: string) => sql.ref(`${from}.${column}`);
  const name = seesIdentifiers(who) ? at("name") : at("key");
  switch (order) {
    case "need":
      return sql`(${at("state")} = 'signed'), ${at("need")} desc, ${name}, ${at("key")}`;
    case "name":
      return sql`${name}, ${at("key")}`;
    case "updated":
      return sql`${at("updated")} desc, ${name}, ${at("key")}`;
    case "value":
      return sql`${at("value")} desc nulls last, ${name}, ${at("key")}`;
  }
}

function caseRowOf(row: MadeRow, who: Person): CaseRow {
  return {
    key: row.key,
    project: row.project,
    name: caseName(row, who),
    patient: seesIdentifiers(who) ? row.patient : null,
    site: row.site,
    slides: row.slides,
    failedSlides: row.failed,
    cover: row.cover,
    flags: [...(row.flags ?? []), ...(row.failed > 0 ? ["failed"] : [])],
    state: row.state,
    assignee: row.assignee,
    triage: row.triage,
    need: row.need,
    why: whyOf(row),
    prediction: row.run === null || row.answer === null ? null : predictionOf(row.answer, row.run, row.synthetic),
    updated: row.changed,
  };
}

/** What stands in the way comes first, then what the model said. */
function whyOf({ state, answered, why, failed, flagged, slides }: MadeRow): string {
  if (state === "signed") return "Signed: nothing is left to do.";
  const failure = failed === 0 ? "" : `${failed} of ${slides} slides could not be read: look yourself.`;
  if (answered === null) return failure === "" ? "No run has answered this case." : failure;
  const quality = flagged === 0 ? "" : `Quality control flagged ${flagged} of ${slides} slides.`;
  const voided = answered === "rule-out" && failed + flagged > 0 ? "The rule-out does not count:" : "";
  return [voided, failure, quality, why ?? ""].filter((part) => part !== "").join(" ");
}

export function predictionOf(answer: Answer, run: NonNullable<MadeRow["run"]>, synthetic: boolean): CasePrediction {
  return {
    run: run.key,
    study: run.name,
    // The archive writes only kinds of task that the schema names.
    task: run.task as CasePrediction["task"],
    answers: answer.answers,
    text: answer.text,
    positive: run.judgement.positive,
    part: answer.part,
    fold: answer.fold,
    interval: answer.interval,
    calibration: run.judgement.calibration,
    synthetic: run.synthetic || synthetic,
  };
}
