/** A web server on this machine that answers ranges, counts what it sends, and misbehaves on request. For tests only. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Served {
  readonly size: number;
  read(offset: number, length: number): Uint8Array;
}

/** Answers a request instead of the server; false lets the server answer. */
export type Misbehave = (request: IncomingMessage, response: ServerResponse, n: number) => boolean;

export interface RangeServer {
  readonly url: (name: string) => string;
  readonly files: Map<string, Served>;
  /** [offset, length] of each range that was answered. */
  readonly ranges: [number, number][];
  bytes: number;
  requests: number;
  etag: string;
  misbehave: Misbehave | null;
  reset(): void;
  stop(): Promise<void>;
}

export const inMemory = (bytes: Uint8Array): Served => ({
  size: bytes.length,
  read: (offset, length) => bytes.subarray(offset, offset + length),
});

export async function startRangeServer(): Promise<RangeServer> {
  const http = createServer((request, response) => {
    server.requests++;
    if (server.misbehave?.(request, response, server.requests)) return;
    const file = server.files.get(decodeURIComponent(new URL(request.url ?? "", "http://x").pathname.slice(1)));
    if (!file) {
      response.writeHead(404).end("nothing here");
      return;
    }
    const [first = 0, last = file.size - 1] = (/^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [])
      .slice(1)
      .map(Number);
    if (first >= file.size) {
      response.writeHead(416, { "content-range": `bytes */${file.size}` }).end();
      return;
    }
    const length = Math.min(last + 1, file.size) - first;
    server.ranges.push([first, length]);
    server.bytes += length;
    const range = `bytes ${first}-${first + length - 1}/${file.size}`;
    response.writeHead(206, {
      "content-range": range,
      "content-length": length,
      etag: server.etag,
      "access-control-allow-origin": "*",
      "access-control-expose-headers": "Content-Range, ETag",
    });
    response.end(file.read(first, length));
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const { port } = http.address() as AddressInfo;
  const server: RangeServer = {
    url: (name) => `http://127.0.0.1:${port}/${name}`,
    files: new Map(),
    ranges: [],
    bytes: 0,
    requests: 0,
    etag: '"one"',
    misbehave: null,
    reset() {
      Object.assign(server, { bytes: 0, requests: 0, etag: '"one"', misbehave: null });
      server.ranges.length = 0;
    },
    stop: () =>
      new Promise((resolve) => {
        http.closeAllConnections();
        http.close(() => resolve());
      }),
  };
  return server;
}
