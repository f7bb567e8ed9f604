import { changeCase, worklist } from "@nacre/api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { applyCaseChange } from "../../src/case/change-case.ts";
import { readCasePage } from "../../src/case/read-case.ts";
import { readWorklist } from "../../src/case/worklist.ts";
import { ApiRefusal } from "../../src/serve/refuse.ts";
import { addCases, addRun, type CaseStore, caseKey, caseStore, reader, scorecard } from "./case-store.ts";

let store: CaseStore;
const query = (asked: object = {}) => worklist.query.parse(asked);
const refusal = async (work: Promise<unknown>): Promise<ApiRefusal> => {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ApiRefusal);
  return error as ApiRefusal;
};

const FACTS = {
  sex: "female",
  date: "2024-05-06",
  mrn: "12345",
  diagnosis: "tumour",
  label: "1",
  died: "2025-01-02",
};
beforeAll(async () => {
  store = await caseStore();
  const { services, project, other } = store;
  const run = await addRun(services, project, {
    card: scorecard({ ruleOut: 0.1, ruleIn: 0.9 }),
    answerColumns: ["diagnosis", "died"],
  });
  await addCases(
    services,
    project,
    [
      { name: "A-in", p: 0.95, site: "north" },
      { name: "B-unsure", p: 0.5 },
      { name: "C-out", p: 0.01 },
      { name: "D-out-failed", p: 0.02, slides: 2, failed: 1 },
      { name: "E-out-flagged", p: 0.02, quality: ["blur"] },
      { name: "F-failed", slides: 2, failed: 2 },
      { name: "G-none", facts: FACTS },
      { name: "H-signed", p: 0.99, state: "signed" },
    ],
    run,
  );
  await addCases(services, other, [{ name: "elsewhere" }]);
});
afterAll(() => store.close());

describe("the worklist", () => {
  test("orders by need: ruled in, left to a person, unanswered, ruled out, and the signed last of all", async () => {
    const { rows, total } = await readWorklist(store.services, reader(), query({ project: store.project }));
    expect(total).toBe(8);
    expect(rows.map(({ name }) => name)).toEqual([
      "A-in",
      "B-unsure",
      "D-out-failed",
      "E-out-flagged",
      "F-failed",
      "G-none",
      "C-out",
      "H-signed",
    ]);
    expect(rows.map(({ triage }) => triage)).toEqual([
      "rule-in",
      "unsure",
      "abstained",
      "abstained",
      "abstained",
      "none",
      "rule-out",
      "rule-in",
    ]);
    for (const row of rows) expect(worklist.reply.shape.rows.element.parse(row)).toEqual(row);
  });

  test("does not count a rule-out where a slide failed or was flagged", async () => {
    const { rows } = await readWorklist(store.services, reader(), query({ find: "out-f" }));
    expect(rows.map(({ why }) => why.split(":")[0])).toEqual([
      "The rule-out does not count",
      "The rule-out does not count",
    ]);
    expect(rows[0]?.why).toContain("1 of 2 slides could not be read: look yourself.");
    expect(rows[1]?.flags).toEqual(["blur"]);
  });

  test("counts groups and states of the project, whatever the filter", async () => {
    const { counts, total } = await readWorklist(
      store.services,
      reader(),
      query({ project: store.project, triage: "rule-out" }),
    );
    expect(total).toBe(1);
    expect(counts.triage).toEqual({ "rule-in": 2, unsure: 1, "rule-out": 1, abstained: 3, none: 1 });
    expect(counts.state).toEqual({ new: 7, signed: 1 });
  });

  test("filters by state, flag, site and name, and takes no wildcard for one", async () => {
    const names = async (asked: object) =>
      (await readWorklist(store.services, reader(), query(asked))).rows.map(({ name }) => name);
    expect(await names({ state: "signed" })).toEqual(["H-signed"]);
    expect(await names({ flag: "blur" })).toEqual(["E-out-flagged"]);
    expect(await names({ flag: "failed" })).toEqual(["D-out-failed", "F-failed"]);
    expect(await names({ find: "NORTH" })).toEqual(["A-in"]);
    expect(await names({ find: "%" })).toEqual([]);
    expect(await names({ find: "'; drop table slide; --" })).toEqual([]);
  });

  test("pages without losing or repeating a case", async () => {
    const pages = await Promise.all(
      [0, 3, 6].map((offset) =>
        readWorklist(store.services, reader(), query({ project: store.project, offset, limit: 3 })),
      ),
    );
    expect(new Set(pages.flatMap(({ rows }) => rows.map(({ key }) => key))).size).toBe(8);
  });

  test("tells what the thresholds promise where one run stands behind the list, and not over several projects", async () => {
    const one = await readWorklist(store.services, reader(), query({ project: store.project }));
    expect(one.thresholds).toMatchObject({ ruleOut: 0.1, ruleIn: 0.9 });
    expect((await readWorklist(store.services, reader(), query())).thresholds).toBeNull();
  });
});

describe("without the right to identifiers", () => {
  const blind = reader({ rights: [] });

  test("no name, no patient, and nothing is found by them", async () => {
    const { rows } = await readWorklist(store.services, blind, query({ project: store.project }));
    expect(JSON.stringify(rows)).not.toMatch(/A-in|G-none|F-failed/);
    expect((await readWorklist(store.services, blind, query({ find: "A-in" }))).total).toBe(0);
    expect((await readWorklist(store.services, blind, query({ find: rows[0]?.name ?? "" }))).total).toBe(1);
  });

  test("of facts no number of a record, and of a day the year alone", async () => {
    const key = caseKey(store.project, "G-none");
    expect((await readCasePage(store.services, blind, key)).facts).toEqual({ sex: "female", date: "2024" });
    const seen = await readCasePage(store.services, reader(), key);
    expect(seen.facts).toMatchObject({ mrn: "12345", date: "2024-05-06" });
    expect(seen.events[0]).toMatchObject({ kind: "date", at: "2024-05-06T00:00:00.000Z" });
  });
});

describe("what a study takes for the truth", () => {
  test("is on no page of a case, nor among its events, until the case was signed", async () => {
    const key = caseKey(store.project, "G-none");
    const page = await readCasePage(store.services, reader(), key);
    expect(page.facts).toEqual({ sex: "female", date: "2024-05-06", mrn: "12345" });
    expect(page.revealed).toEqual([]);
    expect(JSON.stringify(page)).not.toMatch(/diagnosis|2025-01-02/);
    await store.services.db
      .insertInto("signed_report")
      .values({
        case_key: key,
        number: 1,
        body: JSON.stringify({ template: "general" }),
        sha256: "0",
        by: "me",
        at: "2026-02-03T00:00:00.000Z",
      })
      .execute();
    const after = await readCasePage(store.services, reader(), key);
    expect(after.facts).toEqual(FACTS);
    expect([...after.revealed].sort()).toEqual(["diagnosis", "died", "label"]);
    expect(after.events.map(({ kind }) => kind)).toContain("died");
    await store.services.db.deleteFrom("signed_report").where("case_key", "=", key).execute();
  });
});

describe("a project that somebody may not see", () => {
  test("is not found, in lists, cases and changes alike", async () => {
    const who = reader({ projects: [store.project] });
    const key = caseKey(store.other, "elsewhere");
    expect((await readWorklist(store.services, who, query())).total).toBe(8);
    for (const work of [
      readWorklist(store.services, who, query({ project: store.other })),
      readCasePage(store.services, who, key),
      applyCaseChange(store.services, who, { key, change: { assignee: "me" } }),
    ])
      expect((await refusal(work)).status).toBe(404);
    expect((await readWorklist(store.services, reader({ projects: [] }), query())).total).toBe(0);
  });
});

describe("changing a case", () => {
  const change = (name: string, asked: object) =>
    applyCaseChange(store.services, reader(), {
      key: caseKey(store.project, name),
      change: changeCase.body.parse(asked),
    });

  test("assigns it, leaves a row in the trail and tells of it", async () => {
    expect((await change("B-unsure", { assignee: "Dr. Reader" })).assignee).toBe("Dr. Reader");
    expect((await readWorklist(store.services, reader(), query({ assignee: "Dr. Reader" }))).total).toBe(1);
    const trail = await store.services.db
      .selectFrom("trail")
      .selectAll()
      .where("action", "=", "case.changed")
      .execute();
    expect(trail).toHaveLength(1);
    expect(store.heard.at(-1)).toMatchObject({ kind: "case.changed", case: caseKey(store.project, "B-unsure") });
  });

  test("a new case that somebody takes is open, and new again when it is given back", async () => {
    const states = [];
    for (const assignee of ["Dr. Reader", "Dr. Other", null]) states.push((await change("G-none", { assignee })).state);
    expect(states).toEqual(["open", "open", "new"]);
  });

  test("never makes a signed case unsigned", async () => {
    expect((await refusal(change("H-signed", { state: "open" }))).failure.kind).toBe("conflict");
    expect((await change("H-signed", { assignee: "x" })).state).toBe("signed");
  });
});

describe("ten thousand cases", () => {
  test("are one question to the database, and quick", async () => {
    const run = await addRun(store.services, store.other, { card: scorecard({ ruleOut: 0.1, ruleIn: 0.9 }) });
    const specs = Array.from({ length: 10_000 }, (_, i) => ({
      name: `P${String(i).padStart(5, "0")}`,
      p: ((i * 7919) % 10_000) / 10_000,
      site: `site-${i % 5}`,
      quality: i % 50 === 0 ? ["blur"] : [],
    }));
    await addCases(store.services, store.other, specs, run);
    await readWorklist(store.services, reader(), query({ project: store.other }));
    const took: number[] = [];
    for (const asked of [
      {},
      { find: "p0999" },
      { triage: "unsure" },
      { order: "value", offset: 5000 },
      { flag: "blur" },
    ]) {
      const start = performance.now();
      const { rows } = await readWorklist(store.services, reader(), query({ project: store.other, ...asked }));
      took.push(performance.now() - start);
      expect(rows.length).toBeGreaterThan(0);
    }
    console.info(`10,000 cases, ms a page: ${took.map((ms) => ms.toFixed(0)).join(", ")}`);
    // Generous: a busy machine is not a failure; a scan for each case would take minutes.
    expect(Math.min(...took)).toBeLessThan(2000);
  });
});
