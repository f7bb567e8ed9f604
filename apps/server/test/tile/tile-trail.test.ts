import { makeToken, readThumbnail, readTile } from "@nacre/api";
import { afterAll, beforeAll, expect, it } from "vitest";
import { keyOf } from "../../src/archive/key-of.ts";
import { type SmallProject, smallProject } from "../archive/small-project.ts";
import { type TestServer, testServer } from "../test-server.ts";

let small: SmallProject;
let server: TestServer;
beforeAll(async () => {
  small = await smallProject();
  server = await testServer({ projects: [{ name: "small", folder: small.folder }] });
  await server.services.archive.scan(server.services.archive.projects[0]?.key ?? "");
});
afterAll(async () => {
  await server?.close();
  small?.remove();
});

it("Nobody sees the tiles of a slide without a row in the trail that says so, and dozens at once are one row", async () => {
  const { token, row } = await server.call(makeToken, { body: { name: "quiet", role: "viewer" } });
  const slide = keyOf("slide", server.services.archive.projects[0]?.key ?? "", "run/slides/one.svs");
  // The version that tiles are asked with stands in the tag of every thumbnail.
  const small = await server.send(readThumbnail, { params: { slide }, query: { size: 64 } }, { token });
  const version = /^"(\w+)-/.exec(small.headers.get("etag") ?? "")?.[1] ?? "";
  const tile = { slide, version, level: 0, column: 0, row: 0 };
  const replies = await Promise.all(
    Array.from({ length: 24 }, () => server.send(readTile, { params: tile }, { token })),
  );
  expect(replies.every(({ ok }) => ok)).toBe(true);
  const { db } = server.services;
  const rows = await db.selectFrom("trail").selectAll().where("actor", "=", row.id).execute();
  expect(rows.map(({ action, subject }) => [action, subject])).toEqual([["slide.seen", slide]]);
});
