/** Attacks on the door: other names, other sites, paths that lead out, requests that never end, secrets that are guessed. */

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeToken, readSession, revokeToken, signInWithToken, signOut, worklist } from "@nacre/api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkOpenness } from "../../src/auth/openness.ts";
import type { ServerConfig } from "../../src/config.ts";
import { PER_MINUTE } from "../../src/serve/rate.ts";
import { type TestServer, testServer } from "../test-server.ts";

let server: TestServer;
let top: string;
let port: number;
beforeAll(async () => {
  top = mkdtempSync(join(tmpdir(), "nacre-attack-"));
  const web = join(top, "web");
  mkdirSync(join(web, "assets"), { recursive: true });
  writeFileSync(join(top, "secret.txt"), "planted secret");
  writeFileSync(join(web, "index.html"), "<!doctype html><title>room</title>");
  writeFileSync(join(web, "assets", "room-Ab12Cd34.js"), "export {};");
  writeFileSync(join(web, ".env"), "planted secret");
  symlinkSync(join(top, "secret.txt"), join(web, "assets", "way-out.txt"));
  server = await testServer({ web, arrival: { headersMs: 600, requestMs: 800, checkEveryMs: 100 } });
  port = Number(new URL(server.url).port);
});
afterAll(async () => {
  await server.close();
  rmSync(top, { recursive: true, force: true });
});

/** fetch sets Host itself: raw requests say what they like. */
function raw(path: string, headers: Record<string, string>, method = "GET"): Promise<{ status: number; body: string }> {
  return new Promise((settle, reject) => {
    const sent = request({ host: "127.0.0.1", port, path, method, headers }, (reply) => {
      let body = "";
      reply.on("data", (chunk) => {
        body += chunk;
      });
      reply.on("end", () => settle({ status: reply.statusCode ?? 0, body }));
    });
    sent.on("error", reject);
    sent.end();
  });
}

describe("DNS rebinding", () => {
  it("is refused: only this machine's own names with this port are answered to", async () => {
    for (const host of [
      `evil.example:${port}`,
      "evil.example",
      `localhost:${port + 1}`,
      "localhost",
      `127.0.0.1.evil.example:${port}`,
    ])
      expect((await raw("/api/session", { host })).status, host).toBe(400);
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, `LOCALHOST:${port}`])
      expect((await raw("/api/session", { host })).status, host).toBe(200);
    expect((await raw("/", { host: "evil.example" })).status).toBe(400);
  });
});

describe("A page of another site", () => {
  const change = (headers: Record<string, string>) => server.fetch("/api/trail/verify", { method: "POST", headers });

  it("changes nothing in the name of this machine's user", async () => {
    expect((await change({ origin: "https://evil.example" })).status).toBe(403);
    expect((await change({ origin: "null" })).status).toBe(403);
    expect((await change({ origin: `http://localhost:${port + 1}` })).status).toBe(403);
    expect((await change({ "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await change({ "sec-fetch-site": "same-site" })).status).toBe(403);
    expect((await change({ origin: server.url, "sec-fetch-site": "same-origin" })).status).toBe(200);
    expect((await change({})).status).toBe(200);
  });

  it("reads nothing: no reply allows another origin", async () => {
    const reply = await server.fetch("/api/session", { headers: { origin: "https://evil.example" } });
    expect(reply.headers.get("access-control-allow-origin")).toBeNull();
    expect(reply.headers.get("cross-origin-resource-policy")).toBe("same-origin");
    const asked = await server.fetch("/api/session", {
      method: "OPTIONS",
      headers: { origin: "https://evil.example", "access-control-request-method": "POST" },
    });
    expect(asked.status).toBe(404);
  });

  it("sends nothing with a session's cookie without the session's own value", async () => {
    const { token } = await server.call(makeToken, { body: { name: "browser", role: "admin" } });
    const signed = await server.send(signInWithToken, { body: { token } });
    const cookie = (signed.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    const { csrf } = (await signed.json()) as { csrf: string };
    expect(signed.headers.get("set-cookie")).toMatch(/; Path=\/; HttpOnly; SameSite=Lax$/);
    expect((await change({ cookie })).status).toBe(403);
    expect((await change({ cookie, "x-nacre-csrf": `${csrf}x` })).status).toBe(403);
    expect((await change({ cookie, "x-nacre-csrf": csrf, origin: "https://evil.example" })).status).toBe(403);
    expect((await change({ cookie, "x-nacre-csrf": csrf })).status).toBe(200);
    const left = await server.fetch("/api/session", { method: "DELETE", headers: { cookie, "x-nacre-csrf": csrf } });
    expect(left.headers.get("set-cookie")).toContain("nacre_session=;");
    expect((await server.call(readSession, {}, { headers: { cookie } })).csrf).toBeNull();
  });

  it("frames nothing, and no page runs a script that is not a file of ours", async () => {
    for (const path of ["/", "/api/session", "/api/nothing", "/assets/room-Ab12Cd34.js"]) {
      const { headers } = await server.fetch(path);
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toMatch(/script-src 'self' 'wasm-unsafe-eval';/);
      expect(policy).not.toContain("unsafe-inline");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("strict-transport-security")).toBeNull();
    }
  });
});

describe("The files of the web app", () => {
  it("lead to nothing else, however the path is written", async () => {
    const ways = [
      "/../secret.txt",
      "/assets/../../secret.txt",
      "/..%2fsecret.txt",
      "/%2e%2e/secret.txt",
      "/assets/..%5c..%5csecret.txt",
      "/assets/%252e%252e/%252e%252e/secret.txt",
      "//secret.txt",
      `/${join(top, "secret.txt")}`,
      "/.env",
      "/assets/%00/../../secret.txt",
    ];
    for (const way of ways) {
      const { status, body } = await raw(way, { host: `localhost:${port}` });
      expect(body, way).not.toContain("planted secret");
      expect(status, way).toBeGreaterThanOrEqual(400);
    }
  });

  it("do not follow a link that leads out of them", async () => {
    expect(await (await server.fetch("/assets/way-out.txt")).text()).not.toContain("planted secret");
  });

  it("are kept for ever where their name holds a hash; the page itself is asked for again", async () => {
    const script = await server.fetch("/assets/room-Ab12Cd34.js");
    expect(script.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    const page = await server.fetch("/slides/0123456789abcdef?x=1");
    expect([page.status, page.headers.get("cache-control")]).toEqual([200, "no-cache"]);
    expect(await page.text()).toContain("<title>room</title>");
    expect((await server.fetch("/assets/gone.js")).status).toBe(404);
  });
});

describe("A caller that is slow, or that sends nonsense", () => {
  const talk = (first: string, drip: string) =>
    new Promise<{ reply: string; ms: number }>((settle) => {
      const started = performance.now();
      const socket = connect(port, "127.0.0.1");
      let reply = "";
      socket.write(first);
      const dripping = setInterval(() => socket.writable && socket.write(drip), 100);
      socket.on("data", (chunk) => {
        reply += chunk;
      });
      socket.on("error", () => {});
      socket.on("close", () => {
        clearInterval(dripping);
        settle({ reply, ms: performance.now() - started });
      });
    });

  it("is cut off while it drips headers, and while it drips a body", async () => {
    const headers = await talk(`GET /api/session HTTP/1.1\r\nhost: localhost:${port}\r\n`, "x-a: b\r\n");
    expect(headers.reply).toContain("408");
    const body = await talk(
      `POST /api/session HTTP/1.1\r\nhost: localhost:${port}\r\ncontent-type: application/json\r\ncontent-length: 9999\r\n\r\n{`,
      " ",
    );
    expect(body.reply).toContain("408");
    expect(Math.max(headers.ms, body.ms)).toBeLessThan(8_000);
  });

  it("gets a failure of the one shape for what is no HTTP, and for endless headers", async () => {
    expect((await talk("NONSENSE\r\n\r\n", "")).reply).toContain('"kind":"bad-request"');
    expect(
      (await talk(`GET / HTTP/1.1\r\nhost: localhost:${port}\r\nx: ${"a".repeat(20_000)}\r\n\r\n`, "")).reply,
    ).toContain("431");
  });
});

describe("Guessing", () => {
  it("a token is slowed after a minute's worth of tries; a good one is let through", async () => {
    const good = await server.call(makeToken, { body: { name: "good", role: "viewer" } });
    const tries = await Promise.all(
      Array.from({ length: PER_MINUTE.refusedTokens + 5 }, () =>
        server.send(worklist, {}, { token: `nacre_${"x".repeat(43)}` }),
      ),
    );
    const counts = new Map<number, number>();
    for (const { status } of tries) counts.set(status, (counts.get(status) ?? 0) + 1);
    expect(counts.get(401)).toBe(PER_MINUTE.refusedTokens);
    expect(counts.get(429)).toBe(5);
    expect((await server.send(worklist, {}, { token: good.token })).status).toBe(200);
    await server.call(revokeToken, { params: { id: good.row.id } });
    expect((await server.send(worklist, {}, { token: good.token })).status).toBe(429);
  });

  it("at the sign-in page is slowed sooner, and says for how long", async () => {
    const tries = await Promise.all(
      Array.from({ length: PER_MINUTE.signIn + 3 }, () =>
        server.send(signInWithToken, { body: { token: "nacre_guessed_token" } }),
      ),
    );
    const late = tries.filter((t) => t.status === 429);
    expect(late.length).toBeGreaterThanOrEqual(3);
    expect(Number(late[0]?.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await late[0]?.json()).toMatchObject({ error: { kind: "too-many" } });
    expect((await server.send(signOut)).status).toBe(200);
  });
});

describe("A service that others can reach", () => {
  const config = (given: Partial<ServerConfig>) => checkOpenness({ ...server.config, ...given });

  it("does not start without a way to sign in, whatever the address is called", () => {
    for (const host of ["0.0.0.0", "::", "192.168.1.4", "hospital.example", "::ffff:10.0.0.1"])
      expect(config({ host, tokens: false }), host).toMatchObject({ ok: false, failure: { kind: "refused" } });
    expect(config({ publicUrl: "https://room.example", tokens: false }).ok).toBe(false);
    for (const host of ["127.0.0.1", "127.8.8.8", "localhost", "::1", "[::1]", "::ffff:127.0.0.1"])
      expect(config({ host, tokens: false }).ok, host).toBe(true);
    expect(config({ host: "0.0.0.0", tokens: true }).ok).toBe(true);
  });

  it("takes a caller that came through a proxy for nobody, though the proxy is on this machine", async () => {
    for (const name of ["x-forwarded-for", "x-real-ip", "forwarded"]) {
      const session = await server.call(readSession, {}, { headers: { [name]: "203.0.113.9" } });
      expect(session.person, name).toBeNull();
      expect((await server.send(worklist, {}, { headers: { [name]: "203.0.113.9" } })).status).toBe(401);
    }
  });
});
