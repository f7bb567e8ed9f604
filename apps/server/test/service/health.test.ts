import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readHealth } from "@nacre/api";
import { unwrap } from "@nacre/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeToken } from "../../src/auth/token.ts";
import { makeTokenIn } from "../../src/service/use-store.ts";
import { type TestServer, testServer } from "../test-server.ts";

const DAY = 86_400_000;
const ADMIN = { name: "first", role: "admin", rights: [], projects: null, days: 90 } as const;
let at = Date.now();
let data: string;
let token: string;
let server: TestServer;
beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), "nacre-health-"));
  token = unwrap(await makeTokenIn({ folder: data }, ADMIN)).token;
  server = await testServer({ now: () => new Date(at), publicUrl: "https://room.example", data });
});
afterAll(async () => {
  await server.close();
  rmSync(data, { recursive: true, force: true });
});

const signIn = async () => {
  const health = await server.call(readHealth, {}, { token });
  return { state: health.state, ...health.checks.find((c) => c.name === "sign-in") };
};

describe("The health of a service that is signed in to with tokens", () => {
  it("says until when an admin can", async () => {
    expect(await signIn()).toMatchObject({
      state: "ok",
      ok: true,
      text: expect.stringMatching(/ends on \d{4}-\d\d-\d\d$/),
    });
  });

  it("warns two weeks before nobody could any more, until there is another token", async () => {
    at += 80 * DAY;
    expect(await signIn()).toMatchObject({
      state: "degraded",
      ok: false,
      text: expect.stringContaining("make another"),
    });
    await makeToken(server.services.db, ADMIN, new Date(at));
    expect(await signIn()).toMatchObject({ state: "ok", ok: true });
  });

  it("is told to nobody but admins", async () => {
    expect(await server.call(readHealth)).toEqual({ state: "ok", checks: [] });
  });
});
