/** The trail, for admins to read and verify. */
import { readTrail, verifyTrail } from "@nacre/api";
import { type Handled, handle } from "../serve/handle.ts";

export const trailRoutes: readonly Handled[] = [
  handle(readTrail, async ({ query, services: { db } }) => {
    const { actor, subject, action } = query;
    let matching = db.selectFrom("trail");
    if (actor !== undefined) matching = matching.where("actor", "=", actor);
    if (subject !== undefined) matching = matching.where("subject", "=", subject);
    if (action !== undefined) matching = matching.where("action", "=", action);
    const { total } = await matching
      .select(({ fn }) => fn.countAll<string | number>().as("total"))
      .executeTakeFirstOrThrow();
    const rows = await matching.selectAll().orderBy("seq", "desc").limit(query.limit).offset(query.offset).execute();
    return {
      total: Number(total),
      rows: rows.map(({ previous: _, ...row }) => ({
        ...row,
        seq: Number(row.seq),
        details: JSON.parse(row.details) as Record<string, unknown>,
      })),
    };
  }),
  handle(verifyTrail, async ({ who, services: { trail } }) => {
    const check = await trail.verify();
    await trail.note(who, { action: "trail.verified", details: { ok: check.ok, rows: check.rows } });
    return check;
  }),
];
