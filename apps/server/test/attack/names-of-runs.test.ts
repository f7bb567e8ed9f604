/** Attacks by a researcher who may not see who the patients are. */
import { checkRun, listRuns, makeToken, readRun, startRun } from "@nacre/api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keyOf } from "../../src/archive/key-of.ts";
import { type SmallProject, smallProject } from "../archive/small-project.ts";
import { type TestServer, testServer } from "../test-server.ts";

let small: SmallProject;
let server: TestServer;
let project: string;
let token: string;
beforeAll(async () => {
  small = await smallProject();
  // The same slide twice: what is wrong with the table is said with its name.
  small.write(
    "bad/cohort.csv",
    "slide,patient,diagnosis\nMUELLER-H.svs,MUELLER,tumour\nMUELLER-H.svs,MUELLER,benign\n",
  );
  server = await testServer({ projects: [{ name: "small", folder: small.folder }] });
  project = server.services.archive.projects[0]?.key ?? "";
  await server.services.archive.scan(project);
  token = (await server.call(makeToken, { body: { name: "blind", role: "researcher" } })).token;
});
afterAll(async () => {
  await server?.close();
  small?.remove();
});

const studyOf = (cohort: string, label: string) =>
  `name: x\ncohort: ${cohort}\nslides: run/slides\ntask: { kind: classify, label: ${label} }\n`;

describe("Whoever may not see identifiers", () => {
  it("is told what is wrong with a study without the names in its table", async () => {
    const study = studyOf("bad/cohort.csv", "diagnosis");
    const open = await server.send(startRun, { body: { project, study } });
    expect(await open.text()).toContain("MUELLER");
    const checked = await server.send(checkRun, { body: { project, study } }, { token });
    const begun = await server.send(startRun, { body: { project, study } }, { token });
    expect([checked.status, begun.status]).toEqual([200, 422]);
    for (const reply of [checked, begun]) expect(await reply.text()).not.toContain("MUELLER");
  });

  it("cannot have names learnt as classes", async () => {
    const study = studyOf("run/cohort.csv", "patient");
    for (const route of [checkRun, startRun]) {
      const reply = await server.send(route, { body: { project, study } }, { token });
      expect(reply.status).toBe(403);
      expect(await reply.text()).not.toContain("P-01");
    }
  });

  it("reads why a run failed without the names in it", async () => {
    const run = keyOf("run", project, "run");
    const failure = {
      kind: "bad-value",
      expected: "one label a patient",
      received: "two of patient P-01",
      remedy: "correct one.svs",
    };
    const { db } = server.services;
    await db
      .updateTable("run")
      .set({ state: "failed", failure: JSON.stringify(failure) })
      .where("key", "=", run)
      .execute();
    const page = await server.call(readRun, { params: { run } }, { token });
    const list = await server.call(listRuns, {}, { token });
    expect(page.failure?.kind).toBe("bad-value");
    expect(list.rows[0]?.failure?.kind).toBe("bad-value");
    expect(JSON.stringify([page, list])).not.toMatch(/P-01|one\.svs/);
    expect((await server.call(readRun, { params: { run } })).failure).toEqual(failure);
  });
});
