/** The files that make one slide: those of a folder, or a file with the folder of pictures that belongs to it. */
import { type Dirent, existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { folderBeside } from "@nacre/imaging/node";

/** What desktops leave in folders. */
const LITTER = new Set([".DS_Store", "Thumbs.db", "desktop.ini"]);

/** All files of a slide that is more than one file, in the order of their paths; null for a slide in one file. Throws what node:fs throws. */
export function slideFiles(path: string): readonly string[] | null {
  if (statSync(path).isDirectory()) return filesIn(path);
  const pictures = picturesOf(path);
  return pictures !== null && existsSync(pictures) ? [path, ...filesIn(pictures)] : null;
}

/** Where the pixels of an Olympus VSI, a MIRAX slide or a Deep Zoom image lie. */
function picturesOf(path: string): string | null {
  const folder = folderBeside(basename(path));
  return folder === null ? null : join(dirname(path), folder);
}

function filesIn(folder: string): string[] {
  const files: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort(byName)) {
    const path = join(folder, entry.name);
    if (statSync(path).isDirectory()) files.push(...filesIn(path));
    else if (!LITTER.has(entry.name)) files.push(path);
  }
  return files;
}

const byName = (a: Dirent, b: Dirent): number => (a.name < b.name ? -1 : 1);
