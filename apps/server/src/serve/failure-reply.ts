/** Every way in which a request can fail, as the one shape of the interface. No stack, no path of this machine, ever. */
import { type ApiFailure, failureSchema } from "@nacre/api";
import { FailureError, type FailureKind } from "@nacre/core";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import type { ServerConfig } from "../config.ts";
import { isAway } from "../job/patience.ts";
import { codeOf } from "../service/reason.ts";
import { ApiRefusal } from "./refuse.ts";

/** Failures of data whose status is not 422. */
const STATUS: Partial<Record<FailureKind, number>> = {
  locked: 409,
  refused: 403,
  "disk-full": 507,
  "no-permission": 503,
  "no-device": 503,
  cancelled: 503,
  internal: 500,
};

interface Told {
  readonly status: number;
  readonly failure: ApiFailure;
}

/** What the database says that it cannot do now, and may be able to do later. */
function tellOfDatabase(error: unknown, isServer: boolean): Told | null {
  if (codeOf(error) === DISK_FULL) return { status: 507, failure: inWords(NO_ROOM) };
  return isServer && isAway(error) ? { status: 503, failure: inWords(AWAY) } : null;
}

function tell(error: unknown): Told {
  if (error instanceof ApiRefusal) return { status: error.status, failure: error.failure };
  if (error instanceof FailureError)
    return { status: STATUS[error.failure.kind] ?? 422, failure: failureSchema.parse(error.failure) };
  const { statusCode = 500, code } = (error ?? {}) as Partial<FastifyError>;
  const known = OWN[statusCode];
  if (known !== undefined) return { status: statusCode, failure: inWords(known) };
  const isCallers = statusCode >= 400 && statusCode < 500;
  const received = code === undefined ? "something else" : `something else (${code})`;
  return isCallers
    ? {
        status: statusCode,
        failure: inWords(["bad-request", "a request as the interface describes it", received, SEE]),
      }
    : { status: 500, failure: inWords(DEFECT) };
}

type Words = readonly [kind: string, expected: string, received: string, remedy: string];

const SEE = "see /api/openapi.json";
const REPORT = "report it with the request id in the header x-request-id: the log of the service names the place";
const DEFECT: Words = ["internal", "Nacre to work", "a defect of Nacre", REPORT];

const DISK_FULL = "53100";
const NO_ROOM: Words = [
  "disk-full",
  "room for what is to be kept",
  "a full disk",
  "nothing was changed; ask an admin to make room",
];
const AWAY: Words = [
  "unavailable",
  "a database that answers",
  "no answer from the database",
  "try again in a minute; nothing was changed",
];

/** What the framework refuses by itself, by its status. */
const OWN: Readonly<Record<number, Words>> = {
  413: [
    "too-large",
    "a smaller body",
    "one above the limit of this service",
    "send less at a time, or raise maxBodyMb",
  ],
  415: ["bad-request", "a body of content-type application/json", "another type", "send JSON"],
  429: [
    "too-many",
    "fewer requests a minute",
    "more than this service answers to one caller",
    "wait as long as the header retry-after says",
  ],
  503: ["unavailable", "a service that is open", "one that is closing", "try again in a minute"],
};

function inWords([kind, expected, received, remedy]: Words): ApiFailure {
  return { kind, expected, received, remedy };
}

/** Replaces folders of this machine by a word. */
function withoutPaths(failure: ApiFailure, folders: readonly string[]): ApiFailure {
  const clean = (text: string) => folders.reduce((said, folder) => said.replaceAll(folder, "…"), text);
  return {
    kind: failure.kind,
    expected: clean(failure.expected),
    received: clean(failure.received),
    remedy: clean(failure.remedy),
  };
}

/** What work says that nobody waits for. */
const GIVEN_UP: ReadonlySet<string> = new Set(["cancelled", "unavailable"]);
/** For log and metrics alone: nobody is there to receive it. */
const GONE = 499;

/** The error handler: tells the caller the failure, and the log the place of a defect. */
export function failureReply(config: Pick<ServerConfig, "data" | "projects" | "databaseUrl">) {
  // The longest first: a folder inside another is replaced whole.
  const folders = [config.data, ...config.projects.map((p) => p.folder)].sort((a, b) => b.length - a.length);
  return (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const { status, failure } = tellOfDatabase(error, config.databaseUrl !== undefined) ?? tell(error);
    if (reply.raw.destroyed && GIVEN_UP.has(failure.kind)) {
      request.log.info({ route: request.routeOptions.url ?? "unknown" }, "the caller went away");
      return reply.code(GONE).send();
    }
    if (status >= 500) request.log.error({ err: error, route: request.routeOptions.url ?? "unknown", status });
    return reply
      .code(status)
      .header("cache-control", "no-store")
      .type("application/json; charset=utf-8")
      .send(JSON.stringify({ error: withoutPaths(failure, folders) }));
  };
}
