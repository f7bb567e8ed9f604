/** A slide that somebody may see, as its row. */
import type { Person } from "@nacre/api";
import type { Selectable } from "kysely";
import { notFound } from "../serve/refuse.ts";
import type { Services } from "../services.ts";
import type { Tables } from "../store/tables.ts";

/** @throws ApiRefusal not-found */
export async function slideFor(
  { db, archive }: Pick<Services, "db" | "archive">,
  who: Person,
  key: string,
): Promise<Selectable<Tables["slide"]>> {
  const row = await db.selectFrom("slide").selectAll().where("key", "=", key).executeTakeFirst();
  if (row === undefined || !archive.seenBy(who).some((project) => project.key === row.project))
    return notFound("a slide");
  return row;
}
