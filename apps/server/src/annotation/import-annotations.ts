/** Takes a QuPath file in: all of it in one transaction. Taken in twice, it is there once, by the ids of the file. */
import { randomUUID } from "node:crypto";
import type { importAnnotations, Person, RouteReply } from "@nacre/api";
import type { Services } from "../services.ts";
import { fromQuPath, type TakenAnnotation } from "./from-qupath.ts";
import { slideFor } from "./slide-scope.ts";

const ROWS_A_STATEMENT = 500;
type Parts = Pick<Services, "db" | "archive" | "trail" | "now">;

/** @throws ApiRefusal not-found for the slide */
export async function takeIn(
  services: Parts,
  who: Person,
  { slide: key, geojson }: { readonly slide: string; readonly geojson: { readonly [key: string]: unknown } },
): Promise<RouteReply<typeof importAnnotations>> {
  const { db, trail, now } = services;
  const slide = await slideFor(services, who, key);
  const { annotations, left } = fromQuPath(geojson);
  const at = now().toISOString();
  const rows = annotations.map(({ id, geometry, name, colour, note }: TakenAnnotation) => ({
    id: id ?? randomUUID(),
    slide: key,
    geometry: JSON.stringify(geometry),
    name,
    colour: colour === null ? null : JSON.stringify(colour),
    note,
    author: who.name,
    version: 1,
    created: at,
    updated: at,
    removed: false,
  }));
  const made = await db.transaction().execute(async (tx) => {
    let count = 0;
    for (let start = 0; start < rows.length; start += ROWS_A_STATEMENT) {
      const some = rows.slice(start, start + ROWS_A_STATEMENT);
      const inserted = await tx
        .insertInto("annotation")
        .values(some)
        .onConflict((c) => c.column("id").doNothing())
        .returning("id")
        .execute();
      count += inserted.length;
    }
    return count;
  });
  await trail.note(who, { action: "annotations.imported", project: slide.project, subject: key, details: { made } });
  const known = rows.length - made;
  return {
    made,
    left: known === 0 ? [...left] : [...left, `${known} × annotation whose id is there already: left as it stands`],
  };
}
