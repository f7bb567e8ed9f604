/** Attacks on streams, which outlast the look at who opens them. */
import { makeToken, revokeToken, signInWithToken, signOut, watchJobs } from "@nacre/api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { IDLE_MS } from "../../src/auth/session.ts";
import { MOST_STREAMS } from "../../src/serve/watchers.ts";
import { type TestServer, testServer } from "../test-server.ts";

const START = Date.parse("2026-01-05T08:00:00Z");
let at = START;
let server: TestServer;
beforeAll(async () => {
  server = await testServer({ now: () => new Date(at), heartbeatMs: 100 });
});
afterAll(() => server.close());

async function viewer() {
  return await server.call(makeToken, { body: { name: "viewer", role: "viewer" } });
}

/** Resolves when the service ends the stream. */
async function ended(reply: Response): Promise<true> {
  const reader = reply.body?.getReader();
  for (;;) if ((await reader?.read())?.done !== false) return true;
}

async function signedIn(token: string) {
  const reply = await server.send(signInWithToken, { body: { token } });
  const { csrf } = (await reply.json()) as { csrf: string };
  return { cookie: (reply.headers.get("set-cookie") ?? "").split(";")[0] ?? "", csrf };
}

describe("A stream", () => {
  it("ends with the token that opened it", async () => {
    const { token, row } = await viewer();
    const reply = await server.send(watchJobs, {}, { token });
    expect(reply.status).toBe(200);
    await server.call(revokeToken, { params: { id: row.id } });
    expect(await ended(reply)).toBe(true);
  });

  it("ends with the session, and does not keep it alive", async () => {
    const { token } = await viewer();
    const { cookie, csrf } = await signedIn(token);
    const first = await server.send(watchJobs, {}, { headers: { cookie } });
    await server.call(signOut, {}, { headers: { cookie, "x-nacre-csrf": csrf } });
    expect(await ended(first)).toBe(true);
    const again = await signedIn(token);
    const second = await server.send(watchJobs, {}, { headers: { cookie: again.cookie } });
    expect(second.status).toBe(200);
    at += IDLE_MS + 1000;
    expect(await ended(second)).toBe(true);
    at = START;
  });

  it("is one of a bounded number of each caller, and leaves its place when it ends", async () => {
    const { token } = await viewer();
    const open = new AbortController();
    const ask = () => server.send(watchJobs, {}, { token, signal: open.signal });
    const replies = await Promise.all(Array.from({ length: MOST_STREAMS }, ask));
    expect(replies.every(({ status }) => status === 200)).toBe(true);
    expect((await ask()).status).toBe(429);
    expect((await server.send(watchJobs, {}, { signal: open.signal })).status).toBe(200);
    open.abort();
    const left = new AbortController();
    await expect
      .poll(async () => (await server.send(watchJobs, {}, { token, signal: left.signal })).status, { timeout: 5000 })
      .toBe(200);
    left.abort();
  });
});
