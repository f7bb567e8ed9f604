import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listTokens, makeToken, mayDo, ROUTES, readSession, revokeToken, signInWithToken, worklist } from "@nacre/api";
import { unwrap } from "@nacre/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { IDLE_MS, LONGEST_MS } from "../../src/auth/session.ts";
import { makeTokenIn } from "../../src/service/use-store.ts";
import { startServer } from "../../src/start-server.ts";
import { type TestServer, testServer } from "../test-server.ts";

const START = Date.parse("2026-01-05T08:00:00Z");
const DAY = 86_400_000;
let at = START;
let data: string;
let server: TestServer;
beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), "nacre-token-"));
  unwrap(await makeTokenIn({ folder: data }, { name: "first", role: "admin", rights: [], projects: null, days: null }));
  server = await testServer({ now: () => new Date(at), publicUrl: "https://room.example", data });
});
afterAll(async () => {
  await server.close();
  rmSync(data, { recursive: true, force: true });
});

async function tokenOf(role: "viewer" | "reader" | "researcher" | "admin" | "worker", days: number | null = 90) {
  const { makeToken: make } = await import("../../src/auth/token.ts");
  return make(server.services.db, { name: role, role, rights: [], projects: null, days }, new Date(at));
}

const own = { headers: { host: "room.example" } };

describe("Behind a public address", () => {
  it("nobody is anybody without signing in, and the session says how to", async () => {
    const session = await server.call(readSession, {}, own);
    expect([session.person, session.signIn]).toEqual([null, ["token"]]);
    expect((await server.send(worklist, {}, own)).status).toBe(401);
  });

  it("a service does not start while there is no token that anybody could sign in with", async () => {
    const empty = await startServer({ ...server.config, data: `${data}-empty` });
    rmSync(`${data}-empty`, { recursive: true, force: true });
    expect(empty.ok ? null : empty.failure).toMatchObject({
      kind: "refused",
      remedy: expect.stringContaining("--make-token admin"),
    });
  });

  it("every cookie asks for https, and every reply says to stay with it", async () => {
    const { token } = await tokenOf("viewer");
    const reply = await server.send(signInWithToken, { body: { token } });
    expect(reply.headers.get("set-cookie")).toContain("; Secure;");
    expect(reply.headers.get("strict-transport-security")).toBe("max-age=31536000");
  });
});

describe("A token", () => {
  it("opens what its role may do on every route there is, and nothing more", async () => {
    const zeros = "0".repeat(16);
    for (const role of ["viewer", "reader", "researcher", "worker"] as const) {
      const { token } = await tokenOf(role);
      for (const route of Object.values(ROUTES)) {
        if (route.role === null || mayDo(role, route.role)) continue;
        const path = route.path.replace(/:\w+/g, zeros);
        const reply = await server.fetch(`/api${path}`, {
          method: route.method,
          headers: { authorization: `Bearer ${token}` },
        });
        // 404: no handler of that route yet, or no such thing; never an answer.
        expect([403, 404], `${role} ${route.id}`).toContain(reply.status);
      }
    }
  });

  it("that is held to projects opens nothing of the whole service, be it an admin's", async () => {
    const { makeToken: make } = await import("../../src/auth/token.ts");
    const spec = { name: "held", role: "admin", rights: [], projects: [], days: null } as const;
    const { token } = await make(server.services.db, spec, new Date(at));
    for (const route of Object.values(ROUTES)) {
      if (route.role !== "admin") continue;
      const path = route.path.replace(/:\w+/g, "0".repeat(16));
      const body =
        route.id === "makeToken" ? { name: "more", role: "admin", rights: ["identifiers"], projects: null } : {};
      const reply = await server.fetch(`/api${path}`, {
        method: route.method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        ...(route.method === "GET" ? {} : { body: JSON.stringify(body) }),
      });
      expect(reply.status, route.id).toBe(403);
    }
    const health = await server.fetch("/api/health", { headers: { authorization: `Bearer ${token}` } });
    expect(await health.json()).toMatchObject({ checks: [] });
    const own = await tokenOf("admin");
    const whole = await server.fetch("/api/health", { headers: { authorization: `Bearer ${own.token}` } });
    expect(((await whole.json()) as { checks: unknown[] }).checks.length).toBeGreaterThan(0);
  });

  it("is over at its end, and at once when it is revoked", async () => {
    at = START;
    const admin = await tokenOf("admin");
    const short = await server.call(
      makeToken,
      { body: { name: "short", role: "viewer", days: 1 } },
      { token: admin.token },
    );
    const open = () => server.send(worklist, {}, { token: short.token }).then((r) => r.status);
    expect(await open()).toBe(200);
    at += DAY - 1;
    expect(await open()).toBe(200);
    at += 1;
    expect(await open()).toBe(401);
    at = START;
    await server.call(revokeToken, { params: { id: short.row.id } }, { token: admin.token });
    expect(await open()).toBe(401);
    const { rows } = await server.call(listTokens, {}, { token: admin.token });
    expect(rows.find((r) => r.id === short.row.id)?.used).not.toBeNull();
  });

  it("is kept as a hash alone", async () => {
    const { token } = await tokenOf("viewer");
    const rows = await server.services.db.selectFrom("token").selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(token.slice(6));
  });

  it("cannot be made for a project that is not there, nor ended where it is not", async () => {
    const admin = await tokenOf("admin");
    const unknown = { name: "x", role: "viewer", projects: ["0".repeat(16)] } as const;
    expect(
      (await server.send(makeToken, { body: { ...unknown, projects: [...unknown.projects] } }, { token: admin.token }))
        .status,
    ).toBe(404);
    const id = "00000000-0000-4000-8000-000000000000";
    expect((await server.send(revokeToken, { params: { id } }, { token: admin.token })).status).toBe(404);
  });
});

describe("A session", () => {
  const begin = async (token: string) => {
    const reply = await server.send(signInWithToken, { body: { token } });
    return (reply.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  };
  const isOpen = async (cookie: string) =>
    (await server.call(readSession, {}, { headers: { cookie } })).person !== null;

  it("ends after half an hour without a request, and after twelve hours in any case", async () => {
    at = START;
    const cookie = await begin((await tokenOf("reader", null)).token);
    at += IDLE_MS - 1000;
    expect(await isOpen(cookie)).toBe(true);
    at += IDLE_MS + 1000;
    expect(await isOpen(cookie)).toBe(false);
    at = START;
    const busy = await begin((await tokenOf("reader", null)).token);
    const step = 20 * 60_000;
    for (at = START + step; at < START + LONGEST_MS; at += step) expect(await isOpen(busy)).toBe(true);
    at = START + LONGEST_MS;
    expect(await isOpen(busy)).toBe(false);
  });

  it("ends with the token that began it, and is not taken up by its hash", async () => {
    at = START;
    const { token, row } = await tokenOf("reader");
    const cookie = await begin(token);
    expect(await isOpen(cookie)).toBe(true);
    const kept = await server.services.db.selectFrom("session").select("sha256").execute();
    for (const { sha256 } of kept) expect(await isOpen(`nacre_session=${sha256}`)).toBe(false);
    const admin = await tokenOf("admin");
    await server.call(revokeToken, { params: { id: row.id } }, { token: admin.token });
    expect(await isOpen(cookie)).toBe(false);
  });

  it("is a new one at each sign-in: a cookie that was planted before is not taken up", async () => {
    at = START;
    const { token } = await tokenOf("viewer");
    const reply = await server.send(
      signInWithToken,
      { body: { token } },
      { headers: { cookie: "nacre_session=planted" } },
    );
    expect(reply.headers.get("set-cookie")).not.toContain("planted");
    expect(await isOpen("nacre_session=planted")).toBe(false);
  });
});
