/**
 * Changes of annotations, in their order and in one transaction. A change names the version it was made on: made on an old one, it is
 * told back with what stands there now, and the others are made. A change that was made before is made once, so that a client may
 * send again what it does not know to have arrived.
 */
import type { Annotation, AnnotationChange, changeAnnotations, Person, RouteReply } from "@nacre/api";
import { type Kysely, type Selectable, sql, type Transaction } from "kysely";
import type { Services } from "../services.ts";
import type { Tables } from "../store/tables.ts";
import { slideFor } from "./slide-scope.ts";

type Made = RouteReply<typeof changeAnnotations>;
type AnnotationRow = Selectable<Tables["annotation"]>;
type Parts = Pick<Services, "db" | "archive" | "trail" | "now">;

export async function annotationsOf(db: Kysely<Tables>, slide: string): Promise<Annotation[]> {
  const rows = await db
    .selectFrom("annotation")
    .selectAll()
    .where("slide", "=", slide)
    .where("removed", "=", false)
    .orderBy("created")
    .orderBy("id")
    .execute();
  return rows.map(annotationOf);
}

/** @throws ApiRefusal not-found for the slide */
export async function applyChanges(
  services: Parts,
  who: Person,
  { slide: key, changes }: { readonly slide: string; readonly changes: readonly AnnotationChange[] },
): Promise<Made> {
  const { db, trail, now } = services;
  const slide = await slideFor(services, who, key);
  const at = now().toISOString();
  const made = await db.transaction().execute(async (tx) => {
    // One after the other on a slide: two who change the same annotations in another order would wait for each other for ever.
    await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(tx);
    const results: Result[] = [];
    // One after the other: a later change may build on an earlier one of the same request.
    for (const change of changes) results.push(await applyChange(tx, change, { slide: key, who, at }));
    return results;
  });
  const count = (kind: Result["kind"]) => made.filter((result) => result.kind === kind).length;
  await trail.note(who, {
    action: "annotations.changed",
    project: slide.project,
    subject: key,
    details: { put: count("put"), removed: count("removed"), conflicts: count("conflict") },
  });
  return gather(made);
}

type Result =
  | { readonly kind: "put"; readonly row: AnnotationRow }
  | { readonly kind: "removed"; readonly id: string }
  | { readonly kind: "conflict"; readonly change: string; readonly now: AnnotationRow | null };

/** What stands in the end: an annotation changed twice is told once, and one that was put and then removed only as removed. */
function gather(results: readonly Result[]): Made {
  const rows = new Map<string, Annotation>();
  const removed = new Set<string>();
  for (const result of results) {
    if (result.kind === "put") rows.set(result.row.id, annotationOf(result.row));
    if (result.kind === "removed") {
      rows.delete(result.id);
      removed.add(result.id);
    }
  }
  const conflicts = results.flatMap((r) =>
    r.kind === "conflict" ? [{ change: r.change, now: r.now === null ? null : annotationOf(r.now) }] : [],
  );
  return { rows: [...rows.values()], removed: [...removed], conflicts };
}

interface Place {
  readonly slide: string;
  readonly who: Person;
  readonly at: string;
}

async function applyChange(tx: Transaction<Tables>, change: AnnotationChange, place: Place): Promise<Result> {
  const isNew = await claim(tx, change, place);
  const row = await lockRow(tx, change.id);
  // Ids are the client's: one that is taken on another slide is a conflict that tells nothing of that slide.
  const here = row?.slide === place.slide ? row : undefined;
  if (!isNew)
    return here === undefined || here.removed ? { kind: "removed", id: change.id } : { kind: "put", row: here };
  const result =
    change.kind === "put"
      ? await put(tx, change, { ...place, row, here })
      : await remove(tx, change, { ...place, here });
  // Not made: sent again, it is judged again.
  if (result.kind === "conflict")
    await tx.deleteFrom("annotation_change").where("change", "=", change.change).execute();
  return result;
}

/** @returns whether nobody made this change before; two that come at once wait for each other here */
async function claim(tx: Transaction<Tables>, change: AnnotationChange, { slide, who, at }: Place): Promise<boolean> {
  const claimed = await tx
    .insertInto("annotation_change")
    .values({ change: change.change, annotation: change.id, slide, by: who.id, at, body: JSON.stringify(change) })
    .onConflict((c) => c.column("change").doNothing())
    .returning("change")
    .executeTakeFirst();
  return claimed !== undefined;
}

async function lockRow(tx: Transaction<Tables>, id: string): Promise<AnnotationRow | undefined> {
  return await tx.selectFrom("annotation").selectAll().where("id", "=", id).forUpdate().executeTakeFirst();
}

interface Found extends Place {
  readonly here: AnnotationRow | undefined;
}

async function put(
  tx: Transaction<Tables>,
  change: Extract<AnnotationChange, { kind: "put" }>,
  { slide, who, at, row, here }: Found & { readonly row: AnnotationRow | undefined },
): Promise<Result> {
  const values = {
    geometry: JSON.stringify(change.geometry),
    name: change.name,
    colour: change.colour === null ? null : JSON.stringify(change.colour),
    note: change.note,
  };
  if (row === undefined && change.version === 0) {
    const made = await tx
      .insertInto("annotation")
      .values({
        id: change.id,
        slide,
        ...values,
        author: who.name,
        version: 1,
        created: at,
        updated: at,
        removed: false,
      })
      .onConflict((c) => c.column("id").doNothing())
      .returningAll()
      .executeTakeFirst();
    if (made !== undefined) return { kind: "put", row: made };
  }
  if (here === undefined || here.removed || here.version !== change.version) return conflict(change, here);
  const made = await tx
    .updateTable("annotation")
    .set({ ...values, version: sql<number>`version + 1`, updated: at })
    .where("id", "=", change.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  return { kind: "put", row: made };
}

async function remove(
  tx: Transaction<Tables>,
  change: Extract<AnnotationChange, { kind: "remove" }>,
  { here, at }: Found,
): Promise<Result> {
  // Somebody else removed it: what was wanted stands.
  if (here?.removed === true) return { kind: "removed", id: change.id };
  if (here === undefined || here.version !== change.version) return conflict(change, here);
  await tx
    .updateTable("annotation")
    .set({ removed: true, version: sql<number>`version + 1`, updated: at })
    .where("id", "=", change.id)
    .execute();
  return { kind: "removed", id: change.id };
}

function conflict({ change }: AnnotationChange, here: AnnotationRow | undefined): Result {
  return { kind: "conflict", change, now: here === undefined || here.removed ? null : here };
}

function annotationOf({ removed: _, created, updated, ...row }: AnnotationRow): Annotation {
  return { ...row, created: created.toISOString(), updated: updated.toISOString() };
}
