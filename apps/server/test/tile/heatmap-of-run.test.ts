import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { readCase, readHeatmap, regionStatistics } from "@nacre/api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keyOf } from "../../src/archive/key-of.ts";
import { heatmap, SCORECARD, type SmallProject, STUDY, smallProject } from "../archive/small-project.ts";
import { type TestServer, testServer } from "../test-server.ts";

let small: SmallProject;
let server: TestServer;
let project: string;
const first = () => keyOf("slide", project, "run/slides/one.svs");
const second = () => keyOf("slide", project, "second/slides/one.svs");
const run = (folder: string) => keyOf("run", project, folder);

beforeAll(async () => {
  small = await smallProject();
  // Another study of the same project: another patient's slides, counted from one again.
  small.write("second/study.yaml", STUDY.replace("name: small", "name: second"));
  small.write("second/cohort.csv", "slide,patient,diagnosis\none.svs,P-77,tumour\n");
  small.write("second/slides.csv", "slide,path,patient,case,label,state\none,one.svs,P-77,P-77,tumour,ready\n");
  small.write(
    "second/predictions.csv",
    "slide,case,patient,part,fold,label,p_benign,p_tumour\none,P-77,P-77,test,0,tumour,0.3,0.7\n",
  );
  small.write("second/scorecard.json", SCORECARD);
  small.write("second/heatmaps/one.geojson", heatmap([[768, 768]]));
  mkdirSync(join(small.folder, "second/slides"));
  copyFileSync(join(small.folder, "run/slides/one.svs"), join(small.folder, "second/slides/one.svs"));
  server = await testServer({ projects: [{ name: "small", folder: small.folder }] });
  project = server.services.archive.projects[0]?.key ?? "";
  await server.services.archive.scan(project);
});
afterAll(async () => {
  await server?.close();
  small?.remove();
});

describe("A heatmap", () => {
  it("is of the very slide that the run drew, never of another study's slide of the same name", async () => {
    const own = await server.call(readHeatmap, { params: { slide: second(), run: run("second") } });
    expect([own.x, own.y]).toEqual([[768], [768]]);
    expect((await server.send(readHeatmap, { params: { slide: first(), run: run("second") } })).status).toBe(404);
    expect((await server.send(readHeatmap, { params: { slide: second(), run: run("run") } })).status).toBe(404);
    const query = { ring: "0,0;1024,0;1024,1024;0,1024", run: run("second") };
    expect((await server.send(regionStatistics, { params: { slide: first() }, query })).status).toBe(404);
  });

  it("gives a case the tiles of its own slides alone", async () => {
    const page = await server.call(readCase, { params: { case: keyOf("case", project, "P-01") } });
    expect(page.evidence).toHaveLength(3);
    expect(page.evidence.map(({ slide }) => slide)).toEqual([first(), first(), first()]);
    const { db } = server.services;
    // Both runs answered the case: its newest answer is the second's, which never saw its slide.
    const answer = await db
      .selectFrom("prediction")
      .selectAll()
      .where("run", "=", run("second"))
      .executeTakeFirstOrThrow();
    await db
      .insertInto("prediction")
      .values({ ...answer, case_key: keyOf("case", project, "P-01"), answer: JSON.stringify(answer.answer) })
      .execute();
    await db.updateTable("run").set({ finished: "2099-01-01T00:00:00Z" }).where("key", "=", run("second")).execute();
    const later = await server.call(readCase, { params: { case: keyOf("case", project, "P-01") } });
    expect(later.prediction?.run).toBe(run("second"));
    expect(later.evidence).toEqual([]);
  });
});
