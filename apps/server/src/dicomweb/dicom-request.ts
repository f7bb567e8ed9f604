/**
 * One request to an archive that the configuration names: to its host alone, no redirect followed, bounded in time and in bytes. Whatever goes wrong is a
 * failure by name that says which archive, never its headers, which may hold a password.
 */
import { FailureError, type FailureKind, raise } from "@nacre/core";
import type { DicomSource } from "../config.ts";

export interface ArchiveLimits {
  /** Until the head of an answer is there. */
  readonly answerMs: number;
  /** Between two pieces of an answer. */
  readonly idleMs: number;
  /** Bytes of an answer that is read into memory. */
  readonly mostJson: number;
  /** Bytes of one series. */
  readonly mostSeries: number;
  /** Instances of one series. */
  readonly mostInstances: number;
}

export const ARCHIVE_LIMITS: ArchiveLimits = {
  answerMs: 60_000,
  idleMs: 30_000,
  mostJson: 64 * 2 ** 20,
  mostSeries: 64 * 2 ** 30,
  mostInstances: 2000,
};

export interface ArchiveCall {
  readonly source: DicomSource;
  readonly limits: ArchiveLimits;
  readonly signal: AbortSignal;
}

export interface ArchiveAnswer {
  readonly status: number;
  readonly type: string;
  /** As the archive says it; null where it does not. */
  readonly length: number | null;
  /** Pieces as they come. @throws FailureError truncated-file where the archive ends or falls silent before its time */
  readonly body: AsyncIterable<Uint8Array>;
}

interface Asked {
  readonly accept: string;
  readonly method?: "GET" | "POST";
  readonly type?: string;
  readonly body?: Uint8Array;
}

/** `path` is below the archive's base and already safe. @throws FailureError unreadable-file, refused, cancelled */
export async function askArchive(call: ArchiveCall, path: string, asked: Asked): Promise<ArchiveAnswer> {
  const { source, limits, signal } = call;
  const control = new AbortController();
  const stop = AbortSignal.any([signal, control.signal]);
  const timer = setTimeout(() => control.abort(), limits.answerMs);
  try {
    const { url, headers } = addressOf(source, path);
    const reply = await fetch(url, {
      method: asked.method ?? "GET",
      redirect: "manual",
      signal: stop,
      headers: {
        ...headers,
        accept: asked.accept,
        "accept-encoding": "identity",
        ...(asked.type === undefined ? {} : { "content-type": asked.type }),
      },
      // a copy whose buffer is no shared one
      ...(asked.body === undefined ? {} : { body: new Uint8Array(asked.body) }),
    });
    refuseStatus(call, reply, control);
    const length = reply.headers.get("content-length");
    return {
      status: reply.status,
      type: reply.headers.get("content-type") ?? "",
      length: length !== null && /^\d+$/.test(length) ? Number(length) : null,
      body: piecesOf(call, reply, control),
    };
  } catch (error) {
    if (error instanceof FailureError) throw error;
    if (signal.aborted) return cancelled(source);
    const why = control.signal.aborted ? `no answer within ${limits.answerMs / 1000} s` : causeOf(error);
    return archiveFailure("unreadable-file", source, "an answer", why, REACH);
  } finally {
    clearTimeout(timer);
  }
}

/** A name and password in the address become a header: `fetch` takes no such address. */
function addressOf(
  { url: base, headers = {} }: DicomSource,
  path: string,
): { readonly url: URL; readonly headers: Readonly<Record<string, string>> } {
  const root = new URL(base);
  const { username, password } = root;
  const url = new URL(`${root.origin}${root.pathname.replace(/\/+$/, "")}/${path}`);
  if (username === "" && password === "") return { url, headers };
  const pair = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString("base64");
  return { url, headers: { authorization: `Basic ${pair}`, ...headers } };
}

const REACH = "see that it runs and that its address in the configuration is right, and try again";

/** Conflicts (409) of a store carry an answer that is read. */
function refuseStatus({ source }: ArchiveCall, { status, headers }: Response, control: AbortController): void {
  if ((status >= 200 && status < 300) || status === 409) return;
  control.abort();
  if (status >= 300 && status < 400) {
    const where = headers.get("location") === null ? "a redirect" : "a redirect, which is not followed";
    archiveFailure(
      "refused",
      source,
      "an answer of the archive itself",
      where,
      "name its final address in the configuration",
    );
  }
  if (status === 401 || status === 403) {
    const remedy = "give the service an account there: headers of the source in the configuration";
    archiveFailure("refused", source, "leave to ask", `status ${status}`, remedy);
  }
  const kind = status === 404 ? "missing-file" : "unreadable-file";
  archiveFailure(kind, source, "an answer of status 200", `status ${status}`, "look into the log of the archive");
}

async function* piecesOf(call: ArchiveCall, reply: Response, control: AbortController): AsyncGenerator<Uint8Array> {
  const { source, limits, signal } = call;
  const reader = reply.body?.getReader();
  if (reader === undefined) return;
  try {
    for (;;) {
      const timer = setTimeout(() => control.abort(), limits.idleMs);
      const { done, value } = await reader.read().finally(() => clearTimeout(timer));
      if (done) return;
      yield value;
    }
  } catch (error) {
    if (error instanceof FailureError) throw error;
    if (signal.aborted) cancelled(source);
    const why = control.signal.aborted ? `silence of ${limits.idleMs / 1000} s` : "an answer that ends before its time";
    archiveFailure("truncated-file", source, "the whole answer", why, "try again; look into the log of the archive");
  } finally {
    // closes the connection where not all was wanted
    control.abort();
    await reader.cancel().catch(() => {});
  }
}

/** A whole answer in memory. @throws FailureError out-of-bounds above `mostJson` */
export async function wholeAnswer(call: ArchiveCall, { body, length }: ArchiveAnswer): Promise<Uint8Array> {
  const most = call.limits.mostJson;
  const pieces: Uint8Array[] = [];
  let size = length !== null && length > most ? length : 0;
  if (size === 0) {
    for await (const piece of body) {
      size += piece.length;
      if (size > most) break;
      pieces.push(piece);
    }
  }
  if (size <= most) return Buffer.concat(pieces);
  const remedy = "ask for less at a time: by patient or accession number";
  return archiveFailure("out-of-bounds", call.source, `an answer of at most ${most} bytes`, "a larger one", remedy);
}

/** @throws FailureError always */
export function archiveFailure(
  kind: FailureKind,
  { name }: DicomSource,
  expected: string,
  received: string,
  remedy: string,
): never {
  return raise(kind, { expected: `${expected} from the archive ${name}`, received, remedy });
}

const cancelled = (source: DicomSource): never =>
  archiveFailure("cancelled", source, "time for the answer", "a caller that went away", "ask again");

function causeOf(error: unknown): string {
  const { cause } = error as { readonly cause?: { readonly code?: string } };
  return cause?.code === undefined ? "no connection" : `no connection (${cause.code})`;
}
