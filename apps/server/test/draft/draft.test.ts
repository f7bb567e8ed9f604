import { beginDraft, type DraftReport, draftSchema } from "@nacre/api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readCasePage } from "../../src/case/read-case.ts";
import { startDraft } from "../../src/draft/begin-draft.ts";
import { reopen, saveValues, sign } from "../../src/draft/change-draft.ts";
import { loadDraft, signatureOf, signedReports } from "../../src/draft/draft-store.ts";
import { letGo } from "../../src/draft/drop-draft.ts";
import { TEMPLATES } from "../../src/draft/template.data.ts";
import { addCases, addRun, type CaseStore, caseKey, caseStore, reader, scorecard } from "../case/case-store.ts";

let store: CaseStore;
const names = ["sign", "save", "again", "stale", "benign", "race", "addendum", "needs", "numbers", "drop", "undo"];
beforeAll(async () => {
  store = await caseStore();
  const run = await addRun(store.services, store.project, { card: scorecard({ ruleOut: 0.1, ruleIn: 0.9 }) });
  const specs = names.map((name) => ({ name, p: name === "benign" ? 0.02 : 0.95, slides: 3, failed: 1 }));
  await addCases(store.services, store.project, specs, run);
});
afterAll(() => store.close());

const who = reader();
const key = (name: string) => caseKey(store.project, name);
const begin = (name: string, asked: object = {}) =>
  startDraft(store.services, who, { key: key(name), asked: beginDraft.body.parse(asked) });
const save = (
  name: string,
  version: number,
  values: Record<string, string | number | boolean | null>,
  confirmed: string[] = [],
) => saveValues(store.services, who, { key: key(name), asked: { version, values, confirmed } });
const signIt = (name: string, version: number) => sign(store.services, who, { key: key(name), version });
const field = (draft: DraftReport, name: string) => draft.fields.find((f) => f.name === name);
const refused = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error) => error.failure as { kind: string; expected: string; received: string },
  );
async function signed(name: string): Promise<DraftReport> {
  const { version } = await begin(name);
  const saved = await save(name, version, { diagnosis: "tumour" }, ["slides", "model"]);
  return await signIt(name, saved.version);
}

describe("beginning a draft", () => {
  test("fills what the run and the archive know, marks it as a machine's and says where it comes from", async () => {
    const draft = await begin("save");
    expect(draftSchema.parse(draft)).toEqual(draft);
    expect(field(draft, "slides")).toMatchObject({
      value: 2,
      origin: "machine",
      evidence: "2 of 3 slides of the case could be read",
    });
    expect(field(draft, "model")).toMatchObject({
      origin: "machine",
      value: expect.stringContaining("tumour 0.950"),
      evidence: expect.stringContaining("study study, test part"),
    });
    expect(field(draft, "diagnosis")).toMatchObject({ value: null, origin: "empty" });
    // Who begins the report has the case.
    expect(await readCasePage(store.services, who, key("save"))).toMatchObject({
      state: "drafted",
      assignee: who.name,
    });
  });

  test("with a template of choices suggests the choice that the likeliest class is called as", async () => {
    const draft = await begin("benign", { template: "prostate" });
    expect(field(draft, "diagnosis")).toMatchObject({ value: "no carcinoma", origin: "machine" });
    const other = await begin("benign", { template: "breast" });
    expect([other.version, field(other, "diagnosis")?.value]).toEqual([2, "benign lesion"]);
  });

  test("never writes over a person's words, and knows its templates by near names", async () => {
    const draft = await begin("again");
    await save("again", draft.version, { comment: "mine" });
    expect((await refused(begin("again")))?.kind).toBe("conflict");
    expect(await refused(begin("again", { template: "brest" }))).toMatchObject({
      kind: "bad-request",
      remedy: "write breast",
    });
  });
});

describe("saving", () => {
  test("a value left as the machine wrote it stays the machine's, a changed one is the person's", async () => {
    const { version, fields } = await loadDraft(store.services.db, key("save"));
    const same = Object.fromEntries(fields.map((f) => [f.name, f.value]));
    const draft = await save("save", version, { ...same, slides: 3, diagnosis: "  " });
    expect([field(draft, "slides")?.origin, field(draft, "model")?.origin, field(draft, "diagnosis")?.origin]).toEqual([
      "person",
      "machine",
      "empty",
    ]);
    expect(field(draft, "slides")?.evidence).toBeNull();
  });

  test("an old version, a strange field, and a value of another kind are refused by name", async () => {
    const { version } = await begin("stale", { template: "breast" });
    expect((await refused(save("stale", version + 1, {})))?.kind).toBe("conflict");
    expect(await refused(save("stale", version, { grad: "1" }))).toMatchObject({
      kind: "bad-request",
      remedy: "write grade",
    });
    for (const values of [{ grade: "4" }, { size: "big" }, { side: 3 }, { comment: true }, { comment: "a\u0000" }])
      expect((await refused(save("stale", version, values)))?.kind).toBe("bad-request");
    expect((await loadDraft(store.services.db, key("stale"))).version).toBe(version);
  });

  test("a number is never below 0, a share never above 100, and a count is whole", async () => {
    const { version } = await begin("numbers", { template: "breast" });
    for (const [values, wanted] of [
      [{ size: -5 }, "Largest extent of invasive tumour: a number of 0 or more"],
      [{ er: 140 }, "Oestrogen receptor, stained nuclei: a number from 0 to 100"],
      [{ "nodes-examined": 2.5 }, "Lymph nodes examined: a whole number of 0 or more"],
      [{ tubules: "7" }, "Tubule formation: one of 1, 2, 3"],
    ] as const)
      expect(await refused(save("numbers", version, values))).toMatchObject({ expected: wanted });
    expect((await save("numbers", version, { size: 0.5, er: 100, "nodes-examined": 0 })).version).toBe(version + 1);
  });

  test("of two people who save at once one is told", async () => {
    const { version } = await begin("race");
    const both = await Promise.all(["a", "b"].map((comment) => refused(save("race", version, { comment }))));
    expect(both.filter((failure) => failure?.kind === "conflict")).toHaveLength(1);
  });
});

describe("signing", () => {
  test("is refused, with their names, while machine values stand unconfirmed", async () => {
    const draft = await begin("sign");
    expect(await refused(signIt("sign", draft.version))).toMatchObject({
      kind: "conflict",
      received: "unconfirmed: Slides examined, Answer of the model",
    });
    const part = await save("sign", draft.version, {}, ["model"]);
    expect(await refused(signIt("sign", part.version))).toMatchObject({ received: "unconfirmed: Slides examined" });
  });

  test("is refused while a needed field is empty", async () => {
    const draft = await begin("needs");
    const saved = await save("needs", draft.version, {}, ["slides", "model"]);
    expect(await refused(signIt("needs", saved.version))).toMatchObject({
      kind: "unusable",
      received: "empty: Diagnosis",
    });
  });

  test("is refused while a part is larger than its whole", async () => {
    const { version } = await loadDraft(store.services.db, key("numbers"));
    const values = { diagnosis: "other invasive carcinoma", "nodes-examined": 3, "nodes-positive": 5 };
    const saved = await save("numbers", version, values, ["slides", "model"]);
    expect(await refused(signIt("numbers", saved.version))).toMatchObject({
      kind: "unusable",
      expected: "Lymph nodes with tumour: no more than Lymph nodes examined, 3",
      received: "5",
    });
    const again = await save("numbers", saved.version, { "nodes-positive": 3 });
    expect((await signIt("numbers", again.version)).state).toBe("signed");
  });

  test("keeps the text with a hash that anybody can compute again, in the trail before the answer", async () => {
    const { version } = await loadDraft(store.services.db, key("sign"));
    const saved = await save("sign", version, { diagnosis: "tumour, 3 mm" }, ["slides"]);
    const report = await signIt("sign", saved.version);
    expect(report).toMatchObject({ state: "signed", signedBy: who.name, sha256: signatureOf(report) });
    const [kept] = await signedReports(store.services.db, key("sign"));
    expect(signatureOf(kept?.report as DraftReport)).toBe(report.sha256);
    expect(signatureOf({ ...report, fields: report.fields.slice(1) })).not.toBe(report.sha256);
    const trail = await store.services.db
      .selectFrom("trail")
      .select("details")
      .where("action", "=", "draft.signed")
      .execute();
    expect(trail.map(({ details }) => JSON.parse(details).sha256)).toContain(report.sha256);
    expect(store.heard).toContainEqual({ kind: "draft.signed", project: store.project, case: key("sign") });
  });

  test("ends editing, and the case says it is signed", async () => {
    const { version } = await loadDraft(store.services.db, key("sign"));
    expect((await refused(save("sign", version, { comment: "x" })))?.kind).toBe("conflict");
    expect((await refused(signIt("sign", version)))?.kind).toBe("conflict");
    const page = await readCasePage(store.services, who, key("sign"));
    expect(page.state).toBe("signed");
    expect(page.events.map(({ kind }) => kind)).toContain("report signed");
  });
});

describe("an addendum", () => {
  test("keeps the first text on record, needs a reason and its own signature", async () => {
    const first = await signed("addendum");
    const again = await reopen(store.services, who, { key: key("addendum"), why: "second opinion" });
    expect(again).toMatchObject({ state: "draft", signedBy: null, sha256: null });
    expect(again.fields[0]).toMatchObject({ name: "addendum-reason", value: "second opinion", origin: "person" });
    expect(
      await refused(signIt("addendum", (await save("addendum", again.version, { "addendum-reason": null })).version)),
    ).toMatchObject({ received: "empty: Reason of the addendum" });
    const { version } = await loadDraft(store.services.db, key("addendum"));
    const second = await signIt(
      "addendum",
      (await save("addendum", version, { "addendum-reason": "again", diagnosis: "benign" })).version,
    );
    const kept = await signedReports(store.services.db, key("addendum"));
    expect(kept.map(({ number, report }) => [number, report.sha256])).toEqual([
      [1, first.sha256],
      [2, second.sha256],
    ]);
    expect(field(kept[0]?.report as DraftReport, "diagnosis")?.value).toBe("tumour");
  });

  test("is not to be begun on what is not signed", async () => {
    expect((await refused(reopen(store.services, who, { key: key("race"), why: "because" })))?.kind).toBe("conflict");
  });
});

describe("letting go", () => {
  const drop = (name: string, version: number) => letGo(store.services, who, { key: key(name), version });
  const stateOf = async (name: string) => (await readCasePage(store.services, who, key(name))).state;

  test("of a draft leaves an empty report, which may be begun on another form; an old version is refused", async () => {
    const { version } = await begin("drop");
    const saved = await save("drop", version, { comment: "mine" });
    expect((await refused(drop("drop", version)))?.kind).toBe("conflict");
    expect(await drop("drop", saved.version)).toMatchObject({ state: "empty", fields: [], version: saved.version + 1 });
    expect(await stateOf("drop")).toBe("open");
    expect((await begin("drop", { template: "lung" })).template).toBe("lung");
    const trail = await store.services.db
      .selectFrom("trail")
      .select("details")
      .where("action", "=", "draft.dropped")
      .execute();
    expect(trail.map(({ details }) => JSON.parse(details))).toEqual([{ version: saved.version, written: 1 }]);
  });

  test("of an addendum leaves the signed text as it was signed, and no version stands twice", async () => {
    const first = await signed("undo");
    const again = await reopen(store.services, who, { key: key("undo"), why: "begun by mistake" });
    expect(await drop("undo", again.version)).toEqual(first);
    expect(signatureOf(await loadDraft(store.services.db, key("undo")))).toBe(first.sha256);
    expect(await stateOf("undo")).toBe("signed");
    expect((await refused(drop("undo", again.version)))?.kind).toBe("conflict");
    const third = await reopen(store.services, who, { key: key("undo"), why: "now in earnest" });
    expect(third.version).toBeGreaterThan(again.version);
    expect((await refused(save("undo", again.version, { comment: "late" })))?.kind).toBe("conflict");
  });
});

describe("templates", () => {
  test("have fields of one name each, choices where they choose, and suggest only what may be chosen", () => {
    for (const { fields } of TEMPLATES) {
      expect(new Set(fields.map(({ name }) => name)).size).toBe(fields.length);
      expect(fields.some(({ isNeeded }) => isNeeded)).toBe(true);
      for (const { kind, choices, fill, partOf } of fields) {
        if (partOf !== undefined) expect(fields.map(({ name }) => name)).toContain(partOf);
        expect(kind === "choice").toBe(choices !== undefined);
        if (typeof fill === "object")
          for (const choice of Object.values(fill.choice)) expect(choices).toContain(choice);
      }
    }
  });
});
