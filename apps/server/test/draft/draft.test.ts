import { beginDraft, type DraftReport, draftSchema } from "@nacre/api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readCasePage } from "../../src/case/read-case.ts";
import { startDraft } from "../../src/draft/begin-draft.ts";
import { reopen, saveValues, sign } from "../../src/draft/change-draft.ts";
import { loadDraft, signatureOf, signedReports } from "../../src/draft/draft-store.ts";
import { TEMPLATES } from "../../src/draft/template.data.ts";
import { addCases, addRun, type CaseStore, caseKey, caseStore, reader, scorecard } from "../case/case-store.ts";

let store: CaseStore;
const names = ["sign", "save", "again", "stale", "benign", "race", "addendum", "needs"];
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
    (error) => error.failure as { kind: string; received: string },
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
    expect((await readCasePage(store.services, who, key("save"))).state).toBe("drafted");
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
      received: "unconfirmed: slides, model",
    });
    const part = await save("sign", draft.version, {}, ["model"]);
    expect(await refused(signIt("sign", part.version))).toMatchObject({ received: "unconfirmed: slides" });
  });

  test("is refused while a needed field is empty", async () => {
    const draft = await begin("needs");
    const saved = await save("needs", draft.version, {}, ["slides", "model"]);
    expect(await refused(signIt("needs", saved.version))).toMatchObject({
      kind: "unusable",
      received: "empty: diagnosis",
    });
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
    ).toMatchObject({ received: "empty: addendum-reason" });
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

describe("templates", () => {
  test("have fields of one name each, choices where they choose, and suggest only what may be chosen", () => {
    for (const { fields } of TEMPLATES) {
      expect(new Set(fields.map(({ name }) => name)).size).toBe(fields.length);
      expect(fields.some(({ isRequired }) => isRequired)).toBe(true);
      for (const { kind, choices, fill } of fields) {
        expect(kind === "choice").toBe(choices !== undefined);
        if (typeof fill === "object")
          for (const choice of Object.values(fill.choice)) expect(choices).toContain(choice);
      }
    }
  });
});
