/**
 * Half-written files that a service left in its data folder when it was killed: pictures, vectors, maps, a database that was on its way
 * into its place. They are written under names of their own and renamed when whole, so none of them is anybody's result.
 */
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

const HALF = /\.part(ial)?$/;
const HALF_DATABASE = /^database\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** @param ageMs how long nobody has written to it: 0 for whoever is alone in the folder */
export function sweepData(folder: string, ageMs: number): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (HALF_DATABASE.test(entry.name)) removeOld(path, ageMs);
    else if (entry.isDirectory() && !entry.name.startsWith("database"))
      for (const name of readdirSync(path, { recursive: true, encoding: "utf8" }))
        if (HALF.test(name)) removeOld(join(path, name), ageMs);
  }
}

function removeOld(path: string, ageMs: number): void {
  const left = statSync(path, { throwIfNoEntry: false });
  if (left === undefined || Date.now() - left.mtimeMs < ageMs) return;
  rmSync(path, { recursive: true, force: true });
}
