/** A refusal that has a status: what a handler throws where a caller asked for what it may not, cannot or must not have. */
import type { ApiFailure } from "@nacre/api";
import type { Failure } from "@nacre/core";

const STATUS = {
  "bad-request": 400,
  "signed-out": 401,
  forbidden: 403,
  "not-found": 404,
  conflict: 409,
  "too-large": 413,
  unusable: 422,
  "too-many": 429,
  unavailable: 503,
} as const;

export type RefusalKind = keyof typeof STATUS;

export class ApiRefusal extends Error {
  readonly status: number;
  readonly failure: ApiFailure;
  constructor(status: number, failure: ApiFailure) {
    super(`${failure.kind}: expected ${failure.expected}, received ${failure.received}`);
    this.name = "ApiRefusal";
    this.status = status;
    this.failure = failure;
  }
}

/** @throws ApiRefusal always */
export function refuse(kind: RefusalKind, why: Omit<ApiFailure, "kind">): never {
  throw new ApiRefusal(STATUS[kind], { kind, ...why });
}

/** What is not there and what may not be seen give the same answer. @throws ApiRefusal always */
export function notFound(what: string): never {
  return refuse("not-found", {
    expected: `${what} that is there and that you may see`,
    received: "nothing of that key",
    remedy: "go back to the list; ask for access to the project if it should be there",
  });
}

/** A failure of data, as values travel: 422 with its own kind. @throws ApiRefusal always */
export function refuseFailure({ kind, expected, received, remedy }: Failure): never {
  throw new ApiRefusal(422, { kind, expected, received, remedy });
}
