/**
 * The schema, as steps that are only ever added to: a database of any earlier version comes up to date when it is opened.
 * One dialect: PGlite and PostgreSQL 13 or later run the same text.
 */
import { raise } from "@nacre/core";
import { type Kysely, sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import type { Tables } from "./tables.ts";

const FIRST = `
create table project (key text primary key, name text not null, folder text not null);
create table patient_case (
  key text primary key, project text not null references project, name text not null, patient text, site text,
  state text not null default 'new', assignee text, facts jsonb not null default '{}', updated timestamptz not null);
create index patient_case_project on patient_case (project, state);
create table slide (
  key text primary key, project text not null references project, case_key text references patient_case, patient text,
  name text not null, path text not null, site text, stain text, scanner text, state text not null, failure jsonb,
  quality jsonb, synthetic boolean not null default false, stamp text not null default '', facts jsonb not null default '{}', seen timestamptz not null);
create index slide_project on slide (project, name);
create index slide_case on slide (case_key);
create table run (
  key text primary key, project text not null references project, name text not null, folder text not null, task text not null,
  encoder text, aggregator text, state text not null, progress jsonb, failure jsonb, counts jsonb not null, numbers jsonb not null,
  judgement jsonb not null, synthetic boolean not null default false, started timestamptz, finished timestamptz, by text);
create index run_project on run (project);
create table run_event (
  seq bigint generated always as identity primary key, run text not null references run on delete cascade, at timestamptz not null, event jsonb not null);
create index run_event_run on run_event (run, seq);
create table prediction (
  run text not null references run on delete cascade, case_key text not null references patient_case on delete cascade, answer jsonb not null,
  triage text not null, need double precision not null, why text not null, value double precision, primary key (run, case_key));
create index prediction_case on prediction (case_key);
create table annotation (
  id uuid primary key, slide text not null references slide, geometry jsonb not null, name text, colour jsonb, note text not null,
  author text not null, version integer not null, created timestamptz not null, updated timestamptz not null, removed boolean not null default false);
create index annotation_slide on annotation (slide);
create table annotation_change (
  change uuid primary key, annotation uuid not null, slide text not null, by text not null, at timestamptz not null, body jsonb not null);
create table draft (case_key text primary key references patient_case, version integer not null, body jsonb not null, updated timestamptz not null);
create table signed_report (
  case_key text not null references patient_case, number integer not null, body jsonb not null, sha256 text not null, by text not null,
  at timestamptz not null, primary key (case_key, number));
create table unit (
  key text primary key, run text, slide text not null, encoder text not null, state text not null, attempts integer not null default 0,
  worker text, failure jsonb, work jsonb not null, updated timestamptz not null);
create index unit_state on unit (run, state);
create table worker (id text primary key, seen timestamptz not null, done integer not null default 0, unit text);
create table trail (
  seq bigint primary key, at text not null, actor text not null, action text not null, project text, subject text, details text not null,
  previous text not null, hash text not null);
create index trail_subject on trail (subject);
create table token (
  id uuid primary key, sha256 text not null unique, name text not null, role text not null, rights jsonb not null, projects jsonb,
  created timestamptz not null, expires timestamptz, revoked timestamptz, used timestamptz);
create table session (
  sha256 text primary key, person jsonb not null, csrf text not null, created timestamptz not null, seen timestamptz not null, ends timestamptz not null);
create table webhook (id uuid primary key, url text not null, events jsonb not null, secret text not null, last jsonb);
create table setting (name text primary key, value jsonb not null);
`;

/** Columns of the cohort that a run's task asks for: hidden from whoever has not signed. */
const SECOND = `alter table run add column answer_columns jsonb not null default '[]';`;

/** Runs statements one by one: a prepared statement holds one. */
async function runAll(db: Kysely<unknown>, statements: string): Promise<void> {
  for (const statement of statements.split(/;\s*(?:\n|$)/))
    if (statement.trim() !== "") await sql.raw(statement).execute(db);
}

/** Name to step; names sort in the order in which the steps are made. */
export const MIGRATIONS: Record<string, Migration> = {
  "0001-first": { up: (db) => runAll(db, FIRST) },
  "0002-answer-columns": { up: (db) => runAll(db, SECOND) },
};

/** All that the schema says, as one text: what it hashes to changes when the schema does. */
export const SCHEMA: string = [...Object.keys(MIGRATIONS), FIRST, SECOND].join("\n");

/** The steps that a database has made, and those that this version knows; each by name, in order. */
export interface SchemaState {
  readonly has: readonly string[];
  readonly knows: readonly string[];
}

/** Brings the schema up to date. PostgreSQL: several processes may start at once, the migrator locks. @throws FailureError unsupported-format of a newer version's */
export async function migrate(db: Kysely<Tables>): Promise<void> {
  const { has, knows } = await schemaOf(db);
  if (isNewer({ has, knows }))
    raise("unsupported-format", {
      expected: `a database of this version of Nacre or an earlier one: schema ${knows.length}, or less`,
      received: `one of a newer version: schema ${has.length}`,
      remedy: "use the version that wrote it, or a later one",
    });
  if (has.length === knows.length) return;
  const migrator = new Migrator({ db, provider: { getMigrations: async () => MIGRATIONS } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

/** Whether a database has made a step that this version does not know. */
export function isNewer({ has, knows }: SchemaState): boolean {
  return has.some((name) => !knows.includes(name));
}

/** Looks, and changes nothing. The migrator's own table is asked directly: the migrator looks at every table there is before it does, which takes longer than all else at a start. */
export async function schemaOf(db: Kysely<Tables>): Promise<SchemaState> {
  const knows = Object.keys(MIGRATIONS).sort();
  const { rows: there } = await sql<{
    there: boolean;
  }>`select to_regclass('kysely_migration') is not null as there`.execute(db);
  if (there[0]?.there !== true) return { has: [], knows };
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return { has: rows.map(({ name }) => name), knows };
}
