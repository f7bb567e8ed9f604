/**
 * What a served folder holds, by names, sizes and times alone: no slide is opened. Bounded in depth and count; hidden folders and
 * node_modules are passed by; a symbolic link is followed only where it stays inside.
 */
import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { basename, join, sep } from "node:path";
import { companionFolders, isPlainImage, isSlideFile, slideFolderKind } from "./slide-names.ts";

export interface FoundSlide {
  /** Inside the folder, with `/`. */
  readonly path: string;
  /** Size and time: another stamp is another file. */
  readonly stamp: string;
}

export interface FoundFolder {
  readonly slides: readonly FoundSlide[];
  /** Folders of runs, inside, with `/`; "" is the folder itself. */
  readonly runs: readonly string[];
  /** Tables named cohort.csv. */
  readonly tables: readonly string[];
  /** What was passed by, in words: links that lead outside, folders that could not be read, bounds that were reached. */
  readonly left: readonly string[];
  /** Folders and slides of these that are there and were not looked at, inside, all of them; "" is the folder itself. */
  readonly unread: readonly string[];
  /** How many were passed by: more than are told where there are very many. */
  readonly leftTotal: number;
}

export const WALK_BOUNDS = { depth: 16, entries: 2_000_000, slides: 200_000 } as const;

/** Files looked at together: a share on a network answers slowly, many at once. */
const AT_ONCE = 64;

/** What a run writes itself: never slides of a cohort. */
const RUN_OUTPUT = new Set(["features", "heatmaps", "model", "paper", "truth"]);

interface Walk {
  readonly root: string;
  readonly slides: FoundSlide[];
  readonly runs: string[];
  readonly tables: string[];
  readonly left: string[];
  readonly unread: string[];
  readonly seen: Set<string>;
  leftTotal: number;
  entries: number;
}

/** @param root real path of the folder */
export async function walkFolder(root: string): Promise<FoundFolder> {
  const walk: Walk = {
    root,
    slides: [],
    runs: [],
    tables: [],
    left: [],
    unread: [],
    seen: new Set([root]),
    leftTotal: 0,
    entries: 0,
  };
  await visit(walk, "", 0);
  walk.slides.sort((a, b) => (a.path < b.path ? -1 : 1));
  return walk;
}

interface Names {
  readonly files: string[];
  readonly folders: string[];
}

async function visit(walk: Walk, inside: string, depth: number): Promise<void> {
  const names = await namesIn(walk, inside);
  if (names === null) return;
  const { files, folders } = names;
  const isRun = await isRunFolder(walk, inside, names);
  if (isRun) walk.runs.push(inside);
  if (files.includes("cohort.csv")) walk.tables.push(joined(inside, "cohort.csv"));
  const kind = inside === "" || isRun ? null : slideFolderKind(basename(inside), files, folders);
  if (kind !== null) return keep(walk, inside, kind === "zarr" ? [] : files);
  const slides = slidesAmong(files);
  for (let at = 0; at < slides.length; at += AT_ONCE)
    await Promise.all(slides.slice(at, at + AT_ONCE).map((file) => keep(walk, joined(inside, file), [])));
  if (depth >= WALK_BOUNDS.depth) {
    walk.unread.push(...folders.map((folder) => joined(inside, folder)));
    return leave(walk, `${inside}: folders deeper than ${WALK_BOUNDS.depth}`);
  }
  const companions = companionFolders(slides);
  for (const folder of folders) {
    if (companions.has(folder) || (isRun && RUN_OUTPUT.has(folder))) continue;
    await visit(walk, joined(inside, folder), depth + 1);
  }
}

/** Plain images are slides only where no other slides lie beside them: elsewhere they are previews. */
function slidesAmong(files: readonly string[]): string[] {
  const slides = files.filter(isSlideFile);
  return slides.length > 0 ? slides : files.filter(isPlainImage);
}

/** Names in a folder, links resolved; null where it cannot be read or a bound is reached. */
async function namesIn(walk: Walk, inside: string): Promise<Names | null> {
  let entries: Dirent[];
  try {
    entries = await readdir(join(walk.root, inside), { withFileTypes: true });
  } catch {
    leaveUnread(walk, inside);
    return null;
  }
  walk.entries += entries.length;
  if (walk.entries > WALK_BOUNDS.entries || walk.slides.length > WALK_BOUNDS.slides) {
    walk.unread.push(inside);
    leave(walk, `${inside}: more than ${WALK_BOUNDS.entries} files or ${WALK_BOUNDS.slides} slides`);
    return null;
  }
  const names: Names = { files: [], folders: [] };
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    // The marks of an OME-Zarr are hidden files.
    if (entry.name.startsWith(".") && !entry.isFile()) continue;
    if (entry.isFile()) names.files.push(entry.name);
    else if (entry.isDirectory() && entry.name !== "node_modules") names.folders.push(entry.name);
    else if (entry.isSymbolicLink()) await follow(walk, inside, entry.name, names);
  }
  return names;
}

async function follow(walk: Walk, inside: string, name: string, names: Names): Promise<void> {
  const path = join(walk.root, inside, name);
  try {
    const real = await realpath(path);
    if (!real.startsWith(walk.root + sep)) return leave(walk, `${joined(inside, name)}: a link that leads outside`);
    const at = await stat(real);
    if (at.isFile()) names.files.push(name);
    else if (at.isDirectory() && !walk.seen.has(real)) {
      walk.seen.add(real);
      names.folders.push(name);
    }
  } catch (error) {
    if (!isAbsent(error)) return leaveUnread(walk, joined(inside, name));
    leave(walk, `${joined(inside, name)}: a link that leads nowhere`);
  }
}

async function keep(walk: Walk, path: string, parts: readonly string[]): Promise<void> {
  const stamp = await stampOf(join(walk.root, path), parts);
  if (stamp === null) leaveUnread(walk, path);
  else walk.slides.push({ path, stamp });
}

/** Size and time of a slide; of a folder, of its files. null where it is gone, or cannot be asked. */
export async function stampOf(path: string, parts: readonly string[] = []): Promise<string | null> {
  try {
    const own = await stat(path);
    if (parts.length === 0) return `${own.isFile() ? own.size : 0}-${Math.round(own.mtimeMs)}`;
    let bytes = 0;
    let time = own.mtimeMs;
    for (const part of parts) {
      const at = await stat(join(path, part));
      bytes += at.size;
      time = Math.max(time, at.mtimeMs);
    }
    return `${bytes}-${Math.round(time)}`;
  } catch {
    return null;
  }
}

/** A study file with what a run leaves beside it. A `.nacre` alone may be the service's own. */
async function isRunFolder(walk: Walk, inside: string, { files }: Names): Promise<boolean> {
  if (!files.includes("study.yaml")) return false;
  if (files.includes("predictions.csv") || files.includes("slides.csv")) return true;
  try {
    await stat(join(walk.root, inside, ".nacre", "state.json"));
    return true;
  } catch (error) {
    if (!isAbsent(error)) leaveUnread(walk, inside);
    return false;
  }
}

const joined = (inside: string, name: string): string => (inside === "" ? name : `${inside}/${name}`);

/** Whether an error says that nothing is there: of any other it is not known. */
const isAbsent = (error: unknown): boolean =>
  ["ENOENT", "ENOTDIR", "ELOOP"].includes((error as NodeJS.ErrnoException).code ?? "");

export const MOST_LEFT = 200;

function leaveUnread(walk: Walk, inside: string): void {
  walk.unread.push(inside);
  leave(walk, `${inside === "" ? "the folder itself" : inside}: could not be read`);
}

function leave(walk: Walk, text: string): void {
  walk.leftTotal++;
  if (walk.left.length < MOST_LEFT) walk.left.push(text);
}
