/** Files and folders that appear under their name only when they are whole. */
import { lstat, rename, rm } from "node:fs/promises";
import { raise } from "@nacre/core";
import type { FormatRules } from "./slide-writer.ts";

type Kind = FormatRules["kind"];

/** Where `out` is written first: beside it, so that moving it is a rename. */
export const asideOf = (out: string): string => `${withoutSlash(out)}.${process.pid}.part`;

/** The folder of tiles that belongs to a DeepZoom description. */
export const tilesFolder = (path: string): string => `${withoutSlash(path).replace(/\.dzi$/i, "")}_files`;

/** Nothing that exists is written over. @throws FailureError `bad-usage` */
export async function checkFree(out: string, kind: Kind): Promise<void> {
  for (const path of kind === "file-and-folder" ? [out, tilesFolder(out)] : [withoutSlash(out)]) {
    if (!(await exists(path))) continue;
    raise("bad-usage", {
      expected: "a name that is free",
      received: `${path}, which is there already`,
      remedy: "choose another name, or remove it first",
    });
  }
}

export async function putInPlace(aside: string, out: string, kind: Kind): Promise<void> {
  if (kind === "file-and-folder") await rename(tilesFolder(aside), tilesFolder(out));
  await rename(aside, withoutSlash(out));
}

export async function removeAside(aside: string, kind: Kind): Promise<void> {
  await rm(aside, { force: true, recursive: true });
  if (kind === "file-and-folder") await rm(tilesFolder(aside), { force: true, recursive: true });
}

const withoutSlash = (path: string): string => path.replace(/[/\\]+$/, "");

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
