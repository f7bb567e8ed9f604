/** What a handler gave, as a reply: a JSON document, bytes that may be kept, or a stream of server-sent events. */
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { Route } from "@nacre/api";
import { canonicalJson } from "@nacre/core";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { BytesReply, StreamEvent } from "./handle.ts";

export interface SendOptions {
  /** Checks each reply against its schema, and that it holds nothing beyond it. For tests: it costs time. */
  readonly checkReplies: boolean;
  /** Aborted when the caller is gone or the service closes. */
  readonly signal: AbortSignal;
  readonly heartbeatMs: number;
}

const YEAR = 31_536_000;

export function sendAnswer(
  route: Route,
  value: unknown,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  options: SendOptions,
): FastifyReply {
  if (isStream(value)) return sendEvents(route, value, reply, options);
  if (route.kind === "bytes" && isBytes(value)) return sendBytes(value, request, reply);
  if (options.checkReplies) checkReply(route, value);
  return reply
    .header("cache-control", "no-store")
    .type("application/json; charset=utf-8")
    .send(JSON.stringify(value ?? null));
}

function isStream(value: unknown): value is AsyncIterable<StreamEvent<unknown>> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

function isBytes(value: unknown): value is BytesReply {
  return typeof value === "object" && value !== null && "body" in value && "type" in value;
}

/** @throws TypeError where a reply is not of its schema: a defect, found by a test */
function checkReply(route: Route, value: unknown): void {
  const sent: unknown = JSON.parse(JSON.stringify(value ?? null));
  const parsed = route.reply.safeParse(sent);
  if (!parsed.success)
    throw new TypeError(
      `reply of ${route.id}: ${parsed.error.issues.map((i) => `${i.path.join(".")} ${i.message}`)[0]}`,
    );
  if (canonicalJson(parsed.data) !== canonicalJson(sent))
    throw new TypeError(`reply of ${route.id}: holds something that its schema does not name`);
}

function sendBytes(bytes: BytesReply, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { body } = bytes;
  const isWhole = typeof body === "string" || body instanceof Uint8Array;
  const etag = bytes.etag ?? (isWhole ? createHash("sha256").update(body).digest("base64url").slice(0, 22) : null);
  if (etag !== null) reply.header("etag", `"${etag}"`);
  reply.header("cache-control", bytes.isImmutable ? `private, max-age=${YEAR}, immutable` : "private, no-cache");
  // A browser that two people share must not show the second what it kept for the first.
  reply.header("vary", "cookie, authorization");
  if (bytes.saveAs !== undefined) reply.header("content-disposition", saveAs(bytes.saveAs));
  for (const [name, value] of Object.entries(bytes.headers ?? {})) reply.header(name, value);
  if (etag !== null && isKept(request.headers["if-none-match"], etag)) {
    if (!isWhole && "destroy" in body) (body as Readable).destroy();
    return reply.code(304).send();
  }
  return reply
    .type(bytes.type)
    .send(body instanceof Uint8Array ? Buffer.from(body.buffer, body.byteOffset, body.byteLength) : body);
}

function isKept(header: string | undefined, etag: string): boolean {
  return (header ?? "").split(",").some((tag) => tag.trim().replace(/^W\//, "") === `"${etag}"`);
}

/** A name for a file that no header can be broken with (RFC 6266). */
function saveAs(name: string): string {
  const plain = name.replace(/[^\w.-]/g, "_");
  return `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name)}`;
}

function sendEvents(
  route: Route,
  events: AsyncIterable<StreamEvent<unknown>>,
  reply: FastifyReply,
  options: SendOptions,
): FastifyReply {
  // The stream takes the next event only when the last was sent: a slow reader slows its own source alone.
  const text = Readable.from(eventText(route, events, options), { objectMode: false });
  return reply
    .header("cache-control", "no-store")
    .header("x-accel-buffering", "no")
    .type("text/event-stream; charset=utf-8")
    .send(text);
}

async function* eventText(
  route: Route,
  events: AsyncIterable<StreamEvent<unknown>>,
  { checkReplies, signal, heartbeatMs }: SendOptions,
): AsyncGenerator<string> {
  const source = events[Symbol.asyncIterator]();
  const stopped = new Promise<"stopped">((end) => {
    if (signal.aborted) end("stopped");
    else signal.addEventListener("abort", () => end("stopped"), { once: true });
  });
  try {
    yield "retry: 2000\n\n";
    let next = source.next();
    for (;;) {
      const beat = timer(heartbeatMs);
      const first = await Promise.race([next, stopped, beat.rings]);
      beat.clear();
      if (first === "stopped") return;
      if (first === "beat") {
        yield ": beat\n\n";
        continue;
      }
      if (first.done === true) return;
      if (checkReplies) checkReply(route, first.value.data);
      yield eventLines(first.value);
      next = source.next();
    }
  } finally {
    // Not awaited: a source that waits for its next event would hold the end of the stream.
    void source.return?.();
  }
}

function eventLines({ id, data }: StreamEvent<unknown>): string {
  return `${id === undefined ? "" : `id: ${id.replace(/[\r\n]/g, "")}\n`}data: ${JSON.stringify(data)}\n\n`;
}

function timer(ms: number): { rings: Promise<"beat">; clear(): void } {
  let id: NodeJS.Timeout | undefined;
  const rings = new Promise<"beat">((ring) => {
    id = setTimeout(() => ring("beat"), ms);
  });
  return { rings, clear: () => clearTimeout(id) };
}
