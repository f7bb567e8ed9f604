/** What goes over the wire: bytes that may be kept, streams that go on, replies that hold no more than their schema. */
import { defineRoute, keySchema } from "@nacre/api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { buildServer } from "../../src/serve/build-server.ts";
import { handle, type StreamEvent } from "../../src/serve/handle.ts";
import { newApp } from "../../src/serve/new-app.ts";
import { type TestServer, testServer } from "../test-server.ts";

const readBytes = defineRoute("GET /test/bytes/:key", {
  id: "testBytes",
  role: "viewer",
  summary: "bytes",
  kind: "bytes",
  params: z.object({ key: keySchema }),
  query: z.object({ kept: z.stringbool().default(false) }),
  reply: z.any(),
});
const watch = defineRoute("GET /test/events", {
  id: "testEvents",
  role: "viewer",
  summary: "events",
  kind: "events",
  query: z.object({ n: z.coerce.number().int().default(3), large: z.coerce.number().int().default(0) }),
  reply: z.object({ i: z.number(), text: z.string() }),
});
const leak = defineRoute("GET /test/leak", {
  id: "testLeak",
  role: "viewer",
  summary: "leaks",
  reply: z.object({ a: z.number() }),
});
const broken = defineRoute("GET /test/broken", {
  id: "testBroken",
  role: "viewer",
  summary: "breaks",
  reply: z.object({}),
});

let made = 0;
const left: string[] = [];
const routes = [
  handle(readBytes, async ({ query }) => ({
    type: "image/png",
    body: new Uint8Array([1, 2, 3]),
    isImmutable: query.kept,
    saveAs: 'a"b\r\nü.png',
  })),
  handle(watch, async ({ query, request, signal }) => {
    const from = Number(request.headers["last-event-id"] ?? -1) + 1;
    async function* events(): AsyncGenerator<StreamEvent<{ i: number; text: string }>> {
      try {
        for (let i = from; i < query.n; i++) {
          made = i;
          yield { id: String(i), data: { i, text: "x".repeat(query.large) } };
        }
        await new Promise<void>((end) => signal.addEventListener("abort", () => end(), { once: true }));
      } finally {
        left.push("stream");
      }
    }
    return events();
  }),
  handle(leak, async () => ({ a: 1, patient: "Mustermann" }) as { a: number }),
  handle(broken, async () => {
    throw new Error("cannot read /secret/Mustermann.svs");
  }),
];

let base: TestServer;
let url = "";
let app: ReturnType<typeof newApp>;
const lines: string[] = [];
const closing = new AbortController();
beforeAll(async () => {
  base = await testServer();
  app = newApp(base.services.config, { log: { write: (line) => void lines.push(line) } });
  await buildServer(app, {
    handled: routes,
    services: base.services,
    checkReplies: true,
    closing: closing.signal,
    heartbeatMs: 40,
  });
  url = await app.listen({ host: "127.0.0.1", port: 0 });
});
afterAll(async () => {
  closing.abort();
  await app.close();
  await base.close();
});

const KEY = "0123456789abcdef";

describe("Bytes", () => {
  it("are kept for ever where their address names them, and asked for again where it does not", async () => {
    const kept = await fetch(`${url}/api/test/bytes/${KEY}?kept=true`);
    expect(kept.headers.get("cache-control")).toBe("private, max-age=31536000, immutable");
    const asked = await fetch(`${url}/api/test/bytes/${KEY}`);
    expect(asked.headers.get("cache-control")).toBe("private, no-cache");
    expect([...new Uint8Array(await asked.arrayBuffer())]).toEqual([1, 2, 3]);
  });

  it("are not sent again to who has them, and HEAD tells the same headers", async () => {
    const etag = (await fetch(`${url}/api/test/bytes/${KEY}`)).headers.get("etag") ?? "";
    const again = await fetch(`${url}/api/test/bytes/${KEY}`, { headers: { "if-none-match": `"other", W/${etag}` } });
    expect([again.status, await again.text()]).toEqual([304, ""]);
    const head = await fetch(`${url}/api/test/bytes/${KEY}`, { method: "HEAD" });
    expect([head.status, head.headers.get("etag"), head.headers.get("content-length")]).toEqual([200, etag, "3"]);
  });

  it("are saved under a name that cannot break a header", async () => {
    const header = (await fetch(`${url}/api/test/bytes/${KEY}`)).headers.get("content-disposition");
    expect(header).toBe(`attachment; filename="a_b___.png"; filename*=UTF-8''a%22b%0D%0A%C3%BC.png`);
  });
});

describe("Events", () => {
  it("come with their number, beat while nothing happens, and end their source when the reader leaves", async () => {
    const leave = new AbortController();
    const reply = await fetch(`${url}/api/test/events`, { signal: leave.signal });
    expect(reply.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const text = await readUntil(reply, (seen) => seen.includes(": beat\n\n: beat"));
    expect(text).toMatch(/^retry: 2000\n\nid: 0\ndata: \{"i":0,"text":""\}\n\nid: 1\n/);
    left.length = 0;
    leave.abort();
    await until(() => left.length === 1);
  });

  it("go on where a connection broke", async () => {
    const leave = new AbortController();
    const reply = await fetch(`${url}/api/test/events`, { headers: { "last-event-id": "1" }, signal: leave.signal });
    const text = await readUntil(reply, (seen) => seen.includes("id: 2"));
    expect(text).not.toContain("id: 1");
    leave.abort();
  });

  it("wait for a reader that is slow: what is not read is not made", async () => {
    const leave = new AbortController();
    const reply = await fetch(`${url}/api/test/events?n=5000&large=20000`, { signal: leave.signal });
    const reader = reply.body?.getReader();
    await reader?.read();
    await new Promise((go) => setTimeout(go, 300));
    expect(made).toBeLessThan(1000);
    leave.abort();
  });
});

describe("A defect", () => {
  it("is found by a test where a reply holds what its schema does not name", async () => {
    expect((await fetch(`${url}/api/test/leak`)).status).toBe(500);
  });

  it("is told by an id alone: the caller gets no path and no stack, the log no message", async () => {
    const reply = await fetch(`${url}/api/test/broken`);
    const text = await reply.text();
    expect(reply.status).toBe(500);
    expect(text).not.toMatch(/secret|Mustermann|at \w/);
    const id = reply.headers.get("x-request-id") ?? "none";
    const line = lines.find((l) => l.includes(id) && l.includes('"err"')) ?? "";
    expect(line).toContain("answers.test.ts");
    expect(line).not.toContain("Mustermann");
  });
});

async function readUntil(reply: Response, isEnough: (text: string) => boolean): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of reply.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (isEnough(text)) return text;
  }
  return text;
}

async function until(isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 200 && !isSo(); i++) await new Promise((go) => setTimeout(go, 20));
  expect(isSo()).toBe(true);
}
