/** The archive over served folders: who may see which, safe paths in them, and scans that bring the database up to date. */
import { realpathSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { mayDo } from "@nacre/api";
import { raise } from "@nacre/core";
import type { Kysely } from "kysely";
import type { ServedFolder } from "../config.ts";
import { notFound } from "../serve/refuse.ts";
import type { Tables } from "../store/tables.ts";
import type { Archive, ArchiveProject, ScanCounts } from "./archive.ts";
import { realInside } from "./inside.ts";
import { keyOf } from "./key-of.ts";
import { scanProject } from "./scan-project.ts";

export interface ArchiveOptions {
  readonly projects: readonly ServedFolder[];
  readonly db: Kysely<Tables>;
  /** The service's own folder: tables that people brought lie in `tables/` of it. */
  readonly data: string;
  readonly now: () => Date;
}

/** Opens the archive; nothing is scanned yet. @throws FailureError missing-file where a folder is not there, duplicate-id where two bear one name */
export async function openArchive({ projects: served, db, data, now }: ArchiveOptions): Promise<Archive> {
  const projects = served.map(settle);
  refuseTwins(projects);
  for (const { key, name, folder } of projects) {
    await db
      .insertInto("project")
      .values({ key, name, folder })
      .onConflict((at) => at.column("key").doUpdateSet({ name, folder }))
      .execute();
  }
  return new FolderArchive(projects, { db, data, now });
}

class FolderArchive implements Archive {
  readonly projects: readonly ArchiveProject[];
  readonly #options: Omit<ArchiveOptions, "projects">;
  readonly #scans = new Map<string, Promise<ScanCounts>>();
  /** The scan that follows the one under way. */
  readonly #next = new Map<string, Promise<ScanCounts>>();

  constructor(projects: readonly ArchiveProject[], options: Omit<ArchiveOptions, "projects">) {
    this.projects = projects;
    this.#options = options;
  }

  seenBy({ role, projects }: Parameters<Archive["seenBy"]>[0]): readonly ArchiveProject[] {
    if (!mayDo(role, "viewer")) return [];
    return projects === null ? this.projects : this.projects.filter(({ key }) => projects.includes(key));
  }

  project(who: Parameters<Archive["project"]>[0], key: string): ArchiveProject {
    return this.seenBy(who).find((project) => project.key === key) ?? notFound("a project");
  }

  /** One scan of a project at a time. The one under way may have passed by what has changed since: who asks meanwhile gets the next, one for all. */
  scan(key: string): Promise<ScanCounts> {
    const running = this.#scans.get(key);
    if (running === undefined) return this.#begin(key);
    const had = this.#next.get(key);
    if (had !== undefined) return had;
    const next = running
      .catch(() => {})
      .then(() => {
        this.#next.delete(key);
        return this.#scans.get(key) ?? this.#begin(key);
      });
    this.#next.set(key, next);
    return next;
  }

  #begin(key: string): Promise<ScanCounts> {
    const project = this.#known(key);
    const tables = join(this.#options.data, "tables", key);
    const scan = scanProject(project, { ...this.#options, tables }).finally(() => this.#scans.delete(key));
    this.#scans.set(key, scan);
    return scan;
  }

  isScanning(key: string): boolean {
    return this.#scans.has(key);
  }

  pathIn(key: string, inside: string): string {
    return realInside(this.#known(key).folder, inside) ?? notFound("a file of the project");
  }

  #known(key: string): ArchiveProject {
    return this.projects.find((project) => project.key === key) ?? notFound("a project");
  }
}

function settle({ name, folder }: ServedFolder): ArchiveProject {
  const at = statSync(folder, { throwIfNoEntry: false });
  if (at === undefined || !at.isDirectory()) {
    return raise("missing-file", {
      expected: "a folder to serve",
      received: `${at === undefined ? "nothing" : "a file"} at ${folder}`,
      remedy: "give a folder of slides or of runs",
    });
  }
  const real = realpathSync(folder);
  const shown = name === "" ? basename(real) || "folder" : name;
  return { key: keyOf("project", shown), name: shown, folder: real };
}

function refuseTwins(projects: readonly ArchiveProject[]): void {
  const names = projects.map(({ name }) => name);
  const twin = names.find((name, i) => names.indexOf(name) !== i);
  if (twin === undefined) return;
  raise("duplicate-id", {
    expected: "each project's name once",
    received: `\`${twin}\` twice`,
    remedy: "give one of the folders another name",
  });
}
