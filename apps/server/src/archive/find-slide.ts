/** Which slide of a project a row of a table means: by its path below one of the table's folders, else by a name that only one slide has. */
import { slideIdOf } from "@nacre/core";
import type { CohortCells } from "./read-cells.ts";

/** @returns the slide's path inside the project, or undefined */
export type FindSlide = (cells: Pick<CohortCells, "path" | "id">, roots: readonly string[]) => string | undefined;

/** Folders, inside the project, below which a table that lies in none of its own folders names slides. */
export const PROJECT_ROOTS: readonly string[] = ["", "slides"];

export function slideFinder(paths: readonly string[]): FindSlide {
  const known = new Set(paths);
  const byName = uniqueNames(paths);
  return ({ path, id }, roots) => roots.map((root) => joined(root, path)).find((p) => known.has(p)) ?? byName.get(id);
}

/** Paths by the slide id of their last part, where only one slide has it. */
function uniqueNames(paths: readonly string[]): ReadonlyMap<string, string> {
  const named = new Map<string, string | null>();
  for (const path of paths) {
    const id = slideIdOf(path.split("/").at(-1) ?? path);
    named.set(id, named.has(id) ? null : path);
  }
  return new Map([...named].flatMap(([id, path]) => (path === null ? [] : [[id, path]])));
}

/** Folders that hold a path, the outermost first; the project's own is not among them. */
export function foldersAbove(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join("/"));
}

/** A path in a table below a folder, both with `/`; it never leads out. */
export function joined(root: string, path: string): string {
  const parts: string[] = [];
  for (const part of `${root}/${path.replaceAll("\\", "/")}`.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}
