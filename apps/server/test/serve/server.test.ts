import { connect } from "node:net";
import { listTokens, makeToken, ROUTES, readHealth, readSession, readTrail, revokeToken, worklist } from "@nacre/api";
import { unwrap } from "@nacre/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer } from "../../src/start-server.ts";
import { type TestServer, testServer } from "../test-server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await testServer({ maxBody: 10_000 });
});
afterAll(() => server.close());

const failureOf = async (reply: Response) => (await reply.json()) as { error: Record<string, string> };

describe("The service", () => {
  it("tells this machine's user who they are, without sign-in", async () => {
    const session = await server.call(readSession);
    expect(session.person).toMatchObject({ id: "local", role: "admin", rights: ["identifiers"], how: "loopback" });
    expect(session.notice).toBe("Research use only. Not a medical device.");
  });

  it("says that it works, and what of it", async () => {
    const health = await server.call(readHealth);
    expect(health.state).toBe("ok");
    expect(health.checks.map((c) => c.name)).toEqual(["database", "disk"]);
  });

  it("answers an unknown address with a failure of the one shape", async () => {
    const reply = await server.fetch("/api/nothing-here");
    expect(reply.status).toBe(404);
    expect(Object.keys((await failureOf(reply)).error).sort()).toEqual(["expected", "kind", "received", "remedy"]);
  });

  it("names a misspelt query and the name that was meant", async () => {
    const reply = await server.fetch("/api/worklist?stat=new");
    expect(reply.status).toBe(400);
    expect((await failureOf(reply)).error.remedy).toBe("write state");
  });

  it("names the first value that does not fit", async () => {
    const reply = await server.send(worklist, { query: { limit: 9999 } });
    expect(reply.status).toBe(400);
    const { error } = await failureOf(reply);
    expect(error.expected).toContain("query.limit");
    expect(error.received).toBe('"9999"');
  });

  it("refuses a body above its limit, one that is not JSON, and one that ends early", async () => {
    const post = (body: string, type: string) =>
      server.fetch("/api/tokens", { method: "POST", headers: { "content-type": type }, body });
    const large = await post(JSON.stringify({ name: "x".repeat(20_000), role: "viewer" }), "application/json");
    expect([large.status, (await failureOf(large)).error.kind]).toEqual([413, "too-large"]);
    const form = await post("name=x&role=admin", "application/x-www-form-urlencoded");
    expect([form.status, (await failureOf(form)).error.kind]).toEqual([415, "bad-request"]);
    const early = await post('{"name": "Must', "application/json");
    expect([early.status, (await failureOf(early)).error.kind]).toEqual([400, "bad-request"]);
    const proto = await post('{"__proto__": {"role": "admin"}, "name": "a", "role": "viewer"}', "application/json");
    expect(proto.status).toBe(400);
  });

  it("tells the head of the trail when it opens, as --told takes it", () => {
    expect(server.log()).toMatch(/"trail":"0:0{64}","msg":"open; head of the trail"/);
  });

  it("whose database does not answer says so to probes by its status, and still gives the other numbers", async () => {
    const broken = await testServer();
    await broken.services.db.destroy();
    const health = await broken.send(readHealth);
    expect([health.status, (await failureOf(health)).error.received]).toEqual([
      503,
      expect.stringContaining("a database that does not answer"),
    ]);
    const numbers = await broken.fetch("/metrics");
    expect(numbers.status).toBe(200);
    expect(await numbers.text()).toContain("nacre_database_up 0");
    await broken.close().catch(() => {});
  });

  it("gives each reply an id of its own", async () => {
    const [a, b] = await Promise.all([server.fetch("/api/session"), server.fetch("/api/session")]);
    expect(a.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    expect(a.headers.get("x-request-id")).not.toBe(b.headers.get("x-request-id"));
  });

  it("says what to do where the web app is not built, and keeps its interface", async () => {
    const page = await server.fetch("/cases/0123456789abcdef");
    expect([page.status, await page.text()]).toEqual([503, expect.stringContaining("npm run build")]);
  });

  it("describes every route in a document of OpenAPI 3.1 whose references all lead somewhere", async () => {
    const document = (await (await server.fetch("/api/openapi.json")).json()) as OpenApi;
    expect(document.openapi).toBe("3.1.0");
    const operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
    );
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining(Object.keys(ROUTES)));
    for (const { path, method, operation } of operations) {
      expect(path).toMatch(/^\/api\//);
      expect(["get", "post", "put", "patch", "delete"]).toContain(method);
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((m) => m[1]);
      const told = operation.parameters.filter((p) => p.in === "path");
      expect(told.map((p) => p.name).sort()).toEqual(inPath.sort());
      expect(told.every((p) => p.required && p.schema !== undefined)).toBe(true);
      expect(Object.keys(operation.responses)).toEqual(["200", "default"]);
    }
    for (const [, reference] of JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g))
      expect(at(document, reference ?? ""), reference).toBeDefined();
  });

  it.each([
    ["/api/worklist?find=a%00b", undefined, "query.find"],
    ["/api/tokens", { name: "a\0b", role: "viewer" }, "body.name"],
    ["/api/tokens", { name: "half \ud83d of a pair", role: "viewer" }, "body.name"],
    ["/api/tokens", { name: "x", role: "viewer", projects: ["\udc00"] }, "body.projects.0"],
    ["/api/tokens", { name: "x", role: "viewer", "\0": 1 }, "body.a name"],
  ])("refuses text that is no text in %s %#, and says where", async (path, body, place) => {
    const post = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    const reply = await server.fetch(path, body === undefined ? {} : post);
    expect(reply.status).toBe(400);
    expect((await failureOf(reply)).error.expected).toBe(`${place}: text of whole characters`);
  });

  it("takes a whole pair, which is one character", async () => {
    expect((await server.send(worklist, { query: { find: "\u{1f52c}" } })).status).toBe(200);
  });

  it("refuses a body that is nested without end", async () => {
    const body = `{"name":${"[".repeat(4000)}${"]".repeat(4000)}}`;
    const headers = { "content-type": "application/json" };
    expect((await server.fetch("/api/tokens", { method: "POST", headers, body })).status).toBe(400);
  });

  it("counts requests and their times by the pattern of the route", async () => {
    await server.fetch("/api/slides/0123456789abcdef");
    const text = await (await server.fetch("/metrics")).text();
    expect(text).toMatch(/nacre_requests_total\{route="\/api\/session",method="GET",status="200"\} \d+/);
    expect(text).toContain('nacre_request_seconds_bucket{le="0.15",route="/api/session"}');
    expect(text).toContain('nacre_units{state="waiting"} 0');
    for (const name of ["pictures_waiting", "picture_cache_bytes", "picture_cache_hits_total"])
      expect(text).toContain(`nacre_${name} 0`);
    for (const [, name, kind] of text.matchAll(/^# TYPE (nacre_(?:picture|reader|request|units|database)\w*) (\w+)$/gm))
      expect([name, kind === "counter"]).toEqual([name, name?.endsWith("_total")]);
    expect(text).toContain("nacre_database_up 1");
    expect(text).toContain("nacre_nodejs_eventloop_lag_seconds");
    expect(text).toContain("nacre_process_resident_memory_bytes");
    expect(text).not.toContain("0123456789abcdef");
  });

  it("makes, lists and ends tokens, and the trail says so without their secret", async () => {
    const made = await server.call(makeToken, { body: { name: "monitor", role: "viewer" } });
    expect(made.token).toMatch(/^nacre_[\w-]{43}$/);
    const ended = await server.call(revokeToken, { params: { id: made.row.id } });
    expect(ended.revoked).not.toBeNull();
    const { rows } = await server.call(listTokens);
    expect(JSON.stringify(rows)).not.toContain(made.token);
    const trail = await server.call(readTrail, { query: { subject: made.row.id } });
    expect(trail.rows.map((r) => r.action)).toEqual(["token.revoked", "token.made"]);
    expect(JSON.stringify(trail)).not.toContain(made.token.slice(6));
  });

  it("tells that a port is taken, and another process that the folder is", async () => {
    const port = Number(new URL(server.url).port);
    const lines: string[] = [];
    const log = { write: (line: string) => void lines.push(line) };
    const other = await startServer({ ...server.config, data: `${server.config.data}-2`, port }, { log });
    // It never opened: its trail has nothing to tell.
    expect(lines.join("")).not.toContain("trail");
    expect(other.ok ? null : other.failure).toMatchObject({
      kind: "bad-usage",
      remedy: expect.stringContaining("--port"),
    });
    const same = await startServer({ ...server.config, port: 0 });
    expect(same.ok ? null : same.failure).toMatchObject({
      kind: "locked",
      received: expect.stringContaining(`${process.pid}`),
    });
  });

  it("finishes a request that is under way when it closes, and takes no other", async () => {
    const running = unwrap(await startServer({ ...server.config, data: `${server.config.data}-2`, port: 0 }));
    const port = Number(new URL(running.url).port);
    const body = JSON.stringify({ name: "late", role: "viewer" });
    const socket = connect(port, "127.0.0.1");
    let reply = "";
    socket.on("data", (chunk) => {
      reply += chunk;
    });
    const ended = new Promise((end) => socket.once("close", end));
    socket.write(
      `POST /api/tokens HTTP/1.1\r\nhost: localhost:${port}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 9)}`,
    );
    await new Promise((go) => setTimeout(go, 300));
    const closed = running.close();
    await new Promise((go) => setTimeout(go, 100));
    await expect(fetch(`${running.url}/api/session`)).rejects.toThrow();
    socket.write(body.slice(9));
    await ended;
    expect(reply).toMatch(/^HTTP\/1\.1 200 /);
    expect((await closed).seq).toBe(1);
  });

  it("ends requests and streams, and tells the head of the trail, when it closes", async () => {
    const running = unwrap(await startServer({ ...server.config, data: `${server.config.data}-2`, port: 0 }));
    await running.services.trail.note(null, { action: "test" });
    const head = await running.close();
    expect(head).toMatchObject({ seq: 2, hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(await running.close()).toEqual(head);
    await expect(fetch(`${running.url}/api/session`)).rejects.toThrow();
  });
});

interface OpenApi {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
}

interface Operation {
  readonly operationId: string;
  readonly parameters: { name: string; in: string; required: boolean; schema: unknown }[];
  readonly responses: Record<string, unknown>;
}

function at(document: unknown, reference: string): unknown {
  return reference
    .slice(2)
    .split("/")
    .reduce<unknown>((inner, name) => (inner as Record<string, unknown> | undefined)?.[name], document);
}
