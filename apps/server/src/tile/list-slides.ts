/** Slides that somebody may see, page by page. */
import type { listSlides, Person, RouteInput, RouteReply } from "@nacre/api";
import { sql } from "kysely";
import { seesIdentifiers } from "../case/case-scope.ts";
import { slideRowOf } from "../case/slide-rows.ts";
import type { Services } from "../services.ts";

export async function slidesPage(
  { db, archive }: Pick<Services, "db" | "archive">,
  who: Person,
  { project, case: one, state, find, offset, limit }: RouteInput<typeof listSlides>["query"],
): Promise<RouteReply<typeof listSlides>> {
  const seen = project === undefined ? archive.seenBy(who) : [archive.project(who, project)];
  if (seen.length === 0) return { total: 0, rows: [] };
  let picked = db.selectFrom("slide").where(
    "project",
    "in",
    seen.map(({ key }) => key),
  );
  if (one !== undefined) picked = picked.where("case_key", "=", one);
  // A state that is none matches nothing.
  if (state !== undefined) picked = picked.where("state", "=", state as "ready");
  const text = find?.trim().toLowerCase() ?? "";
  // What is found is the name that is told: without the right nothing is found by a name.
  const isNamed = seesIdentifiers(who);
  const told = isNamed ? sql<string>`lower(name)` : sql<string>`'slide ' || left(key, 6)`;
  if (text !== "") picked = picked.where(sql<boolean>`strpos(${told}, ${text}) > 0`);
  const [{ n } = { n: 0 }] = await picked.select(({ fn }) => fn.countAll<string | number>().as("n")).execute();
  const rows = await picked
    .selectAll()
    .orderBy(sql`${told} = ${text}`, "desc")
    // Nor is the order of hidden names told.
    .$if(isNamed, (slides) => slides.orderBy("name"))
    .orderBy("key")
    .offset(offset)
    .limit(limit)
    .execute();
  return { total: Number(n), rows: rows.map((row) => slideRowOf(row, who)) };
}
