import { afterAll, beforeAll, expect, it } from "vitest";
import { keyOf } from "../../src/archive/key-of.ts";
import { findRun } from "../../src/study/run-rows.ts";
import { emptyProject, SLIDES_CSV, type SmallProject, STUDY } from "../archive/small-project.ts";
import { type TestServer, testServer } from "../test-server.ts";

let small: SmallProject;
let server: TestServer;
let project: string;
beforeAll(async () => {
  small = emptyProject();
  small.write("run/study.yaml", STUDY);
  small.write("run/slides.csv", SLIDES_CSV);
  small.write("run/.nacre/state.json", '{"state":"stopped"}');
  server = await testServer({ projects: [{ name: "small", folder: small.folder }] });
  project = server.services.archive.projects[0]?.key ?? "";
  await server.services.archive.scan(project);
});
afterAll(async () => {
  await server?.close();
  small?.remove();
});

it("A run that two people take up at the same moment is taken up once", async () => {
  const { db, studies } = server.services;
  const run = await findRun(db, keyOf("run", project, "run"));
  if (run === undefined) throw new Error("expected a run, received none");
  const both = await Promise.allSettled(["one", "two"].map((by) => studies.resume(run, by)));
  expect(both.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  expect((await findRun(db, run.key))?.by).toBe("one");
});
