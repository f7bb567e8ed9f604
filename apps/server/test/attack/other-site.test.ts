/** What a page of another site can make a visitor's browser do. */
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestServer, testServer } from "../test-server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

/** fetch says of itself how it asks: raw requests say what a browser would. */
function ask(path: string, site?: string, mode?: string): Promise<number> {
  const headers = site === undefined ? {} : { "sec-fetch-site": site, "sec-fetch-mode": mode };
  return new Promise((settle, reject) => {
    const sent = request(server.url + path, { headers }, (reply) => {
      settle(reply.statusCode ?? 0);
      reply.destroy();
    });
    sent.on("error", reject);
    sent.end();
  });
}

describe("A page of another site", () => {
  it.each(["/api/backup", "/api/worklist", "/api/jobs/events", "/metrics"])(
    "has nothing done by a picture of %s",
    async (path) => {
      for (const site of ["cross-site", "same-site"]) expect(await ask(path, site, "no-cors")).toBe(403);
      const rows = await server.services.db.selectFrom("trail").selectAll().execute();
      expect(rows).toEqual([]);
    },
  );

  it("may hold a link, and a page of ours and a program may ask", async () => {
    expect(await ask("/api/worklist", "cross-site", "navigate")).toBe(200);
    expect(await ask("/api/worklist", "same-origin", "cors")).toBe(200);
    expect(await ask("/api/worklist")).toBe(200);
  });
});
