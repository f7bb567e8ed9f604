import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Failure, FailureError } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { makeBoard } from "../../src/board/make-board.ts";
import { boardFolder, madeTable, writeBoard } from "./board-folder.ts";

const SEALED = { sealed: { part: "external", log: "seal.log" } };
const look = (folder: string) => makeBoard(folder, { openSealed: null, command: "nacre board ." });
const open = (folder: string, name = "final") =>
  makeBoard(folder, { openSealed: name, command: `nacre board . --open-sealed "${name}"` });
const filesOf = (folder: string): string =>
  ["index.html", "board.json", "board.md"].map((f) => readFileSync(join(folder, "board", f), "utf8")).join("\n");
const logOf = (folder: string): string => readFileSync(join(folder, "seal.log"), "utf8");

function refusalOf(body: () => unknown): Failure {
  try {
    body();
  } catch (error) {
    if (error instanceof FailureError) return error.failure;
    throw error;
  }
  throw new Error("expected a refusal");
}

/** The external AUROC of the second model, as the files print it. */
function externalNumber(): string {
  const made = look(boardFolder());
  return String(made.document.tasks[0]?.models[1]?.external?.estimate.value);
}

describe("a sealed external part", () => {
  it("is in no file until it is opened, and in all of them afterwards", () => {
    const folder = boardFolder(SEALED);
    const number = externalNumber();
    look(folder);
    expect(filesOf(folder)).not.toContain(number);
    expect(JSON.parse(readFileSync(join(folder, "board", "board.json"), "utf8")).tasks[0].external).toBeNull();
    expect(existsSync(join(folder, "seal.log"))).toBe(false);
    expect(open(folder).document.sealed?.state).toBe("open");
    expect(filesOf(folder)).toContain(number);
  });

  it("writes one line that says what was opened and by which command, without a date", () => {
    const folder = boardFolder(SEALED);
    open(folder);
    const line = JSON.parse(logOf(folder));
    expect(logOf(folder).trimEnd().split("\n")).toHaveLength(1);
    expect(line).toMatchObject({ opened: "final", part: "external", command: 'nacre board . --open-sealed "final"' });
    expect(line.entries.map((e: { entry: string }) => e.entry)).toEqual(["t / good / abmil", "t / poor / abmil"]);
    expect(logOf(folder)).not.toMatch(/20\d\d-\d\d/);
  });

  it("stays open for the same entries: looking and opening again change nothing", () => {
    const folder = boardFolder(SEALED);
    open(folder);
    const [before, log] = [filesOf(folder), logOf(folder)];
    look(folder);
    open(folder, "again");
    expect([filesOf(folder), logOf(folder)]).toEqual([before, log]);
  });

  it("is refused to changed entries, naming the first opening and the change; their numbers stay hidden", () => {
    const folder = boardFolder(SEALED);
    open(folder);
    writeFileSync(join(folder, "poor.csv"), madeTable(3, 8));
    const refusal = refusalOf(() => open(folder, "second"));
    expect(refusal.kind).toBe("refused");
    expect(refusal.expected).toContain('"final"');
    expect(refusal.received).toBe("changed: t / poor / abmil");
    const made = look(folder);
    expect(made.document.sealed).toMatchObject({ state: "changed", opened: "final" });
    expect(made.document.tasks[0]?.external).toBeNull();
    expect(logOf(folder).trimEnd().split("\n")).toHaveLength(1);
  });

  it("counts another metric as another look", () => {
    const folder = boardFolder(SEALED);
    open(folder);
    writeBoard(folder, { ...SEALED, metric: "brier" });
    expect(refusalOf(() => open(folder)).received).toBe("metric brier instead of auroc");
  });

  it("is not spent on a board with an entry that cannot be read", () => {
    const folder = boardFolder(SEALED);
    writeFileSync(join(folder, "poor.csv"), "slide\n1\n");
    expect(refusalOf(() => open(folder)).kind).toBe("refused");
    expect(existsSync(join(folder, "seal.log"))).toBe(false);
  });

  it("refuses a log that is not one, and --open-sealed without a seal", () => {
    const folder = boardFolder(SEALED);
    writeFileSync(join(folder, "seal.log"), "opened\n");
    expect(refusalOf(() => look(folder)).kind).toBe("refused");
    expect(refusalOf(() => open(boardFolder())).kind).toBe("bad-usage");
  });
});
