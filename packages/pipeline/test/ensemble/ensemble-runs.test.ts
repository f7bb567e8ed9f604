import { readFileSync } from "node:fs";
import { join } from "node:path";
import { attempt, type Failure, randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { checkMembers } from "../../src/ensemble/check-members.ts";
import { combine } from "../../src/ensemble/combine.ts";
import { type EnsembleResult, ensembleRuns } from "../../src/ensemble/ensemble-runs.ts";
import { readMember } from "../../src/ensemble/read-member.ts";
import { emptyFolder, readCsv } from "../small-cohort.ts";
import { type WrittenRow, type WrittenRun, writeRun } from "./written-run.ts";

const home = emptyFolder();
let count = 0;
const run = (written: WrittenRun): string => writeRun(join(home, `run-${count++}`), written);

/** Two folds of four patients each, four external ones, and a tune part. */
function twoClasses(
  answers: (patient: string) => number,
  change: (row: WrittenRow) => WrittenRow = (row) => row,
  { isReversed = false } = {},
): string {
  const rows = [..."abcdefgh"].map((patient, i): WrittenRow => {
    const p = answers(patient);
    return { patient, part: "test", fold: i < 4 ? 0 : 1, label: i % 2 === 0 ? "yes" : "no", answer: [1 - p, p] };
  });
  const external = [..."uvwx"].map((patient, i): WrittenRow => {
    const p = answers(patient);
    return { patient, part: "external", fold: null, label: i % 2 === 0 ? "yes" : "no", answer: [1 - p, p] };
  });
  const all = [...rows, ...external].map(change);
  return run({ rows: isReversed ? all.reverse() : all });
}

const options = { bootstrap: 20, seed: 7 };

async function failureOf(runs: readonly string[], by: "mean" | "rank" | "learned" = "mean"): Promise<Failure> {
  const result = await attempt(async () => ensembleRuns(runs, { ...options, by, out: join(home, `out-${count++}`) }));
  if (result.ok) throw new Error("expected a refusal");
  return result.failure;
}

function joined(
  runs: readonly string[],
  by: "mean" | "rank" | "learned",
): { result: EnsembleResult; table: Record<string, string>[] } {
  const out = join(home, `out-${count++}`);
  const result = ensembleRuns(runs, { ...options, by, out });
  return { result, table: readCsv(readFileSync(join(out, "predictions.csv"), "utf8")) };
}

const at = (patient: string): number => "abcdefghuvwx".indexOf(patient) / 12;

describe("an ensemble of runs", () => {
  it("by mean answers with the mean of the probabilities, bag by bag, whatever the order of the rows", () => {
    const one = twoClasses((p) => at(p));
    const other = twoClasses(
      (p) => 0.9 - at(p) / 2,
      (row) => row,
      { isReversed: true },
    );
    const { table, result } = joined([one, other], "mean");
    for (const { patient, p_yes, p_no } of table) {
      expect(Number(p_yes)).toBeCloseTo((at(patient as string) + 0.9 - at(patient as string) / 2) / 2, 8);
      expect(Number(p_yes) + Number(p_no)).toBeCloseTo(1, 8);
    }
    expect(table.map((row) => row.part).filter((part) => part === "external")).toHaveLength(4);
    const written = result.written.map((path) => path.replace(/.*[/\\]/, ""));
    expect(written.slice(0, 4)).toEqual(["predictions.csv", "ensemble.json", "scorecard.json", "report.html"]);
  });

  it("stands beside each of its members on the same patients, paired", () => {
    const runs = [twoClasses((p) => at(p)), twoClasses((p) => 1 - at(p))];
    const { result } = joined(runs, "mean");
    const [internal] = result.comparison ?? [];
    expect(internal?.common).toBe(8);
    expect(internal?.auroc.pairs).toHaveLength(3);
    expect(result.text).toContain(`minus ${join(runs[0] as string, "predictions.csv")}`);
  });

  it("by rank answers with the mean place among the bags of the part and fold, equal answers in the middle", () => {
    const plain = twoClasses((p) => at(p));
    const tied = twoClasses(() => 0.5);
    const { table } = joined([plain, tied], "rank");
    const first = table.filter((row) => row.fold === "0").map((row) => Number(row.p_yes));
    expect(first).toEqual([0.125, 0.375, 0.625, 0.875].map((place) => (place + 0.5) / 2));
    expect(table.every((row) => Math.abs(Number(row.p_yes) + Number(row.p_no) - 1) < 1e-8)).toBe(true);
  });

  it("by rank is the same whatever rising curve bends a member's answers", () => {
    const [one, other] = [twoClasses((p) => at(p)), twoClasses((p) => at(p) ** 3)];
    const third = twoClasses((p) => 1 - at(p) / 3);
    expect(joined([one, third], "rank").table).toEqual(joined([other, third], "rank").table);
  });

  it("of risks is judged as risks", () => {
    const risks = (slope: number): string =>
      run({
        classes: [],
        rows: [..."abcdefgh"].map((patient, i) => ({
          patient,
          part: "test",
          fold: i % 2,
          label: `${10 - i} ${i % 3 === 0 ? 0 : 1}`,
          answer: [slope * i],
        })),
      });
    const runs = [risks(1), risks(2)];
    const { result, table } = joined(runs, "mean");
    expect(table.map((row) => Number(row.risk))).toEqual([0, 1.5, 3, 4.5, 6, 7.5, 9, 10.5]);
    expect(result.comparison).toBeNull();
    for (const path of runs) expect(result.text).toContain(path);
  });
});

describe("a learned ensemble", () => {
  const classes = ["a", "b", "c"];
  /** A model that gives the right class `margin` more than the others, in noise; a guessing one has no margin. */
  function noisy(margin: number, seed: number): string {
    const random = randomStream(seed, "noisy");
    const rows = Array.from({ length: 120 }, (_, i): WrittenRow => {
      const scores = classes.map((_, c) => Math.exp((c === i % 3 ? margin : 0) + random.normal()));
      const total = scores.reduce((sum, s) => sum + s, 0);
      const part = i < 40 ? "tune" : i < 80 ? "test" : "external";
      return {
        patient: `p${i}`,
        part,
        fold: part === "external" ? null : 0,
        label: classes[i % 3] as string,
        answer: scores.map((s) => s / total),
      };
    });
    return run({ rows, classes });
  }

  it("has a simple sister, the mean of ranks, whose numbers sum to 1 over the classes", () => {
    const { table } = joined([noisy(2, 5), noisy(1, 6)], "rank");
    for (const { p_a, p_b, p_c } of table) expect(Number(p_a) + Number(p_b) + Number(p_c)).toBeCloseTo(1, 7);
  });

  it("weighs a guessing run less, from the tune part alone", () => {
    const runs = [noisy(2.5, 1), noisy(0, 2)];
    const { result } = joined(runs, "learned");
    expect(result.learned.map(({ fold, queries }) => [fold, queries])).toEqual([
      ["0", 40],
      ["external", 40],
    ]);
    const [good = [], guessing = []] = result.learned[0]?.weights ?? [];
    const pull = (weights: readonly number[]): number => (weights[0] as number) - (weights[2] as number);
    expect(pull(guessing)).toBeLessThan(0.5 * pull(good));
  });

  it("learns the same weights whatever the labels and answers of the test part are", () => {
    const runs = [noisy(2, 3), noisy(1, 4)];
    const members = runs.map((path) => {
      const read = readMember(path);
      if (!read.ok) throw new Error(read.failure.received);
      return read.value;
    });
    const spoilt = members.map((member) => ({
      ...member,
      rows: member.rows.map((row) => ({
        ...row,
        cells: { ...row.cells, label: "a" },
        values: { p_a: 0.2, p_b: 0.3, p_c: 0.5 },
      })),
    }));
    const weights = (given: typeof members) => {
      const found = combine(given, "learned", 7);
      return found.ok ? found.value.learned : found.failure;
    };
    expect(checkMembers(spoilt).ok).toBe(true);
    expect(weights(spoilt)).toEqual(weights(members));
  });

  it("is refused for two classes, with the remedy", async () => {
    const failure = await failureOf([twoClasses(at), twoClasses(() => 0.5)], "learned");
    expect([failure.kind, failure.received]).toEqual(["bad-usage", "a task of two classes (no, yes)"]);
    expect(failure.remedy).toContain("--by mean, or --by rank, which ranks patients");
  });

  it("is refused without a tune part", async () => {
    const rows = [..."abc"].map((patient, i): WrittenRow => {
      return { patient, part: "test", fold: 0, label: classes[i] as string, answer: [0.2, 0.3, 0.5] };
    });
    const failure = await failureOf([run({ rows, classes }), run({ rows, classes })], "learned");
    expect([failure.kind, failure.received]).toEqual(["bad-usage", "none in fold 0"]);
  });
});

describe("runs that cannot answer together", () => {
  it("are refused where a test patient of one was fitted on in another, by name", async () => {
    const swap = (row: WrittenRow): WrittenRow =>
      row.patient === "a" ? { ...row, fold: 1 } : row.patient === "e" ? { ...row, fold: 0 } : row;
    const failure = await failureOf([twoClasses(at), twoClasses(at, swap)]);
    expect(failure.kind).toBe("refused");
    expect(failure.expected).toContain("patient a in the test part of fold 0 of every run");
    expect(failure.received).toContain("train part of fold 0");
  });

  it("are refused where it lies in the tune part of the other", async () => {
    const one = run({ rows: [row("a", "test"), row("b", "test")] });
    const other = run({ rows: [row("a", "tune"), row("b", "test")] });
    expect((await failureOf([one, other])).received).toContain("tune part of fold 0");
    expect((await failureOf([other, one])).kind).toBe("refused");
  });

  it("are refused where an external patient of one was fitted on in another", async () => {
    const one = run({ rows: [row("a", "test"), { ...row("b", "external"), fold: null }] });
    const other = run({ rows: [row("a", "test")], fittedOnly: ["b"] });
    const failure = await failureOf([one, other]);
    expect([failure.kind, failure.expected]).toEqual([
      "refused",
      expect.stringContaining("patient b in the external part"),
    ]);
  });

  it("are other cohorts where one does not know a patient, which is no leak", async () => {
    const one = run({ rows: [row("a", "test"), row("b", "test")] });
    const other = run({ rows: [row("a", "test")] });
    const failure = await failureOf([one, other]);
    expect([failure.kind, failure.received]).toEqual(["bad-usage", expect.stringContaining("no answer of that slide")]);
  });

  it.each([
    ["one run", () => [twoClasses(at)], "bad-usage", /1/],
    ["a run twice", () => Array(2).fill(twoClasses(at)), "bad-usage", /twice/],
    ["no run", () => [twoClasses(at), join(home, "nowhere")], "bad-usage", /none at/],
    ["another task", () => [twoClasses(at), run({ rows: [row("a", "test")], label: "grade" })], "bad-usage", /grade/],
    [
      "another label",
      () => [twoClasses(at), twoClasses(at, (r) => (r.patient === "c" ? { ...r, label: "no" } : r))],
      "conflicting-label",
      /`no`/,
    ],
    [
      "an edited table",
      () => [twoClasses(at), run({ rows: [row("a", "test")], hash: "0".repeat(64) })],
      "refused",
      /another file/,
    ],
  ])("are told: %s", async (_, runs, kind, text) => {
    const failure = await failureOf(runs());
    expect([failure.kind, failure.received]).toEqual([kind, expect.stringMatching(text)]);
    expect(failure.remedy).not.toBe("");
  });
});

function row(patient: string, part: WrittenRow["part"]): WrittenRow {
  return { patient, part, fold: 0, label: patient === "a" ? "yes" : "no", answer: [0.4, 0.6] };
}
