import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as rest } from "node:timers/promises";
import { importCases } from "@nacre/api";
import { expect, it } from "vitest";
import { keyOf } from "../../src/archive/key-of.ts";
import { testServer } from "../test-server.ts";
import { emptyProject, PREDICTIONS, SLIDES_CSV, STUDY } from "./small-project.ts";

it("What is there when a scan is asked for is in it, though another scan was under way", async () => {
  const folder = emptyProject();
  folder.write("run/study.yaml", STUDY);
  folder.write("run/slides.csv", SLIDES_CSV);
  folder.write("run/.nacre/state.json", '{"state":"running"}');
  folder.write("loose/a.svs", "no slide");
  for (let i = 0; i < 4000; i++) mkdirSync(join(folder.folder, "z", String(i)), { recursive: true });
  const server = await testServer({ projects: [{ name: "small", folder: folder.folder }] });
  try {
    const { archive, db } = server.services;
    const project = archive.projects[0]?.key ?? "";
    await archive.scan(project);
    while (archive.isScanning(project)) await rest(5);
    const before = archive.scan(project);
    await rest(30);
    expect(archive.isScanning(project)).toBe(true);
    // The run ends, and somebody brings a table and a slide, while the walk is elsewhere.
    folder.write("late/b.svs", "no slide");
    folder.write("run/predictions.csv", PREDICTIONS);
    folder.write("run/.nacre/state.json", '{"state":"finished"}');
    const after = await archive.scan(project);
    await before;
    expect(after.slides).toBe(5);
    const run = await db
      .selectFrom("run")
      .select("state")
      .where("key", "=", keyOf("run", project, "run"))
      .executeTakeFirst();
    expect(run?.state).toBe("finished");
    const under = archive.scan(project);
    await rest(30);
    const told = await server.call(importCases, {
      params: { project },
      body: { csv: "slide,patient\nloose/a.svs,P-9\n" },
    });
    await under;
    expect(told).toMatchObject({ slides: 1, cases: 1, left: [] });
    const named = await db.selectFrom("slide").select("patient").where("path", "=", "loose/a.svs").executeTakeFirst();
    expect(named?.patient).toBe("P-9");
  } finally {
    await server.close();
    folder.remove();
  }
});
