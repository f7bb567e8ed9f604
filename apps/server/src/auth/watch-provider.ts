/** Tells in the log when the identity provider does not answer, from the start on, and when it is back: nobody can sign in meanwhile. */
import { setTimeout as rest } from "node:timers/promises";
import type { Services } from "../services.ts";
import { LOOK_MS, type OidcClient } from "./oidc-client.ts";

/** Looks until the signal comes. */
export async function watchProvider(client: OidcClient, log: Services["log"], closing: AbortSignal): Promise<void> {
  let before: string | null = null;
  while (!closing.aborted) {
    const why = await client.look();
    if (closing.aborted) return;
    if (why !== null && before === null)
      log.error({ reason: why }, "the identity provider does not answer: nobody can sign in there");
    if (why === null && before !== null) log.warn({}, "the identity provider answers again");
    before = why;
    await rest(LOOK_MS, undefined, { signal: closing, ref: false }).catch(() => {});
  }
}
