/** The slides of a run as the service knows them: the run's own tables joined with the rows of the database, which hold what people corrected. */
import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Failure } from "@nacre/core";
import { PROJECT_ROOTS, slideFinder } from "../archive/find-slide.ts";
import { insideOf, realInside } from "../archive/inside.ts";
import { keyOf } from "../archive/key-of.ts";
import { refuseFailure } from "../serve/refuse.ts";
import type { Services } from "../services.ts";
import type { RunRecord } from "../study/run-rows.ts";
import { veilOf } from "../study/veil.ts";
import { type RunMember, type RunMembers, readMembers } from "./run-members.ts";
import type { SearchedRun } from "./search-work.ts";

export interface RunSlide extends Omit<RunMember, "path"> {
  readonly key: string;
  /** Name of the slide's file. */
  readonly name: string;
  readonly case: string | null;
}

export interface RunSlides {
  readonly slides: readonly RunSlide[];
  /** What the threads are told. */
  readonly searched: SearchedRun;
  /** Refuses with a failure that names no path, slide or patient. @throws ApiRefusal always */
  refuse(failure: Failure): never;
}

type Needs = Pick<Services, "db" | "archive" | "config">;

/** @throws ApiRefusal where the run has no features, or they lie outside of the project */
export async function slidesOfRun(services: Needs, run: RunRecord): Promise<RunSlides> {
  const root = services.archive.pathIn(run.project, "");
  const folder = services.archive.pathIn(run.project, run.folder);
  const read = membersOf(services.db, folder);
  const refuse = (failure: Failure): never => refuseFailure(veiled(failure, root, read.ok ? read.value : null));
  if (!read.ok) return refuse(read.failure);
  const inside = insideFolders(root);
  const members = read.value.members.filter(({ features }) => inside(dirname(features)));
  if (members.length === 0)
    return refuse({
      kind: "nothing-usable",
      expected: "features inside the project's folder",
      received: "none",
      remedy: "bring the features of the run into the folder that is served",
    });
  const slides = await joinedSlides(services, run, members, slidesInside(root, read.value.slides));
  const searched = {
    members: slides.map(({ id, features, patient, site }) => ({ name: id, features, patient, site })),
    folders: [join(folder, ".nacre", "search"), join(services.config.data, "search", run.key)],
  };
  return { slides, searched, refuse };
}

const READ = new WeakMap<object, Map<string, { stamp: string; read: ReturnType<typeof readMembers> }>>();

/** Tables of a large run take a while to read: they are read again where they changed. */
function membersOf(db: object, folder: string): ReturnType<typeof readMembers> {
  const known = READ.get(db) ?? new Map();
  READ.set(db, known);
  const stamp = ["study.yaml", "slides.csv", "cohort.csv", "features"]
    .map((name) => statSync(join(folder, name), { throwIfNoEntry: false }))
    .map((at) => (at === undefined ? "" : `${at.size}-${at.mtimeMs}`))
    .join(" ");
  const had = known.get(folder);
  if (had?.stamp === stamp) return had.read;
  const read = readMembers(folder);
  known.set(folder, { stamp, read });
  return read;
}

function insideFolders(root: string): (folder: string) => boolean {
  const known = new Map<string, boolean>();
  return (folder) => {
    const had = known.get(folder) ?? realInside(root, folder) !== null;
    known.set(folder, had);
    return had;
  };
}

/** Folders below which the run's table names slides, inside the project. */
function slidesInside(root: string, slides: string | null): readonly string[] {
  const real = slides === null ? null : realInside(root, slides);
  const inside = real === null ? null : insideOf(root, real);
  return inside === null ? PROJECT_ROOTS : [inside];
}

async function joinedSlides(
  { db }: Pick<Services, "db">,
  run: RunRecord,
  members: readonly RunMember[],
  roots: readonly string[],
): Promise<RunSlide[]> {
  const rows = await db
    .selectFrom("slide")
    .select(["key", "path", "name", "case_key", "patient", "site", "stain", "scanner", "quality"])
    .where("project", "=", run.project)
    .execute();
  const find = slideFinder(rows.map(({ path }) => path));
  const byPath = new Map(rows.map((row) => [row.path, row]));
  return members.map(({ path, ...member }) => {
    const row = byPath.get(find({ id: member.id, path }, roots) ?? "");
    const quality = row?.quality ?? null;
    return {
      ...member,
      key: row?.key ?? keyOf("slide", run.project, `${run.key}/${path}`),
      name: row?.name ?? member.id,
      case: row?.case_key ?? null,
      patient: row?.patient ?? member.patient,
      site: row?.site ?? member.site,
      stain: row?.stain ?? member.stain,
      scanner: row?.scanner ?? member.scanner,
      quality: quality === null ? member.quality : quality.length === 0 ? "pass" : "flagged",
    };
  });
}

function veiled(failure: Failure, root: string, members: RunMembers | null): Failure {
  const names = members?.members.flatMap(({ id, path, patient }) => [id, path, patient ?? ""]) ?? [];
  const { text } = veilOf(root, names);
  const { expected, received, remedy } = failure;
  return { kind: failure.kind, expected: text(expected), received: text(received), remedy: text(remedy) };
}
