/** A PostgreSQL that answers, and lets nobody in at this address: whoever starts the service or a worker can mend it. */
import type { Failure } from "@nacre/core";
import { codeOf, reasonOf } from "../service/reason.ts";

/** Wrong password, no right to sign in, no such database, no right to make tables, no address at all. */
const REFUSED: ReadonlySet<string> = new Set(["28P01", "28000", "3D000", "42501", "ERR_INVALID_URL"]);

/** What to say where the address of the database is wrong, never the address itself; null where the error says something else. */
export function refusalOf(error: unknown): Failure | null {
  if (!REFUSED.has(codeOf(error) ?? "")) return null;
  return {
    kind: "bad-usage",
    expected: "a PostgreSQL that lets Nacre in at the address in DATABASE_URL",
    received: reasonOf(error),
    remedy: "correct user, password and database in the address: postgres://user:password@host/database",
  };
}
