import { randomUUID } from "node:crypto";
import {
  beginDraft,
  changeAnnotations,
  changeCase,
  exportAnnotations,
  importAnnotations,
  listAnnotations,
  listReports,
  listTemplates,
  listWebhooks,
  makeToken,
  makeWebhook,
  printDraft,
  readCase,
  readDraft,
  readTrail,
  removeWebhook,
  reopenDraft,
  saveDraft,
  signDraft,
  worklist,
} from "@nacre/api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type SmallProject, smallProject } from "../archive/small-project.ts";
import { type TestServer, testServer } from "../test-server.ts";

let project: SmallProject;
let server: TestServer;
beforeAll(async () => {
  project = await smallProject();
  server = await testServer({
    projects: [{ name: "small", folder: project.folder }],
    webhookHosts: ["hooks.example.org", "127.0.0.1"],
  });
  const [served] = server.services.archive.projects;
  await server.services.archive.scan(served?.key ?? "");
});
afterAll(async () => {
  await server.close();
  project.remove();
});

const caseOf = async (name: string) => {
  const { rows } = await server.call(worklist);
  return { case: rows.find((row) => row.name === name)?.key ?? "" };
};

describe("over HTTP, a folder with a run", () => {
  test("is a worklist whose cases have their answer, evidence and failed slides", async () => {
    const { rows, thresholds } = await server.call(worklist);
    expect(rows.map(({ name }) => name).slice(0, 2)).toEqual(["P-01", "P-02"]);
    expect(thresholds?.text).toBe("No rule-out: none was asked for. No rule-in: none was asked for.");
    const page = await server.call(readCase, { params: await caseOf("P-01") });
    expect(page.prediction).toMatchObject({
      text: expect.stringContaining("tumour 0.9"),
      calibration: expect.stringContaining("lay 0.100 apart on average"),
      synthetic: true,
    });
    expect(page.evidence.map(({ x, y, size }) => [x, y, size])).toEqual([
      [0, 0, 256],
      [512, 512, 256],
      [256, 0, 256],
    ]);
    const failed = await server.call(readCase, { params: await caseOf("P-02") });
    expect(failed).toMatchObject({
      failedSlides: 2,
      why: expect.stringContaining("2 of 2 slides could not be read: look yourself."),
    });
    expect(failed.events.map(({ text }) => text).join()).toContain("could not be read: no-tissue");
  });

  test("a report is begun, read, confirmed, signed and printed in three forms", async () => {
    const params = await caseOf("P-01");
    expect((await server.call(readDraft, { params })).state).toBe("empty");
    await server.call(changeCase, { params, body: { assignee: "me", state: "open" } });
    const begun = await server.call(beginDraft, { params, body: {} });
    expect((await server.send(signDraft, { params, body: { version: begun.version } })).status).toBe(409);
    const body = { version: begun.version, values: { diagnosis: "tumour" }, confirmed: ["slides", "model"] };
    const saved = await server.call(saveDraft, { params, body });
    expect((await server.send(saveDraft, { params, body })).status).toBe(409);
    expect((await server.call(signDraft, { params, body: { version: saved.version } })).state).toBe("signed");
    expect((await server.call(worklist, { query: { state: "signed" } })).total).toBe(1);
    const printed = await Promise.all(
      (["html", "pdf", "fhir.json"] as const).map((format) =>
        server.send(printDraft, { params: { ...params, format } }),
      ),
    );
    expect(printed.map((reply) => [reply.status, reply.headers.get("content-type")?.split(";")[0]])).toEqual([
      [200, "text/html"],
      [200, "application/pdf"],
      [200, "application/fhir+json"],
    ]);
    expect(printed[0]?.headers.get("content-security-policy")).toContain("style-src 'sha256-");
    expect(Buffer.from((await printed[1]?.arrayBuffer()) ?? new ArrayBuffer(0)).toString("latin1", 0, 5)).toBe("%PDF-");
    const again = await server.call(reopenDraft, { params, body: { why: "once more" } });
    expect(again.state).toBe("draft");
    const second = await server.call(saveDraft, {
      params,
      body: { version: again.version, values: { diagnosis: "benign after all" }, confirmed: [] },
    });
    await server.call(signDraft, { params, body: { version: second.version } });
    const { rows } = await server.call(listReports, { params });
    expect(rows.map(({ number, signedBy }) => [number, signedBy])).toEqual([
      [1, "this machine's user"],
      [2, "this machine's user"],
    ]);
    const text = async (number?: number) =>
      (await server.send(printDraft, { params: { ...params, format: "html" }, query: { number } })).text();
    expect(await text(1)).toContain("SUPERSEDED");
    expect(await text(1)).not.toContain("benign after all");
    expect(await text()).toContain("benign after all");
    expect(await text(2)).not.toContain("SUPERSEDED");
    const none = await server.send(printDraft, { params: { ...params, format: "html" }, query: { number: 3 } });
    expect(none.status).toBe(404);
  });

  test("the forms that a report can be begun with are told", async () => {
    const { rows } = await server.call(listTemplates);
    expect(rows.map(({ name }) => name)).toEqual(["general", "breast", "prostate", "lung"]);
  });

  test("annotations go out as QuPath reads them and come in again", async () => {
    const page = await server.call(readCase, { params: await caseOf("P-01") });
    const params = { slide: page.slideRows[0]?.key ?? "" };
    const change = {
      kind: "put" as const,
      change: randomUUID(),
      id: randomUUID(),
      version: 0,
      geometry: { type: "Point" as const, coordinates: [5, 6] as [number, number] },
      name: "Mitosis",
      colour: null,
      note: "",
    };
    expect((await server.call(changeAnnotations, { params, body: { changes: [change] } })).rows).toHaveLength(1);
    const out = await server.send(exportAnnotations, { params });
    expect(out.headers.get("content-type")).toContain("application/geo+json");
    const body = await out.json();
    expect(await server.call(importAnnotations, { params, body })).toMatchObject({
      made: 0,
      left: [expect.stringContaining("on this slide already")],
    });
    expect((await server.call(listAnnotations, { params })).rows).toHaveLength(1);
  });

  test("a webhook inside the house is refused, a named one is made with a secret that is told once", async () => {
    for (const url of [
      "http://169.254.169.254/",
      "http://[::ffff:127.0.0.1]/",
      "http://2130706434/",
      "https://elsewhere.example.org/",
    ])
      expect((await server.send(makeWebhook, { body: { url, events: ["draft.signed"] } })).status).toBe(422);
    const { secret, row } = await server.call(makeWebhook, {
      body: { url: "http://127.0.0.1:9/x", events: ["draft.signed"] },
    });
    expect(secret.length).toBeGreaterThan(30);
    expect(JSON.stringify(await server.call(listWebhooks))).not.toContain(secret);
    await server.call(removeWebhook, { params: { id: row.id } });
    expect((await server.send(removeWebhook, { params: { id: row.id } })).status).toBe(404);
  });

  test("who may only look may neither annotate nor sign, and sees no name", async () => {
    const { token } = await server.call(makeToken, { body: { name: "looker", role: "viewer" } });
    const params = await caseOf("P-01");
    const sends = [
      server.send(changeCase, { params, body: { state: "open" } }, { token }),
      server.send(beginDraft, { params, body: {} }, { token }),
      server.send(signDraft, { params, body: { version: 1 } }, { token }),
    ];
    expect((await Promise.all(sends)).map(({ status }) => status)).toEqual([403, 403, 403]);
    const seen = JSON.stringify([
      await server.call(worklist, {}, { token }),
      await server.call(readCase, { params }, { token }),
    ]);
    expect(seen).not.toMatch(/P-0[12]/);
    const fhir = await (
      await server.send(printDraft, { params: { ...params, format: "fhir.json" } }, { token })
    ).text();
    expect(fhir + Buffer.from(/"data": "([^"]+)"/.exec(fhir)?.[1] ?? "", "base64").toString()).not.toMatch(/P-0[12]/);
  });

  test("what was done stands in the trail, and neither trail nor log names a patient", async () => {
    const { rows } = await server.call(readTrail, { query: { limit: 500 } });
    const actions = new Set(rows.map(({ action }) => action));
    for (const action of [
      "case.seen",
      "case.changed",
      "draft.begun",
      "draft.saved",
      "draft.signed",
      "draft.reopened",
      "report.printed",
      "annotations.changed",
      "annotations.exported",
      "webhook.made",
      "webhook.removed",
    ])
      expect(actions).toContain(action);
    expect(JSON.stringify(rows)).not.toMatch(/P-0[12]/);
    expect(server.log()).not.toMatch(/P-0[12]/);
  });
});
