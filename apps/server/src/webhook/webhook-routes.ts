/** Webhooks: made, listed and removed by admins. An address that may not be reached is refused when it is made, and looked at again at every delivery. */
import { randomUUID } from "node:crypto";
import { listWebhooks, makeWebhook, type RouteReply, removeWebhook, webhookSchema } from "@nacre/api";
import type { Selectable } from "kysely";
import { newSecret } from "../auth/secret.ts";
import { type Handled, handle } from "../serve/handle.ts";
import { notFound, refuseFailure } from "../serve/refuse.ts";
import type { Tables } from "../store/tables.ts";
import { reach, resolveName } from "./reach.ts";

export const webhookRoutes: readonly Handled[] = [
  handle(listWebhooks, async ({ services }) => {
    const rows = await services.db.selectFrom("webhook").selectAll().orderBy("id").execute();
    return { rows: rows.map(rowOf) };
  }),
  handle(makeWebhook, async ({ body, who, services: { db, config, trail } }) => {
    const reached = await reach(body.url, { hosts: config.webhookHosts, resolve: resolveName });
    // A name without an address today may have one tomorrow; one that must not be reached stays so.
    if (!reached.ok && reached.failure.kind === "refused") return refuseFailure(reached.failure);
    const row = {
      id: randomUUID(),
      url: body.url,
      events: JSON.stringify([...new Set(body.events)]),
      secret: newSecret(),
      last: null,
    };
    await trail.note(who, {
      action: "webhook.made",
      subject: row.id,
      details: { host: new URL(body.url).host, events: body.events },
    });
    const made = await db.insertInto("webhook").values(row).returningAll().executeTakeFirstOrThrow();
    return { secret: row.secret, row: rowOf(made) };
  }),
  handle(removeWebhook, async ({ params, who, services: { db, trail } }) => {
    const removed = await db.deleteFrom("webhook").where("id", "=", params.id).returning("id").executeTakeFirst();
    if (removed === undefined) return notFound("a webhook");
    await trail.note(who, { action: "webhook.removed", subject: params.id });
    return { done: true as const };
  }),
];

function rowOf({
  id,
  url,
  events,
  last,
}: Selectable<Tables["webhook"]>): RouteReply<typeof listWebhooks>["rows"][number] {
  return { id, url, events: webhookSchema.shape.events.parse(events), last };
}
