/**
 * The slides of a folder, each once: files by their endings, folders that are one slide (OME-Zarr, DICOM series), and nothing of what lies
 * inside them or belongs to a file beside (tiles of a Deep Zoom image, the pixels of a VSI or a MIRAX slide). Plain pictures are not looked
 * for: they are overlays and thumbnails more often than slides.
 */
import { readdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { folderNeighbours } from "../bytes/folder-neighbours.ts";
import { firstOfEachSlide } from "../format/dicom/series.ts";
import { mayBeZarrFolder } from "../format/zarr/zarr-slide.ts";

const SLIDE = /\.(svs|tiff?|ndpi|scn|bif|czi|vsi|dzi|mrxs|vms|vmu|svslide)$/i;

/** Folders that belong to a file of their folder, by its ending. */
const BESIDE: readonly (readonly [ending: RegExp, folder: (stem: string) => string])[] = [
  [/\.vsi$/i, (stem) => `_${stem}_`],
  [/\.dzi$/i, (stem) => `${stem}_files`],
  [/\.mrxs$/i, (stem) => stem],
];

/** The folder of pictures that belongs to a slide file of this name; null where a format has none. */
export function folderBeside(name: string): string | null {
  const beside = BESIDE.find(([ending]) => ending.test(name));
  return beside ? beside[1](name.replace(/\.[^.]*$/, "")) : null;
}

/** A file is itself. Paths in the order of their names; an empty list where a folder holds no slide. Throws what node:fs throws. */
export async function findSlides(path: string, signal?: AbortSignal): Promise<readonly string[]> {
  if (!statSync(path).isDirectory()) return [path];
  return slidesIn(path, new Set(), signal);
}

async function slidesIn(folder: string, seen: Set<string>, signal?: AbortSignal): Promise<string[]> {
  signal?.throwIfAborted();
  // a link may lead back
  const real = realpathSync(folder);
  if (seen.has(real)) return [];
  seen.add(real);
  const names = readdirSync(folder)
    .filter((name) => !name.startsWith("."))
    .sort();
  const isFolder = new Map(
    names.map((name) => [name, statSync(join(folder, name), { throwIfNoEntry: false })?.isDirectory()]),
  );
  if (mayBeZarrFolder(readdirSync(folder))) return [folder];
  const files = names.filter((name) => isFolder.get(name) === false && SLIDE.test(name));
  const inner = new Set(files.map(folderBeside));
  const found = files.map((name) => join(folder, name));
  for (const name of names.filter((each) => isFolder.get(each) && !inner.has(each)))
    found.push(...(await slidesIn(join(folder, name), seen, signal)));
  const dicom = await firstOfEachSlide(folderNeighbours(folder), signal);
  if (dicom.length === 1 && found.length === 0) return [folder];
  return [...found, ...dicom.map((name) => join(folder, name))].sort();
}
