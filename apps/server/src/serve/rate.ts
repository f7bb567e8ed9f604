/** How often one caller may ask: strict where secrets are tried, generous elsewhere, tiles and other pictures by their own measure. */
import {
  type Route,
  readDeepZoomTile,
  readIiifImage,
  readRegion,
  readThumbnail,
  readTile,
  signInWithToken,
} from "@nacre/api";
import type { FastifyRequest } from "fastify";
import { callerOf } from "../auth/caller.ts";

export interface Limit {
  readonly max: number;
  readonly timeWindow: number;
  readonly keyGenerator: (request: FastifyRequest) => string;
}

const MINUTE = 60_000;

/** Requests a minute of one caller. A person who pans asks for some hundred tiles a second at most. */
export const PER_MINUTE = { signIn: 20, api: 6_000, tiles: 120_000, refusedTokens: 60 } as const;

/** What a viewer asks for by the dozen. */
const PICTURES: ReadonlySet<string> = new Set(
  [readTile, readThumbnail, readRegion, readDeepZoomTile, readIiifImage].map(({ id }) => id),
);

/** The limit of a route. Signed-in callers are counted by who they are, others by where they are. */
export function limitOf(route: Route): Limit {
  if (route.id === signInWithToken.id) return signInLimit;
  const max = PICTURES.has(route.id) ? PER_MINUTE.tiles : PER_MINUTE.api;
  return { max, timeWindow: MINUTE, keyGenerator: (request) => callerOf(request).person?.id ?? request.ip };
}

export const signInLimit: Limit = {
  max: PER_MINUTE.signIn,
  timeWindow: MINUTE,
  keyGenerator: (request) => request.ip,
};

/** Tokens that are tried and are not good. A good one is let through whatever others tried. */
export const refusedTokenLimit: Limit = { ...signInLimit, max: PER_MINUTE.refusedTokens };
