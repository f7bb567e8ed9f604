/**
 * A bare Fastify: limits of time and size, ids of requests, and a log that cannot hold a patient's name.
 * The log writes a route's pattern and opaque keys. It never writes an address, a query, a body or the message of an error:
 * a parser's message quotes what it could not read.
 */
import { randomUUID } from "node:crypto";
import type { Socket } from "node:net";
import Fastify, { type FastifyInstance, LogController } from "fastify";
import type { ServerConfig } from "../config.ts";
import { codeOf } from "../service/reason.ts";

/** Where lines of the log go. */
export interface LogStream {
  write(line: string): void;
}

/** Limits on how long a request may take to arrive. A caller that sends a byte a second is cut off. */
export const ARRIVAL = { headersMs: 10_000, requestMs: 120_000, checkEveryMs: 2_000, maxHeaderBytes: 16_384 } as const;

export interface AppOptions {
  readonly log: LogStream | false;
  readonly arrival?: Partial<Record<keyof typeof ARRIVAL, number>>;
}

export function newApp(
  config: Pick<ServerConfig, "maxBody" | "publicUrl" | "proxies">,
  options: AppOptions,
): FastifyInstance {
  const arrival = { ...ARRIVAL, ...options.arrival };
  return Fastify({
    logger: options.log === false ? false : logOptions(options.log),
    logController: new LogController({ disableRequestLogging: true }),
    requestIdHeader: false,
    genReqId: () => randomUUID(),
    bodyLimit: config.maxBody,
    requestTimeout: arrival.requestMs,
    keepAliveTimeout: 30_000,
    return503OnClosing: true,
    // Behind a proxy the address of the caller is in a header, which only a proxy on this machine, or one that is named, is believed.
    trustProxy: config.publicUrl === undefined ? false : ["loopback", ...(config.proxies ?? [])],
    routerOptions: { maxParamLength: 400 },
    http: {
      headersTimeout: arrival.headersMs,
      connectionsCheckingInterval: arrival.checkEveryMs,
      maxHeaderSize: arrival.maxHeaderBytes,
    },
    clientErrorHandler: answerBrokenRequest,
  });
}

function logOptions(stream: LogStream) {
  return {
    level: "info",
    stream,
    serializers: {
      req: () => ({}),
      res: ({ statusCode }: { statusCode?: number }) => ({ statusCode: statusCode ?? 0 }),
      err: safeError,
    },
    // Without a text the message of an error would become the line's.
    hooks: {
      logMethod(this: unknown, [what, text, ...more]: unknown[], write: (...line: unknown[]) => void) {
        write.apply(this, [what instanceof Error ? { err: what } : what, text ?? "failed", ...more]);
      },
    },
  };
}

/** Name, code (its own, or of what lies below it) and frames of an error. Its message stays out: it may quote data. */
export function safeError(error: Error): { type: string; message: string; stack: string; code?: string } {
  const code = codeOf(error);
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return {
    type: error.name,
    message: "",
    stack: frames.slice(0, 12).join("\n"),
    ...(code === undefined ? {} : { code }),
  };
}

const BROKEN: Readonly<Record<string, [number, string, string]>> = {
  HPE_HEADER_OVERFLOW: [431, "headers of at most 16 kB", "longer headers"],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "a request that arrives in time", "part of a request"],
};

function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const [status, expected, received] = BROKEN[error.code ?? ""] ?? [400, "a request of HTTP/1.1", "something else"];
  const body = JSON.stringify({ error: { kind: "bad-request", expected, received, remedy: "send it again, whole" } });
  socket.end(
    `HTTP/1.1 ${status} Bad Request\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
