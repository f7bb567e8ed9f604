/** The board over the finished runs of a project, made by a child process and kept until one of them changes. */
import { mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { RouteReply, readBoard } from "@nacre/api";
import { groupBy } from "@nacre/core";
import type { ArchiveProject } from "../archive/archive.ts";
import { withoutPaths } from "../archive/read-run.ts";
import type { Services } from "../services.ts";
import { startChild } from "./start-child.ts";
import { veilOf } from "./veil.ts";

type Page = RouteReply<typeof readBoard>;

interface LinkedRun {
  /** Folder of the run. */
  readonly run: string;
  /** Name of the link to it. */
  readonly link: string;
}

/** Boards being made, by folder: who asks meanwhile waits for the same one. */
const making = new Map<string, Promise<string | null>>();

export async function boardOf({ db, config }: Pick<Services, "db" | "config">, project: ArchiveProject): Promise<Page> {
  const rows = await db
    .selectFrom("run")
    .select(["key", "name", "folder"])
    .where("project", "=", project.key)
    .where("state", "=", "finished")
    .orderBy("folder")
    .execute();
  const judged = rows.flatMap((row) => {
    const run = join(project.folder, row.folder);
    const stat = statSync(join(run, "scorecard.json"), { throwIfNoEntry: false });
    return stat === undefined ? [] : [{ ...row, run, stamp: `${stat.size} ${stat.mtimeMs}` }];
  });
  const veil = veilOf(project.folder, []);
  const links = linkNames(project, judged);
  const runs = judged.map(({ key, name }) => ({ key, name, entry: veil.text(links.get(key) ?? name) }));
  if (judged.length === 0) return { board: null, html: null, runs, reason: "no run of this project is finished yet" };
  const folder = join(config.data, "boards", project.key);
  const stamp = JSON.stringify(judged.map(({ key, stamp: s }) => [key, s]));
  const reason = await (making.get(folder) ??
    make(
      folder,
      stamp,
      judged.map(({ key, run }) => ({ run, link: links.get(key) ?? key })),
      project,
    ));
  if (reason !== null) return { board: null, html: null, runs, reason };
  const [board, html] = await Promise.all([
    readFile(join(folder, "runs", "board", "board.json"), "utf8"),
    readFile(join(folder, "runs", "board", "index.html"), "utf8"),
  ]);
  return { board: veil.document(JSON.parse(board)), html: veil.text(html), runs, reason: null };
}

function make(
  folder: string,
  stamp: string,
  runs: readonly LinkedRun[],
  project: ArchiveProject,
): Promise<string | null> {
  const made = makeAnew(folder, stamp, runs, project).finally(() => making.delete(folder));
  making.set(folder, made);
  return made;
}

/** @returns why there is none; null: it is there */
async function makeAnew(
  folder: string,
  stamp: string,
  runs: readonly LinkedRun[],
  project: ArchiveProject,
): Promise<string | null> {
  const kept = join(folder, "stamp.json");
  const before = await readFile(kept, "utf8").catch(() => null);
  if (before !== null) {
    const known = JSON.parse(before) as { stamp: string; reason: string | null };
    if (known.stamp === stamp) return known.reason;
  }
  const links = join(folder, "runs");
  rmSync(links, { recursive: true, force: true });
  mkdirSync(links, { recursive: true });
  for (const { run, link } of runs) symlinkSync(run, join(links, link), "junction");
  const failure = await startChild({ kind: "board", folder: links }, () => {}).ended;
  const told = failure === null ? null : withoutPaths(failure, project.folder);
  const reason = told === null ? null : `${told.received}; expected ${told.expected}; ${told.remedy}`;
  // A child that died may live the next time.
  if (failure?.kind !== "internal") writeFileSync(kept, JSON.stringify({ stamp, reason }));
  return reason;
}

/**
 * A board is made of a folder of runs; here they are links, named by where the runs lie: "a/b" is "a b". Names that would be the same
 * end with the run's key.
 * @returns name of the link by the key of the run
 */
export function linkNames(
  { folder, name }: Pick<ArchiveProject, "folder" | "name">,
  runs: readonly { readonly key: string; readonly run: string }[],
): ReadonlyMap<string, string> {
  const flat = ({ run }: { readonly run: string }): string => (relative(folder, run) || name).replace(/[/\\]/g, " ");
  return new Map(
    [...groupBy(runs, flat)].flatMap(([link, same]) =>
      same.map(({ key }) => [key, same.length === 1 ? link : `${link} ${key}`] as const),
    ),
  );
}
