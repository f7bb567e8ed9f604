import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Outcome } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { checkBoard, readBoard } from "../../src/board/read-board.ts";
import { emptyFolder } from "../small-cohort.ts";
import { boardFolder, ENTRIES, madeTable, writeRun } from "./board-folder.ts";

function failureOf(outcome: Outcome<unknown>) {
  if (outcome.ok) throw new Error("expected a failure, received a board");
  return outcome.failure;
}
const check = (change: object): Outcome<unknown> => checkBoard({ entries: ENTRIES, ...change }, "/b", "board.yaml");
const entry = (change: object): Outcome<unknown> => check({ entries: [{ ...ENTRIES[0], ...change }] });

describe("board.yaml", () => {
  it("is read with paths that start at its own folder", () => {
    const folder = boardFolder({ sealed: { part: "external", log: "seal.log" } });
    const plan = readBoard(folder);
    expect(plan.ok && plan.value.entries.map((e) => e.source)).toEqual([
      { kind: "table", file: join(folder, "good.csv") },
      { kind: "table", file: join(folder, "poor.csv") },
    ]);
    expect(plan.ok && plan.value.sealed?.log).toBe(join(folder, "seal.log"));
  });

  it.each([
    [() => check({ metrc: "auroc" }), "metrc", "metric"],
    [() => entry({ encodr: "x" }), "encodr", "encoder"],
    [() => entry({ cost: { tilesPerSeconds: 1 } }), "tilesPerSeconds", "tilesPerSecond"],
    [() => check({ tasks: { t: { positiv: "x" } } }), "positiv", "positive"],
    [() => check({ sealed: { part: "external", logg: "x" } }), "logg", "log"],
    [() => check({ tasks: { tt: {} } }), "tt", "t"],
  ])("refuses an unknown name and tells the nearest (%#)", (made, wrong, right) => {
    const failure = failureOf(made());
    expect(failure.kind).toBe("bad-study");
    expect(failure.received).toContain(`\`${wrong}\``);
    expect(failure.remedy).toBe(`did you mean \`${right}\`?`);
  });

  it.each([
    [() => entry({ run: "r" }), "both"],
    [() => check({ entries: [{ task: "t", encoder: "e", aggregator: "a" }] }), "neither"],
    [() => check({ sealed: { part: "external", log: "../seal.log" } }), "../seal.log"],
    [() => check({ sealed: { part: "external", log: "board/seal.log" } }), "board/seal.log"],
    [() => entry({ cost: { memory: "1.5" } }), '"1.5"'],
  ])("refuses what has no meaning (%#)", (made, received) => {
    const failure = failureOf(made());
    expect([failure.kind, failure.received.includes(received)]).toEqual(["bad-study", true]);
  });
});

describe("a key that people write for another", () => {
  it("is answered with the names that an entry has", () => {
    const made = failureOf(check({ entries: [{ task: "t", model: "a", file: "a.csv" }] }));
    expect(made.received).toContain("`model`, `file`");
    expect(made.remedy).toMatch(/`encoder` and the `aggregator`.*; write `predictions`/);
  });
});

describe("a folder without board.yaml", () => {
  it("has an entry for every sub-folder that holds a scorecard", () => {
    const folder = emptyFolder();
    for (const name of ["b", "a"]) writeRun(join(folder, name), { strength: 1, seed: 1 });
    const plan = readBoard(folder);
    expect(plan.ok && plan.value.entries.map((e) => e.name)).toEqual(["a", "b"]);
  });

  it("is refused where it holds tables alone, with a board.yaml for them that is read as it stands", () => {
    const folder = emptyFolder();
    for (const name of ["one model.csv", "b.csv"]) writeFileSync(join(folder, name), madeTable(1, 1));
    const { received, remedy } = failureOf(readBoard(folder));
    expect(received).toMatch(/but 2 tables$/);
    const example = remedy.slice(remedy.indexOf("\n") + 1);
    expect(example.split("\n")).toHaveLength(4);
    writeFileSync(join(folder, "board.yaml"), example);
    const plan = readBoard(folder);
    expect(plan.ok && plan.value.entries.map((e) => e.source)).toEqual([
      { kind: "table", file: join(folder, "b.csv") },
      { kind: "table", file: join(folder, "one model.csv") },
    ]);
  });

  it("is refused where it holds nothing, or is not there", () => {
    expect(failureOf(readBoard(emptyFolder())).kind).toBe("bad-usage");
    expect(failureOf(readBoard("/nowhere/at/all")).received).toContain("no folder");
  });
});
