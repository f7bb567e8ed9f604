/** The files of a folder on disk as neighbours of a slide. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { openFileSource } from "./file-source.ts";
import { expectInside, type Neighbours } from "./neighbours.ts";

/** Most files of one folder that are looked at. */
const MOST_FILES = 100_000;

/** Links are followed; names stay inside `folder`. */
export function folderNeighbours(folder: string): Neighbours {
  return {
    async list(inner = "") {
      if (inner !== "") expectInside(inner);
      const names = readdirSync(join(folder, inner)).slice(0, MOST_FILES).sort();
      return names
        .map((name) => (inner === "" ? name : `${inner}/${name}`))
        .filter((name) => isFile(join(folder, name)));
    },
    async open(name) {
      expectInside(name);
      const path = join(folder, name);
      return isFile(path) && statSync(path).size > 0 ? openFileSource(path) : null;
    },
  };
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
