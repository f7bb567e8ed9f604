/**
 * Takes a QuPath file in: all of it in one transaction. Taken in twice, it is there once, by the ids of the file. One that was removed
 * here meanwhile comes back; one that another slide holds is taken in as a copy with an id of its own, always the same one.
 */
import { createHash, randomUUID } from "node:crypto";
import type { importAnnotations, Person, RouteReply } from "@nacre/api";
import { type Insertable, type Kysely, sql } from "kysely";
import type { Services } from "../services.ts";
import type { Tables } from "../store/tables.ts";
import { fromQuPath } from "./from-qupath.ts";
import { slideFor } from "./slide-scope.ts";

const ROWS_A_STATEMENT = 500;
type Parts = Pick<Services, "db" | "archive" | "trail" | "now">;
type Row = Insertable<Tables["annotation"]>;

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
  const rows = annotations.map(({ id, geometry, name, colour, note }) => ({
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
  const { made, copies } = await db.transaction().execute(async (tx) => {
    const sum = { made: 0, copies: 0 };
    for (let start = 0; start < rows.length; start += ROWS_A_STATEMENT) {
      const some = await ownIds(tx, key, rows.slice(start, start + ROWS_A_STATEMENT));
      sum.copies += some.copies;
      sum.made += await put(tx, some.rows);
    }
    return sum;
  });
  await trail.note(who, { action: "annotations.imported", project: slide.project, subject: key, details: { made } });
  const known = rows.length - made;
  return {
    made,
    left: [
      ...left,
      ...(copies === 0
        ? []
        : [`${copies} × annotation of another slide: taken in as a copy. Is it this slide's file?`]),
      ...(known === 0 ? [] : [`${known} × annotation that is on this slide already: left as it stands`]),
    ],
  };
}

/** The rows, those whose id stands on another slide under an id of their own. */
async function ownIds(
  tx: Kysely<Tables>,
  slide: string,
  rows: readonly Row[],
): Promise<{ readonly rows: readonly Row[]; readonly copies: number }> {
  const ids = rows.map(({ id }) => id);
  const held = await tx
    .selectFrom("annotation")
    .select("id")
    .where("id", "in", ids)
    .where("slide", "!=", slide)
    .execute();
  const elsewhere = new Set(held.map(({ id }) => id));
  const own = rows.map((row) => (elsewhere.has(row.id) ? { ...row, id: copyId(slide, row.id) } : row));
  return { rows: own, copies: ids.filter((id) => elsewhere.has(id)).length };
}

/** A UUID (RFC 9562, version 8) that the slide and the id give. */
function copyId(slide: string, id: string): string {
  const hex = createHash("sha256").update(`${slide} ${id}`).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}

/** @returns how many are there that were not, the ones that had been removed among them */
async function put(tx: Kysely<Tables>, rows: readonly Row[]): Promise<number> {
  // An id twice in one statement would be changed twice, which SQL refuses: the first one holds.
  const each = [...new Map(rows.toReversed().map((row) => [row.id, row])).values()].reverse();
  const put = await tx
    .insertInto("annotation")
    .values(each)
    .onConflict((c) =>
      c
        .column("id")
        .doUpdateSet((set) => ({
          geometry: set.ref("excluded.geometry"),
          name: set.ref("excluded.name"),
          colour: set.ref("excluded.colour"),
          note: set.ref("excluded.note"),
          author: set.ref("excluded.author"),
          updated: set.ref("excluded.updated"),
          version: sql<number>`annotation.version + 1`,
          removed: false,
        }))
        .where("annotation.removed", "=", true),
    )
    .returning("id")
    .execute();
  return put.length;
}
