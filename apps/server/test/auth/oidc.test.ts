/** Signing in at a real OpenID provider that runs in this process: its pages are walked as a browser would. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { readHealth, readSession, worklist } from "@nacre/api";
import Provider from "oidc-provider";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keyOf } from "../../src/archive/key-of.ts";
import { personOfClaims } from "../../src/auth/oidc-client.ts";
import { OIDC_PATH, ownPath } from "../../src/auth/oidc-routes.ts";
import { makeToken } from "../../src/auth/token.ts";
import type { OidcConfig } from "../../src/config.ts";
import { type TestServer, testServer } from "../test-server.ts";

const GROUPS: Record<string, string[]> = {
  anna: ["pathology", "breast", "unblinded"],
  rolf: ["research"],
  nina: ["cafeteria"],
};
const SECRET = "a-secret-of-the-client-that-is-long-enough";

const ADMIN = { name: "an admin", role: "admin", rights: [], projects: null, days: 1 } as const;

/** A port of this machine at which nobody listens. */
async function freePort(): Promise<number> {
  const one = createServer();
  await new Promise<void>((ready) => one.listen(0, "127.0.0.1", () => ready()));
  const { port } = one.address() as AddressInfo;
  await new Promise((end) => one.close(end));
  return port;
}

let provider: Server;
let server: TestServer;
let config: OidcConfig;
beforeAll(async () => {
  provider = createServer();
  await new Promise<void>((ready) => provider.listen(0, "127.0.0.1", () => ready()));
  const issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  config = {
    issuer,
    clientId: "nacre",
    clientSecret: SECRET,
    claim: "realm.groups",
    roles: { pathology: "reader", research: "researcher", evil: "emperor" },
    projects: { breast: ["Breast"], research: ["Breast", "Prostate"] },
    rights: { unblinded: ["identifiers"] },
  };
  server = await testServer({ oidc: config, tokens: false });
  const oidc = new Provider(issuer, {
    clients: [{ client_id: "nacre", client_secret: SECRET, redirect_uris: [`${server.url}${OIDC_PATH}/callback`] }],
    claims: { openid: ["sub"], profile: ["name", "realm"] },
    findAccount: (_, sub) => ({
      accountId: sub,
      claims: async () => ({ sub, name: `Dr. ${sub}`, realm: { groups: GROUPS[sub] ?? [] } }),
    }),
    pkce: { required: () => true },
    cookies: { keys: ["a key of the test's own provider"] },
    features: { devInteractions: { enabled: true } },
  });
  provider.on("request", oidc.callback());
});
afterAll(async () => {
  await server.close();
  provider.closeAllConnections();
  await new Promise((end) => provider.close(end));
});

/** A browser as small as it can be: keeps cookies of each origin, follows where it is sent, fills the provider's two forms. */
class Browser {
  readonly #cookies = new Map<string, { origin: string; path: string; pair: string }>();

  cookie(url: string): string {
    const { origin, pathname } = new URL(url);
    return [...this.#cookies.values()]
      .filter((c) => c.origin === origin && pathname.startsWith(c.path))
      .map((c) => c.pair)
      .join("; ");
  }

  async open(url: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...(init.headers as Record<string, string>), cookie: this.cookie(url) };
    const reply = await fetch(url, { ...init, redirect: "manual", headers });
    for (const line of reply.headers.getSetCookie()) {
      const [pair = "", ...rest] = line.split("; ");
      const path = /path=([^;]+)/i.exec(rest.join("; "))?.[1] ?? "/";
      const { origin } = new URL(url);
      const key = [origin, path, pair.split("=")[0]].join(" ");
      if (/=$/.test(pair) || /expires=Thu, 01 Jan 1970/i.test(line)) this.#cookies.delete(key);
      else this.#cookies.set(key, { origin, path, pair });
    }
    return reply;
  }

  /** Follows until an answer of `home` that is no redirect to the provider, or that leaves the callback. */
  async signIn(account: string, to: string, tamper = (url: string) => url): Promise<Response> {
    let reply = await this.open(`${server.url}${OIDC_PATH}?to=${encodeURIComponent(to)}`);
    let url = server.url;
    for (let step = 0; step < 15; step++) {
      const next = reply.headers.get("location");
      if (next !== null) {
        url = tamper(new URL(next, url).href);
        if (url.startsWith(server.url) && !url.includes("/callback")) return reply;
        reply = await this.open(url);
        if (url.startsWith(server.url)) return reply;
        continue;
      }
      const form = await reply.text();
      const action = /action="([^"]+)"/.exec(form)?.[1];
      const prompt = /name="prompt" value="(\w+)"/.exec(form)?.[1];
      if (action === undefined || prompt === undefined)
        throw new Error(`expected a form, received ${form.slice(0, 300)}`);
      url = new URL(action, url).href;
      reply = await this.open(url, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({
          prompt,
          login: account,
          password: "any",
        }),
      });
    }
    return reply;
  }
}

async function personOf(browser: Browser) {
  const cookie = browser.cookie(`${server.url}/api/session`);
  return (await server.call(readSession, {}, { headers: { cookie } })).person;
}

describe("Signing in at an OpenID provider", () => {
  it("is asked for even on loopback, once a provider is configured", async () => {
    const session = await server.call(readSession);
    expect([session.person, session.signIn]).toEqual([null, ["oidc"]]);
    expect((await server.send(worklist)).status).toBe(401);
  });

  it("gives the role, the rights and the projects of the groups, and goes back to the page asked for", async () => {
    const browser = new Browser();
    const back = await browser.signIn("anna", "/cases/0123456789abcdef?tab=2");
    expect([back.status, back.headers.get("location")]).toEqual([302, "/cases/0123456789abcdef?tab=2"]);
    expect(back.headers.getSetCookie().find((c) => c.startsWith("nacre_session="))).toMatch(/HttpOnly; SameSite=Lax/);
    expect(await personOf(browser)).toEqual({
      id: "oidc:anna",
      name: "Dr. anna",
      role: "reader",
      rights: ["identifiers"],
      projects: [keyOf("project", "Breast")],
      how: "oidc",
    });
  });

  it("lets nobody in whose groups have no role", async () => {
    const browser = new Browser();
    const back = await browser.signIn("nina", "/");
    expect([back.status, await back.text()]).toEqual([403, expect.stringContaining("none of your groups")]);
    expect(await personOf(browser)).toBeNull();
  });

  it("refuses an answer whose state, or whose browser, is another", async () => {
    const tampered = await new Browser().signIn("anna", "/", (url) =>
      url.includes("/callback") ? url.replace(/state=[^&]+/, "state=forged") : url,
    );
    expect(tampered.status).toBe(401);
    const stolen = new Browser();
    let callback = "";
    await new Browser().signIn("anna", "/", (url) => {
      if (!url.includes("/callback")) return url;
      callback = url;
      return `${server.url}/`;
    });
    expect(callback).toContain("code=");
    expect((await stolen.open(callback)).status).toBe(400);
    await stolen.open(`${server.url}${OIDC_PATH}`);
    expect((await stolen.open(callback)).status).toBe(401);
    expect(await personOf(stolen)).toBeNull();
  });

  it("asks with PKCE, state and nonce, and never sends the code's verifier along", async () => {
    const reply = await new Browser().open(`${server.url}${OIDC_PATH}`);
    const asked = new URL(reply.headers.get("location") ?? "").searchParams;
    expect(asked.get("code_challenge_method")).toBe("S256");
    for (const name of ["code_challenge", "state", "nonce"]) expect(asked.get(name)?.length).toBeGreaterThan(20);
    expect(asked.has("code_verifier")).toBe(false);
  });

  it("goes on to no other site, however it is written", () => {
    const others = [
      "https://evil.example",
      "//evil.example",
      "/\\evil.example",
      "/\t/evil.example",
      "\\\\evil",
      "javascript:alert(1)",
      "/.//evil.example",
      "/a/..//evil.example",
      "/%2e//evil.example",
      " /x",
      "",
      undefined,
      ["/a"],
      "/api/tokens",
    ];
    for (const to of others) expect(ownPath(to), String(to)).toBe("/");
    for (const to of ["/", "/cases/1?x=2#y", "/search"]) expect(ownPath(to)).toBe(to);
  });

  it("opens no page of the provider's for a sign-in that was begun elsewhere: the callback alone is nothing", async () => {
    expect((await new Browser().open(`${server.url}${OIDC_PATH}/callback?code=x&state=y`)).status).toBe(400);
  });
});

describe("A provider that is away when the service starts", () => {
  it("is told at once in the log and in the health, and signing in works when it is there", async () => {
    const port = await freePort();
    const issuer = `http://127.0.0.1:${port}`;
    const alone = await testServer({ oidc: { ...config, issuer } });
    const { token } = await makeToken(alone.services.db, ADMIN, new Date());
    const health = await alone.call(readHealth, {}, { token });
    expect(health).toMatchObject({ state: "degraded" });
    expect(health.checks.find((c) => c.name === "identity provider")).toMatchObject({ ok: false });
    expect(alone.log()).toContain("the identity provider does not answer");
    expect((await alone.fetch(OIDC_PATH)).status).toBe(503);
    const late = createServer((_, reply) => {
      reply.setHeader("content-type", "application/json");
      reply.end(JSON.stringify({ issuer, authorization_endpoint: `${issuer}/a`, token_endpoint: `${issuer}/t` }));
    });
    await new Promise<void>((ready) => late.listen(port, "127.0.0.1", ready));
    const sent = await alone.fetch(OIDC_PATH);
    expect([sent.status, sent.headers.get("location")]).toEqual([302, expect.stringContaining(`${issuer}/a`)]);
    late.closeAllConnections();
    late.close();
    await alone.close();
  });
});

describe("Claims", () => {
  const claims = (groups: unknown) => ({ sub: "1", realm: { groups } });

  it("give the highest of several roles, and none for what is no role or no table of ours", () => {
    expect(personOfClaims(claims(["pathology", "research"]), config)?.role).toBe("researcher");
    expect(personOfClaims(claims("research"), config)?.role).toBe("researcher");
    for (const groups of [["evil"], ["constructor", "__proto__", "toString"], [], undefined, 7, { 0: "research" }])
      expect(personOfClaims(claims(groups), config)).toBeNull();
  });

  it("give no project where groups name none, and all where no table of projects is configured", () => {
    expect(personOfClaims(claims(["pathology"]), config)?.projects).toEqual([]);
    const { projects: _, ...open } = config;
    expect(personOfClaims(claims(["pathology"]), open)?.projects).toBeNull();
  });
});
