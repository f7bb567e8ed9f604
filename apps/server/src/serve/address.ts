/** Which addresses belong to the interface, and which to the pages. */
import type { FastifyRequest } from "fastify";
import { refuse } from "./refuse.ts";

export const API = "/api";

/** Addresses that no route has. @throws ApiRefusal always */
export function unknownRoute(request: FastifyRequest): never {
  return refuse("not-found", {
    expected: "an address that the service has",
    received: `${request.method} of another`,
    remedy: "see /api/openapi.json",
  });
}

/** Whether a path belongs to the interface, and not to the pages. */
export function isApi(path: string): boolean {
  return path === API || path.startsWith(`${API}/`) || path === "/metrics";
}
