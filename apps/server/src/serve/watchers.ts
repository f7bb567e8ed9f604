/** Streams of server-sent events stay open: each caller has a bounded number of them, and they end when the caller may not come in any more. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { callerOf } from "../auth/caller.ts";
import { isStillGood } from "../auth/still-good.ts";
import type { Services } from "../services.ts";
import { refuse } from "./refuse.ts";

/** Streams of one caller at once: a browser's tabs have one or two each. */
export const MOST_STREAMS = 32;
/** How often it is looked whether a caller may still come in. */
const LOOK_MS = 5000;

const OPEN = new WeakMap<object, Map<string, number>>();

/** Counts a stream until its connection closes. @param end ends the stream @throws ApiRefusal too-many */
export function holdStream(
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  services: Services,
  { end, lookMs }: { readonly end: () => void; readonly lookMs: number },
): void {
  const open = OPEN.get(services.db) ?? new Map<string, number>();
  OPEN.set(services.db, open);
  const who = callerOf(request).person?.id ?? request.ip;
  const count = open.get(who) ?? 0;
  if (count >= MOST_STREAMS)
    refuse("too-many", {
      expected: `at most ${MOST_STREAMS} streams of one caller`,
      received: "one more",
      remedy: "close a page that watches something",
    });
  open.set(who, count + 1);
  // A database that does not answer says nothing of the caller.
  const look = () =>
    void isStillGood(request, services).then(
      (isGood) => isGood || end(),
      () => {},
    );
  const timer = setInterval(look, Math.min(lookMs, LOOK_MS)).unref();
  reply.raw.once("close", () => {
    clearInterval(timer);
    const left = (open.get(who) ?? 1) - 1;
    if (left > 0) open.set(who, left);
    else open.delete(who);
  });
}
