/** What `nacre doctor --server` finds, against services and providers of this process. */
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { OidcConfig, ServerConfig } from "../../src/config.ts";
import { examineAddress, type ServerCheck } from "../../src/service/examine-address.ts";
import { examineConfig } from "../../src/service/examine-config.ts";
import { type TestServer, testServer } from "../test-server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

const others: Server[] = [];
afterEach(async () => {
  for (const one of others.splice(0)) await new Promise((end) => one.close(end));
});

async function other(answer: RequestListener): Promise<string> {
  const one = createServer({ keepAlive: false }, (request, reply) => {
    reply.setHeader("connection", "close");
    answer(request, reply);
  });
  others.push(one);
  await new Promise<void>((ready) => one.listen(0, "127.0.0.1", ready));
  return `http://127.0.0.1:${(one.address() as AddressInfo).port}`;
}

const found = (checks: readonly ServerCheck[], what: string) => checks.find((c) => c.what === what);
const examine = (more: Partial<ServerConfig>) =>
  examineConfig({ ...server.config, data: `${server.config.data}-none`, port: 0, ...more });

/** A provider of one page; its clock is so many seconds ahead. */
async function provider(aheadS = 0): Promise<OidcConfig> {
  let issuer = "";
  issuer = await other((_, reply) => {
    reply.sendDate = false;
    reply.setHeader("date", new Date(Date.now() + aheadS * 1000).toUTCString());
    reply.setHeader("content-type", "application/json");
    reply.end(JSON.stringify({ issuer, authorization_endpoint: `${issuer}/a`, token_endpoint: `${issuer}/t` }));
  });
  return { issuer, clientId: "nacre", claim: "groups", roles: {} };
}

describe("The doctor at an address", () => {
  it("finds a service that works, and says to whom it shows more", async () => {
    const checks = await examineAddress(server.url);
    expect(checks.every((c) => c.ok)).toBe(true);
    expect(found(checks, "database")?.found).toContain("answered");
  });

  it("calls a token that is not known by its name, and not another program", async () => {
    expect(await examineAddress(server.url, "nacre_other")).toEqual([
      { what: "address", ok: false, found: expect.stringContaining("does not know the token in NACRE_TOKEN") },
    ]);
  });

  it("knows another program, nobody, and https asked of http", async () => {
    const base = await other((_, reply) => void reply.end("{}"));
    expect((await examineAddress(base))[0]?.found).toContain("it is not Nacre");
    const gone = await other(() => {});
    await new Promise((end) => others.pop()?.close(end));
    expect((await examineAddress(gone))[0]?.found).toContain("nobody listens there");
    expect((await examineAddress(server.url.replace("http:", "https:")))[0]?.ok).toBe(false);
  });

  it("says what the database says, where it does not answer", async () => {
    const base = await other((request, reply) => {
      const error = { kind: "unavailable", expected: "x", received: "no answer from the database", remedy: "start it" };
      const session = { person: null, csrf: null, signIn: ["token"], version: "1.0.0", notice: "x" };
      reply.end(JSON.stringify(request.url === "/api/session" ? session : { error }));
    });
    expect(found(await examineAddress(base), "health")).toMatchObject({
      ok: false,
      found: "no answer from the database; start it",
    });
  });
});

describe("The doctor over a configuration", () => {
  it("misses a token where others can reach the service and sign in with nothing else", async () => {
    expect(found(await examine({ host: "0.0.0.0" }), "sign-in")).toMatchObject({
      ok: false,
      found: expect.stringContaining("--make-token admin"),
    });
  });

  it("names what is readable on the way, and what is not asked for", async () => {
    const oidc = await provider();
    expect(found(await examine({ host: "0.0.0.0", oidc }), "sign-in")?.found).toContain("in the clear");
    expect(found(await examine({}), "sign-in")?.found).toBe("not asked for: this machine alone");
  });

  it("tells a folder that is not there from one that may not be read", async () => {
    const checks = await examine({ projects: [{ name: "Breast", folder: "/nowhere/breast" }] });
    expect(found(checks, "folder Breast")).toMatchObject({ ok: false, found: expect.stringContaining("is not there") });
  });

  it("finds the folder of a service that runs taken", async () => {
    expect(found(await examine({ data: server.config.data }), "database")).toMatchObject({ ok: false });
  });

  it("finds a provider that does not answer, one that is called otherwise, and a clock that is elsewhere", async () => {
    const good = await provider();
    const checks = await examine({ oidc: good });
    expect(found(checks, "identity provider")?.ok).toBe(true);
    expect(found(checks, "clock")).toMatchObject({ ok: true });
    const late = found(await examine({ oidc: await provider(600) }), "clock");
    expect(late).toMatchObject({ ok: false, found: expect.stringMatching(/^(599|600|601) s .* NTP$/) });
    const slash = await examine({ oidc: { ...good, issuer: good.issuer.replace("127.0.0.1", "localhost") } });
    expect(found(slash, "identity provider")?.found).toContain("copy it letter by letter");
    const gone = await examine({ oidc: { ...good, issuer: "http://127.0.0.1:1" } });
    expect(found(gone, "identity provider")?.ok).toBe(false);
  });
});
