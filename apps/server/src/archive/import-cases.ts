/** Cases from a table that somebody brings: kept as a file among the service's own, and read with every scan like a table of the folder. */

import { randomUUID } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { importCases, RouteReply } from "@nacre/api";
import { parseTable } from "@nacre/pipeline";
import { refuse, refuseFailure } from "../serve/refuse.ts";
import type { Services } from "../services.ts";
import type { ArchiveProject } from "./archive.ts";
import { PROJECT_ROOTS, slideFinder } from "./find-slide.ts";
import { cohortCells, rowsWithoutSlide } from "./read-cells.ts";

const MOST_TOLD = 200;

/** @throws ApiRefusal unusable for a text that is no table of slides */
export async function bringTable(
  { config, archive, db, now }: Services,
  { key }: ArchiveProject,
  csv: string,
): Promise<RouteReply<typeof importCases>> {
  const table = parseTable(csv, "the table");
  if (!table.ok) return refuseFailure(table.failure);
  const absent = ["slide", "patient"].filter((column) => !table.value.header.includes(column));
  if (absent.length > 0) {
    return refuse("unusable", {
      expected: `a column ${absent.join(" and a column ")}`,
      received: table.value.header.slice(0, 20).join(", "),
      remedy: "add the column: slide is the file's path or name, patient the patient's id",
    });
  }
  const folder = join(config.data, "tables", key);
  const name = `${now().toISOString().replace(/[:.]/g, "-")}-${randomUUID().slice(0, 8)}.csv`;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, `${name}.part`), csv, { mode: 0o600 });
  await rename(join(folder, `${name}.part`), join(folder, name));
  await archive.scan(key);
  const slides = await db.selectFrom("slide").select(["path", "case_key"]).where("project", "=", key).execute();
  const find = slideFinder(slides.map(({ path }) => path));
  const rows = cohortCells(table.value).map((cells) => ({ cells, path: find(cells, PROJECT_ROOTS) }));
  const meant = new Set(rows.flatMap(({ path }) => (path === undefined ? [] : [path])));
  const left = rows.filter(({ path }) => path === undefined);
  return {
    slides: meant.size,
    cases: new Set(slides.filter(({ path }) => meant.has(path)).map((row) => row.case_key)).size,
    left: left.slice(0, MOST_TOLD).map(({ cells }) => cells.path),
    leftTotal: left.length,
    withoutSlide: rowsWithoutSlide(table.value),
  };
}
