/** Explains what is wrong with a service that answers, or should, at an address. */
import { errorSchema, healthSchema, readSession } from "@nacre/api";
import { reasonOf } from "./reason.ts";

/** As `nacre doctor` prints them. */
export interface ServerCheck {
  readonly what: string;
  readonly ok: boolean;
  readonly found: string;
}

/** So long is waited for an answer. */
export const WAIT_MS = 5_000;

/** Looks at a service that runs. `token` of an admin shows the service's own checks. */
export async function examineAddress(address: string, token?: string): Promise<ServerCheck[]> {
  const base = address.replace(/\/$/, "");
  const ask = (path: string) =>
    fetch(base + path, {
      signal: AbortSignal.timeout(WAIT_MS),
      ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
    });
  try {
    const session = await ask("/api/session");
    const said: unknown = await session.json().catch(() => null);
    const known = readSession.reply.safeParse(said);
    if (!known.success)
      return [{ what: "address", ok: false, found: `${base} ${refusalOf(said, session.status, token)}` }];
    const { version, person, signIn } = known.data;
    return [
      { what: "address", ok: true, found: `Nacre ${version} at ${base}` },
      { what: "sign-in", ok: true, found: person === null ? `by ${signIn.join(", ")}` : person.role },
      ...(await checksOf(await ask("/api/health"))),
      ...(person === null ? [HINT] : []),
    ];
  } catch (error) {
    return [{ what: "address", ok: false, found: `${base}: ${reasonOf(error)}` }];
  }
}

const HINT: ServerCheck = { what: "checks", ok: true, found: "shown to admins: put a token of one into NACRE_TOKEN" };

async function checksOf(reply: Response): Promise<ServerCheck[]> {
  const said: unknown = await reply.json().catch(() => null);
  const failed = errorSchema.safeParse(said);
  if (failed.success) {
    const { received, remedy } = failed.data.error;
    return [{ what: "health", ok: false, found: `${received}; ${remedy}` }];
  }
  const { state, checks } = healthSchema.parse(said);
  return [
    { what: "health", ok: state === "ok", found: state },
    ...checks.map(({ name, ok, text }) => ({ what: name, ok, found: text })),
  ];
}

/** What an answer is that tells no session. */
function refusalOf(said: unknown, status: number, token: string | undefined): string {
  const failed = errorSchema.safeParse(said);
  if (!failed.success) return `answers with ${status}, but it is not Nacre`;
  if (status === 401 && token !== undefined)
    return "does not know the token in NACRE_TOKEN: it ended, or was not copied whole";
  const { received, remedy } = failed.data.error;
  return `answers with ${status}: ${received}; ${remedy}`;
}
