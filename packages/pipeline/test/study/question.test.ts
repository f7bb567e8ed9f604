import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Failure, type Outcome, slideIdOf } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { type Cohort, groupedRows, readCohort } from "../../src/study/read-cohort.ts";
import { checkStudy } from "../../src/study/read-study.ts";
import { emptyFolder } from "../small-cohort.ts";

function read(lines: readonly string[], task: object, change: object = {}): Outcome<Cohort> {
  const folder = emptyFolder();
  writeFileSync(join(folder, "cohort.csv"), `${lines.join("\n")}\n`);
  const study = checkStudy(
    { name: "s", cohort: "cohort.csv", slides: ".", task, ...change },
    join(folder, "study.yaml"),
  );
  return study.ok ? readCohort(study.value) : study;
}

function cohortOf(outcome: Outcome<Cohort>): Cohort {
  if (!outcome.ok) throw new Error(outcome.failure.received);
  return outcome.value;
}

function failureOf(outcome: Outcome<Cohort>): Failure {
  if (outcome.ok) throw new Error("expected a failure, received a cohort");
  return outcome.failure;
}

const answersOf = (cohort: Cohort): unknown[] => cohort.rows.map((r) => cohort.answers.get(r.slide)?.answer ?? null);
const groupsOf = (cohort: Cohort): unknown[] => groupedRows(cohort.rows, cohort).map((r) => r.label);

const FOLLOW = [
  "slide,patient,days,death",
  "a.svs,1,10,1",
  "b.svs,2,20,0",
  "c.svs,3,30,true",
  "d.svs,4,,",
  "e.svs,5,40,0.0",
];
const SURVIVE = { kind: "survive", time: "days", event: "death" };

describe("a question read off the cohort", () => {
  it("of grades keeps the order the study gives, lowest first", () => {
    const task = { kind: "ordinal", label: "grade", classes: ["low", "high", "highest"] };
    const cohort = cohortOf(
      read(["slide,patient,grade", "a.svs,1,highest", "b.svs,2,low", "c.svs,3,NA", "d.svs,4,high"], task),
    );
    expect(cohort.question).toEqual({ kind: "ordinal", label: "grade", classes: ["low", "high", "highest"] });
    expect(answersOf(cohort)).toEqual([2, 0, null, 1]);
    expect(cohort.task.positive).toBe("highest");
  });

  it("of a number is that number, and parts are balanced by low and high", () => {
    const cohort = cohortOf(
      read(["slide,patient,til", "a.svs,1,0.5", "b.svs,2,-3e1", "c.svs,3,", "d.svs,4,7", "e.svs,5,8"], {
        kind: "regress",
        label: "til",
      }),
    );
    expect(answersOf(cohort)).toEqual([0.5, -30, null, 7, 8]);
    expect(groupsOf(cohort)).toEqual(["up to 0.5", "up to 0.5", null, "above 0.5", "above 0.5"]);
    expect(cohort.rows.map((r) => r.label)).toEqual(["0.5", "-30", null, "7", "8"]);
  });

  it("of a number of which most are equal has a group for those that are not", () => {
    const cohort = cohortOf(
      read(["slide,patient,til", "a.svs,1,5", "b.svs,2,5", "c.svs,3,5", "d.svs,4,1"], {
        kind: "regress",
        label: "til",
      }),
    );
    expect(groupsOf(cohort)).toEqual(["above 1", "above 1", "above 1", "up to 1"]);
  });

  it("of a follow-up is time and event, and parts are balanced by the event", () => {
    const cohort = cohortOf(read(FOLLOW, SURVIVE));
    expect(answersOf(cohort)).toEqual([
      { time: 10, event: true },
      { time: 20, event: false },
      { time: 30, event: true },
      null,
      { time: 40, event: false },
    ]);
    expect(groupsOf(cohort)).toEqual(["event", "censored", "event", null, "censored"]);
    expect(cohort.rows.map((r) => r.label)).toEqual(["10", "20+", "30", null, "40+"]);
    expect(cohort.question).toMatchObject({ intervals: null });
  });

  it("of a follow-up in which nobody is censored is balanced by early and late", () => {
    const lines = ["slide,patient,days,death", "a.svs,1,10,1", "b.svs,2,20,1", "c.svs,3,30,1", "d.svs,4,40,1"];
    expect(groupsOf(cohortOf(read(lines, SURVIVE)))).toEqual(["up to 20", "up to 20", "above 20", "above 20"]);
  });

  it("of several labels leaves what is unknown unknown, and is balanced by the rarest side", () => {
    const lines = ["slide,patient,er,her2", "a.svs,1,1,0", "b.svs,2,0,", "c.svs,3,1,0", "d.svs,4,,", "e.svs,5,0,1"];
    const cohort = cohortOf(read(lines, { kind: "multilabel", labels: ["er", "her2"] }));
    expect(answersOf(cohort)).toEqual([[1, 0], [0, null], [1, 0], null, [0, 1]]);
    expect(groupsOf(cohort)).toEqual(["not her2", "not her2", "not her2", null, "her2"]);
  });

  it("of several tasks has one answer each, null where it is unknown, and no row where all are", () => {
    const lines = [
      "slide,patient,gene,days,death",
      "a.svs,1,m,10,1",
      "b.svs,2,w,,",
      "c.svs,3,,30,0",
      "d.svs,4,,,",
      "e.svs,5,w,9,1",
    ];
    const task = { kind: "multitask", tasks: { gene: { kind: "classify", label: "gene", weight: 3 }, fate: SURVIVE } };
    const cohort = cohortOf(read(lines, task));
    expect(answersOf(cohort)).toEqual([
      [0, { time: 10, event: true }],
      [1, null],
      [null, { time: 30, event: false }],
      null,
      [1, { time: 9, event: true }],
    ]);
    expect(groupsOf(cohort)).toEqual(["m", "w", "w", null, "w"]);
    expect(cohort.question.kind === "multitask" && cohort.question.tasks.map((t) => [t.name, t.weight])).toEqual([
      ["gene", 3],
      ["fate", 1],
    ]);
    expect(cohort.answerColumns).toEqual(["gene", "days", "death"]);
  });

  it.each<[string, readonly string[], object, Failure["kind"], RegExp]>([
    [
      "a number is a word",
      ["slide,patient,til", "a.svs,1,many", "b.svs,2,1"],
      { kind: "regress", label: "til" },
      "bad-value",
      /`many` in row 2 of .*cohort.csv/,
    ],
    [
      "a number has a decimal comma",
      ["slide,patient,til", "a.svs,1,1", 'b.svs,2,"0,5"'],
      { kind: "regress", label: "til" },
      "bad-value",
      /`0,5` in row 3/,
    ],
    [
      "all numbers are equal",
      ["slide,patient,til", "a.svs,1,1", "b.svs,2,1"],
      { kind: "regress", label: "til" },
      "one-class",
      /2 times 1/,
    ],
    ["an event is neither yes nor no", [...FOLLOW, "f.svs,6,5,dead"], SURVIVE, "bad-value", /`dead` in row 7/],
    ["a time is negative", [...FOLLOW, "f.svs,6,-5,1"], SURVIVE, "bad-value", /`-5` in row 7/],
    ["a follow-up is half there", [...FOLLOW, "f.svs,6,5,"], SURVIVE, "bad-value", /nothing in row 7/],
    [
      "nobody had the event",
      ["slide,patient,days,death", "a.svs,1,10,0", "b.svs,2,20,0"],
      SURVIVE,
      "no-events",
      /all censored/,
    ],
    [
      "a label is only yes",
      ["slide,patient,er", "a.svs,1,1", "b.svs,2,1"],
      { kind: "multilabel", labels: ["er"] },
      "one-class",
      /one of them/,
    ],
    [
      "a grade is none of the study's",
      ["slide,patient,g", "a.svs,1,1", "b.svs,2,9"],
      { kind: "ordinal", label: "g", classes: [1, 2] },
      "bad-value",
      /`9` in column g/,
    ],
    ["a column is absent", FOLLOW, { kind: "survive", time: "days", event: "detah" }, "missing-column", /death/],
  ])("fails by row and column where %s", (_, lines, task, kind, received) => {
    const failure = failureOf(read(lines, task));
    expect(failure.kind).toBe(kind);
    expect(failure.received).toMatch(received);
  });

  it("names the task among several in which it failed", () => {
    const task = { kind: "multitask", tasks: { count: { kind: "regress", label: "death" }, fate: SURVIVE } };
    expect(failureOf(read(FOLLOW, task)).expected).toContain("for the task count");
  });

  it("is never told to the model as a covariate", () => {
    expect(failureOf(read(FOLLOW, SURVIVE, { covariates: ["death"] }))).toMatchObject({
      kind: "bad-study",
      received: "death",
    });
  });

  it("gives slides the ids of their files whatever is asked", () => {
    expect(cohortOf(read(FOLLOW, SURVIVE)).answers.has(slideIdOf("a.svs"))).toBe(true);
  });
});
