import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type OpenQueue, openQueue } from "../../src/job/open-queue.ts";
import { deliver, SIGNATURE, signBody } from "../../src/webhook/deliver.ts";
import { startWebhooks, toldOf, type Webhooks } from "../../src/webhook/webhooks.ts";
import { type CaseStore, caseStore } from "../case/case-store.ts";

let store: CaseStore;
let queue: OpenQueue;
let server: Server;
let port = 0;
let answer: (reply: ServerResponse, path: string) => void = (reply) => void reply.writeHead(204).end();
let got: { path: string; body: string; headers: IncomingMessage["headers"] }[] = [];

beforeAll(async () => {
  store = await caseStore();
  queue = openQueue({ store: store.store });
  server = createServer((request, reply) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      got.push({ path: request.url ?? "", body, headers: request.headers });
      answer(reply, request.url ?? "");
    });
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await queue.close();
  await store.close();
});
beforeEach(() => {
  got = [];
  answer = (reply) => void reply.writeHead(204).end();
});

const hosts = ["receiver.example.org"];
const resolve = async () => ["127.0.0.1"];
const url = (path = "/hook") => `http://receiver.example.org:${port}${path}`;
const options = (more: object = {}) => ({
  hosts,
  resolve,
  timeoutMs: 1000,
  signal: new AbortController().signal,
  ...more,
});

describe("one delivery", () => {
  test("goes to the address that was looked at, signed over its bytes", async () => {
    const body = '{"a":"µ"}';
    expect(await deliver({ url: url(), secret: "s", body }, options())).toMatchObject({ status: 204, isDone: true });
    expect(got[0]).toMatchObject({
      path: "/hook",
      body,
      headers: { [SIGNATURE]: signBody(body, "s"), host: `receiver.example.org:${port}` },
    });
    // RFC 4231, test case 2.
    expect(signBody("what do ya want for nothing?", "Jefe")).toBe(
      "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    );
  });

  test("does not follow a redirect, wherever it leads", async () => {
    answer = (reply, path) =>
      void (path === "/hook"
        ? reply.writeHead(302, { location: `http://127.0.0.1:${port}/inside` }).end()
        : reply.writeHead(204).end());
    expect(await deliver({ url: url(), secret: "s", body: "{}" }, options())).toMatchObject({
      status: 302,
      isDone: false,
      mayRetry: false,
    });
    expect(got.map(({ path }) => path)).toEqual(["/hook"]);
  });

  test("looks at the name's address at the very moment of the connection: a name that turned inward is refused", async () => {
    const turned = await deliver({ url: url(), secret: "s", body: "{}" }, options({ hosts: ["*"] }));
    expect(turned).toMatchObject({ status: null, isDone: false, mayRetry: false });
    expect(got).toEqual([]);
  });

  test("ends after its time, and a dead port is told", async () => {
    answer = () => {};
    const start = performance.now();
    expect((await deliver({ url: url(), secret: "s", body: "{}" }, options({ timeoutMs: 200 }))).text).toBe(
      "no answer within 0.2 s",
    );
    expect(performance.now() - start).toBeLessThan(5000);
    expect((await deliver({ url: "http://receiver.example.org:1/", secret: "s", body: "{}" }, options())).text).toBe(
      "no connection: ECONNREFUSED",
    );
  });
});

describe("events", () => {
  let webhooks: Webhooks;
  let id: string;
  const start = () =>
    startWebhooks(
      { ...store.services, config: { ...store.services.config, webhookHosts: hosts } },
      () => queue.boss(),
      { resolve, timeoutMs: 1000, waitsMs: [10, 20] },
    );
  const event = () => ({ kind: "case.changed" as const, project: store.project, case: "0123456789abcdef" });
  beforeEach(async () => {
    const { db } = store.services;
    id = randomUUID();
    await db.deleteFrom("webhook").execute();
    await db
      .insertInto("webhook")
      .values({ id, url: url(), events: JSON.stringify(["case.changed"]), secret: "s", last: null })
      .execute();
    webhooks = start();
  });
  afterEach(() => webhooks.close());
  const last = async () =>
    (await store.services.db.selectFrom("webhook").select("last").where("id", "=", id).executeTakeFirst())?.last;

  test("are told to who asked for them, as keys alone, and the last state is kept", async () => {
    store.services.events.tell(event());
    store.services.events.tell({ kind: "draft.signed", project: store.project, case: "0123456789abcdef" });
    await webhooks.settle();
    expect(got.map(({ body }) => JSON.parse(body))).toEqual([
      {
        id: expect.any(String),
        at: expect.any(String),
        event: "case.changed",
        project: store.project,
        case: "0123456789abcdef",
      },
    ]);
    expect(await last()).toMatchObject({ status: 204, text: "delivered" });
  });

  test("are tried three times, with waits, and then left", async () => {
    answer = (reply) => void reply.writeHead(503).end();
    store.services.events.tell(event());
    await webhooks.settle();
    expect(got).toHaveLength(3);
    expect(await last()).toMatchObject({ status: 503, text: "answered with 503 (try 3 of 3)" });
  });

  test("are not tried again where trying cannot help, and come through where the second try does", async () => {
    answer = (reply) => void reply.writeHead(404).end();
    store.services.events.tell(event());
    await webhooks.settle();
    expect(got).toHaveLength(1);
    answer = (reply) => void reply.writeHead(got.length < 3 ? 500 : 200).end();
    store.services.events.tell(event());
    await webhooks.settle();
    expect([got.length, (await last())?.status]).toEqual([3, 200]);
  });

  test("that wait when the service stops are told by the next one, as they were", async () => {
    answer = (reply) => void reply.writeHead(503).end();
    store.services.events.tell(event());
    while (got.length === 0) await new Promise((next) => setTimeout(next, 2));
    await webhooks.close();
    const before = got.length;
    answer = (reply) => void reply.writeHead(204).end();
    webhooks = start();
    while ((await last())?.status !== 204) await new Promise((next) => setTimeout(next, 10));
    expect(got).toHaveLength(before + 1);
    expect(new Set(got.map(({ body }) => body)).size).toBe(1);
  });

  test("older than a day are left out, and the state says so", async () => {
    store.services.events.tell(event());
    store.tick(25 * 3600_000);
    await webhooks.settle();
    expect(got).toEqual([]);
    expect(await last()).toMatchObject({ status: null, text: "not told within a day: left out" });
  });

  test("for an address that does not answer do not hold up the others, and come to each in their order", async () => {
    const { db } = store.services;
    answer = (reply, path) => void (path === "/dead" ? reply.writeHead(503) : reply.writeHead(204)).end();
    await db
      .insertInto("webhook")
      .values({
        id: randomUUID(),
        url: url("/dead"),
        events: JSON.stringify(["case.changed"]),
        secret: "s",
        last: null,
      })
      .execute();
    for (const at of [1, 2, 3]) {
      store.services.events.tell({ ...event(), case: `000000000000000${at}` });
      // Moments of the database order them.
      await new Promise((next) => setTimeout(next, 5));
    }
    await webhooks.settle();
    const told = got
      .filter(({ path }) => path === "/hook")
      .map(({ body }) => (JSON.parse(body) as { case: string }).case);
    expect(told.map((key) => key.at(-1))).toEqual(["1", "2", "3"]);
    expect(got.filter(({ path }) => path === "/dead")).toHaveLength(9);
  });

  test("end with the service", async () => {
    answer = (reply) => void reply.writeHead(503).end();
    await webhooks.close();
    store.services.events.tell(event());
    await webhooks.settle();
    expect(got).toEqual([]);
  });
});

describe("what of an event goes out", () => {
  const run = (state: "finished" | "failed" | "running") =>
    toldOf({ kind: "run", run: "r", project: "p", seq: 1, event: { kind: "state", state, failure: null } })?.event;
  test("runs that finished or failed, not each step of them", () => {
    expect([run("finished"), run("failed"), run("running")]).toEqual(["run.finished", "run.failed", undefined]);
    expect(toldOf({ kind: "jobs" })).toBeNull();
  });
});
