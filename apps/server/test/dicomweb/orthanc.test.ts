/**
 * The road there and back with an archive that we did not make (Debian's Orthanc): a slide is found, brought in with its pixels, and what a run saw in it
 * is sent back, taken, and read there by DCMTK as it was written.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dicomSources, importDicom, makeToken, printDraft, queryDicom, sendDicom } from "@nacre/api";
import { unwrap } from "@nacre/core";
import { convertSlide, openSlideFile, writeSyntheticSlide } from "@nacre/imaging/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { levelOf } from "../../../../packages/imaging/test/write/converted.ts";
import {
  type Orthanc,
  orthancAbsence,
  partsOf,
  startOrthanc,
} from "../../../../packages/imaging/test/write/orthanc.ts";
import { keyOf } from "../../src/archive/key-of.ts";
import { makeResults } from "../../src/dicomweb/send-results.ts";
import { emptyProject, heatmap, SCORECARD, type SmallProject, STUDY } from "../archive/small-project.ts";
import { type TestServer, testServer } from "../test-server.ts";

const noToolkit = spawnSync("dcmodify", ["--version"]).error === undefined ? null : "dcmtk is not installed";
const absence = orthancAbsence() ?? noToolkit;
if (absence) console.log(`skipped: ${absence}`);

/** Planted: nothing of it may stand in the log or the trail. */
const PERSON = ["0010,0010=Planted^Paula", "0010,0020=PX-77", "0008,0050=ACC-5"].flatMap((change) => ["-m", change]);

describe.skipIf(absence !== null)("with Orthanc", () => {
  let archive: Orthanc;
  let made: SmallProject;
  let project: SmallProject;
  let server: TestServer;
  let series: { readonly study: string; readonly series: string };
  let slide: string;
  const key = () => keyOf("project", "served");
  const source = { source: "lab" } as const;
  const run = () => keyOf("run", key(), "run");
  const TILES = [
    [0, 0],
    [256, 0],
    [256, 256],
  ] as const;

  beforeAll(async () => {
    archive = await startOrthanc();
    made = emptyProject();
    const at = (name: string) => join(made.folder, name);
    await writeSyntheticSlide(at("one.svs"), { seed: 12, width: 900, height: 700, tumourShare: 0.3 });
    const opened = unwrap(await openSlideFile(at("one.svs"), { icc: "keep" }));
    unwrap(await convertSlide(opened, at("one.dcm")));
    opened.close();
    for (const name of readdirSync(at("one.dcm"))) spawnSync("dcmodify", ["-nb", ...PERSON, at(`one.dcm/${name}`)]);
    // a label in the same series, which must never come along
    spawnSync("cp", [at("one.dcm/level-0.dcm"), at("label.dcm")]);
    spawnSync("dcmodify", ["-nb", "-gin", "-m", "0008,0008=DERIVED\\PRIMARY\\LABEL\\NONE", at("label.dcm")]);
    for (const file of [...readdirSync(at("one.dcm")).map((name) => at(`one.dcm/${name}`)), at("label.dcm")]) {
      const put = await fetch(archive.url("instances"), { method: "POST", body: new Uint8Array(readFileSync(file)) });
      expect(await put.json()).toMatchObject({ Status: "Success" });
    }
    project = emptyProject();
    server = await testServer({
      projects: [{ name: "served", folder: project.folder }],
      dicomweb: [{ name: "lab", url: archive.url("dicom-web/") }],
    });
  }, 120_000);
  afterAll(async () => {
    await server?.close();
    await archive?.stop();
    made?.remove();
    project?.remove();
  });

  it("the slide is found, by page and by patient, and only the archives of the configuration are there", async () => {
    expect((await server.call(dicomSources)).rows).toEqual([{ name: "lab", url: archive.url("dicom-web/") }]);
    const found = (query: object) => server.call(queryDicom, { params: source, query });
    const { rows } = await found({});
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ patient: "PX-77", accession: "ACC-5" });
    expect((await found({ patient: "PX-77", accession: "ACC-5" })).rows).toEqual(rows);
    expect((await found({ patient: "nobody" })).rows).toEqual([]);
    expect((await found({ offset: 1 })).rows).toEqual([]);
    expect((await server.send(queryDicom, { params: { source: "other" } })).status).toBe(404);
    series = { study: rows[0]?.study ?? "", series: rows[0]?.series ?? "" };
  });

  it("without the right to identifiers nobody is named, nor looked for by name; a project that may not be seen takes nothing in", async () => {
    const body = { name: "nameless", role: "researcher" as const, projects: [] };
    const { token } = await server.call(makeToken, { body });
    const [row] = (await server.call(queryDicom, { params: source }, { token })).rows;
    expect(row).toMatchObject({ ...series, patient: null, accession: null, description: null });
    const asked = await server.send(queryDicom, { params: source, query: { patient: "PX-77" } }, { token });
    expect(asked.status).toBe(403);
    const wanted = { project: key(), ...series };
    expect((await server.send(importDicom, { params: source, body: wanted }, { token })).status).toBe(404);
  });

  it("it comes in with its pixels and without its label, once however often it is asked for", async () => {
    const body = { project: key(), ...series };
    const [first, again] = await Promise.all([
      server.call(importDicom, { params: source, body }),
      server.call(importDicom, { params: source, body }),
    ]);
    expect(first.failure).toBeNull();
    expect(again).toEqual(first);
    expect(await server.call(importDicom, { params: source, body })).toEqual(first);
    slide = first.slide ?? "";
    const name = keyOf("dicom", series.study, series.series);
    expect(readdirSync(join(project.folder, "dicom"))).toEqual([name]);
    const levels = readdirSync(join(made.folder, "one.dcm"));
    expect(readdirSync(join(project.folder, "dicom", name))).toHaveLength(levels.length);
    const [ours, theirs] = await Promise.all(
      [join(made.folder, "one.dcm"), join(project.folder, "dicom", name)].map(async (path) =>
        unwrap(await openSlideFile(path)),
      ),
    );
    if (ours === undefined || theirs === undefined) throw new Error("expected two slides");
    expect(theirs.info.levels).toEqual(ours.info.levels);
    for (const [level, { width, height }] of ours.info.levels.entries()) {
      const [a, b] = [await levelOf(ours, level), await levelOf(theirs, level)];
      expect([b.width, b.height]).toEqual([width, height]);
      expect(Buffer.compare(b.data, a.data)).toBe(0);
    }
    ours.close();
    theirs.close();
  }, 60_000);

  it("what a run saw in it is sent back, taken, and read there as it was written; twice is once", async () => {
    const name = keyOf("dicom", series.study, series.series);
    project.write("run/study.yaml", STUDY.replace("slides: slides", "slides: ../dicom"));
    project.write("run/cohort.csv", `slide,patient,site,diagnosis\n${name},P-01,site-a,tumour\n`);
    project.write(
      "run/slides.csv",
      `slide,path,patient,case,site,label,state,quality,failure,expected,received,remedy\n${name},${name},P-01,P-01,site-a,tumour,ready,pass,,,,\n`,
    );
    project.write(
      "run/predictions.csv",
      `slide,case,patient,site,part,fold,label,p_benign,p_tumour\n${name},P-01,P-01,site-a,test,0,tumour,0.1,0.9\n`,
    );
    project.write("run/scorecard.json", SCORECARD);
    project.write("run/.nacre/state.json", '{"state":"finished","layout":1}\n');
    project.write(`run/heatmaps/${name}.geojson`, heatmap(TILES));
    await server.services.archive.scan(key());

    const body = { slide, run: run(), kinds: ["parametric-map", "segmentation", "structured-report"] as const };
    const { sent } = await server.call(sendDicom, { params: source, body: { ...body, kinds: [...body.kinds] } });
    expect(sent.map(({ kind }) => kind)).toEqual([
      "parametric-map",
      "parametric-map",
      "segmentation",
      "structured-report",
    ]);
    const twice = await server.call(sendDicom, { params: source, body: { ...body, kinds: [...body.kinds] } });
    expect(twice).toEqual({ sent });

    const listed = await fetch(archive.url(`dicom-web/studies/${series.study}/instances`), {
      headers: { accept: "application/dicom+json" },
    });
    const instances = ((await listed.json()) as Record<string, { Value: string[] }>[]).map(
      (object) => object["00080018"]?.Value[0],
    );
    for (const { instance } of sent) expect(instances).toContain(instance);
    expect(instances).toHaveLength(readdirSync(join(made.folder, "one.dcm")).length + 1 + sent.length);

    const who = {
      id: "local",
      name: "local",
      role: "admin",
      rights: ["identifiers"],
      projects: null,
      how: "loopback",
    } as const;
    const { results } = await makeResults(
      server.services,
      { ...who, rights: ["identifiers"] },
      { slide, run: run(), kinds: body.kinds },
    );
    for (const { kind, result } of results) {
      const path = `dicom-web/studies/${series.study}/series/${result.series}/instances/${result.instance}`;
      const reply = await fetch(archive.url(path), {
        headers: { accept: 'multipart/related; type="application/dicom"' },
      });
      const [back] = partsOf(Buffer.from(await reply.arrayBuffer()), reply.headers.get("content-type") ?? "");
      expect(Buffer.from(back ?? []).equals(Buffer.from(result.bytes)), kind).toBe(true);
      writeFileSync(join(made.folder, "back.dcm"), back ?? "");
      const told = spawnSync("dcmdump", ["+L", join(made.folder, "back.dcm")]).stdout.toString();
      expect(told).toContain(series.study);
      expect(told).toContain("SYNTHETIC");
      expect(told).toContain("Not a medical device");
      for (const said of ["[Planted^Paula]", "[PX-77]", "[ACC-5]"]) expect(told).toContain(said);
    }
    // attention is told as a multiple of an even share: 1/6, 2/6, 3/6 of three tiles
    const map = results[0]?.result.bytes ?? new Uint8Array();
    writeFileSync(join(made.folder, "map.dcm"), map);
    const [values] =
      /7fe0,0008\) OF (\S+)/
        .exec(spawnSync("dcmdump", ["+L", join(made.folder, "map.dcm")]).stdout.toString())
        ?.slice(1) ?? [];
    const read = String(values).split("\\").map(Number);
    for (const [i, wanted] of [0.5, 1, null, 1.5].entries()) {
      if (wanted === null) expect(read[i]).toBeLessThan(-3e38);
      else expect(read[i]).toBeCloseTo(wanted, 5);
    }
  }, 60_000);

  it("the report as FHIR names the study and series of the archive, to whoever may see identifiers alone", async () => {
    const of = keyOf("case", key(), "P-01");
    const fhir = async (token?: string) => {
      const asked = { params: { case: of, format: "fhir.json" as const } };
      return (await server.send(printDraft, asked, token === undefined ? {} : { token })).text();
    };
    const told = await fhir();
    expect(told).toContain(`urn:oid:${series.study}`);
    expect(told).toContain(`"uid": "${series.series}"`);
    const { token } = await server.call(makeToken, { body: { name: "nameless", role: "reader" } });
    const veiled = await fhir(token);
    expect(veiled).toContain("ImagingStudy");
    for (const uid of [series.study, series.series]) expect(veiled).not.toContain(uid);
  });

  it("a slide of another format is refused by name, an unknown run is not found, a broken UID never leaves", async () => {
    await writeSyntheticSlide(join(project.folder, "plain.svs"), { seed: 2, width: 300, height: 300 });
    await server.services.archive.scan(key());
    const body = { slide: keyOf("slide", key(), "plain.svs"), run: run(), kinds: ["segmentation"] as ["segmentation"] };
    const reply = await server.send(sendDicom, { params: source, body });
    expect(reply.status).toBe(422);
    const { error } = (await reply.json()) as { error: { kind: string; remedy: string } };
    expect(error).toMatchObject({ kind: "unsupported-format" });
    expect(error.remedy).toContain("nacre convert");
    expect(
      (await server.send(sendDicom, { params: source, body: { ...body, slide, run: "0".repeat(16) } })).status,
    ).toBe(404);
    const bad = { project: key(), study: "..", series: "1..2" };
    expect((await server.send(importDicom, { params: source, body: bad })).status).toBe(400);
    const gone = await server.call(importDicom, {
      params: source,
      body: { project: key(), study: "1.2.3", series: "1.2.4" },
    });
    expect(gone).toMatchObject({ slide: null, failure: { kind: "missing-file" } });
  }, 60_000);

  it("the trail names keys and the archive, and no patient", async () => {
    const rows = await server.services.db
      .selectFrom("trail")
      .select(["action", "details"])
      .where("action", "like", "dicom.%")
      .execute();
    expect(new Set(rows.map(({ action }) => action))).toEqual(
      new Set(["dicom.queried", "dicom.imported", "dicom.sending", "dicom.sent"]),
    );
    for (const planted of ["Planted", "PX-77", "ACC-5"]) {
      expect(JSON.stringify(rows)).not.toContain(planted);
      expect(server.log()).not.toContain(planted);
    }
  });
});
