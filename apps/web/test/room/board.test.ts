/** The board in a browser: ranks with intervals, and every number opens what it rests on. */
import { listProjects, listRuns, readBoard } from "@nacre/api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { boardOf, runOfEntry } from "../../src/room/board/read-board.ts";
import { isAbsent, openRoom, type Room, seriousViolations } from "./room-server.ts";

describe("what stands behind an entry", () => {
  it("is the run that the service says, also where two have one name", () => {
    const runs = [
      { key: "1", name: "a", entry: "runs a" },
      { key: "2", name: "a", entry: "runs b" },
    ];
    expect(runOfEntry("runs b", runs)?.key).toBe("2");
    expect(runOfEntry("a", runs)).toBe(null);
  });
  it("is no board where the version is not known", () => {
    expect(boardOf({ format: "nacre-board", version: 2 })).toBe(null);
    expect(boardOf(null)).toBe(null);
  });
});

const estimate = (value: number) => ({ value, low: value - 0.05, high: value + 0.05, n: 40, method: "bootstrap" });

function result(value: number, rank: number, letters: string, best: string | null) {
  const behind =
    best === null
      ? null
      : { best, difference: { value: -0.1, low: -0.2, high: -0.01, n: 40, method: "paired" }, p: 0.02 };
  return {
    patients: 42,
    estimate: estimate(value),
    beside: { brier: { value: 0.1, n: 40, method: "Brier score", reason: "no interval: made" } },
    rank,
    letters,
    tiedWith: [],
    behind,
    seeds: null,
    folds: null,
  };
}

/** Two methods of one task; the second is worse, and was not audited. */
function madeBoard(entry: string) {
  const facts = { barred: [], pretraining: null, licence: null, external: null };
  const part = {
    n: 40,
    classes: { benign: 20, tumour: 20 },
    compared: 2,
    method: "",
    first: [],
    notes: [],
    refused: null,
  };
  return {
    format: "nacre-board",
    version: 1,
    name: "made",
    unit: "patient",
    bootstrap: 1000,
    sealed: null,
    tasks: [
      {
        task: "diagnosis",
        kind: "classify",
        metric: { name: "auroc", title: "AUROC", perfect: 1, better: "higher" },
        classes: ["benign", "tumour"],
        positive: "tumour",
        internal: part,
        external: null,
        models: [
          {
            ...facts,
            name: "uni / abmil",
            encoder: "uni",
            aggregator: "abmil",
            entries: [{ name: entry, seed: 7 }],
            internal: result(0.9, 1, "a", null),
            warnings: ["small-test: few patients"],
          },
          {
            ...facts,
            name: "texture / mean",
            encoder: "texture",
            aggregator: "mean",
            entries: [{ name: "elsewhere", seed: null }],
            internal: result(0.8, 2, "b", "uni / abmil"),
            warnings: null,
          },
        ],
      },
    ],
    entries: [{ name: entry, seed: 7, sha256: "ab".repeat(32), warnings: ["small-test: few patients"] }],
    failures: [],
  };
}

describe.skipIf(isAbsent)("the board", () => {
  let room: Room;
  let project: string;
  let run: { key: string; name: string };
  beforeAll(async () => {
    room = await openRoom();
    project = (await room.server.call(listProjects, {})).rows[0]?.key ?? "";
    run = (await room.server.call(listRuns, {})).rows[0] ?? { key: "", name: "" };
  });
  afterAll(async () => {
    await room?.close();
  });

  it("shows ranks with intervals, and a number opens its runs, measures, audit and rank in words", async () => {
    const page = await room.open("/");
    const runs = [
      { key: run.key, name: run.name, entry: run.name },
      { key: "0".repeat(16), name: "other", entry: "other" },
    ];
    const reply = readBoard.reply.parse({ board: madeBoard(run.name), html: null, runs, reason: null });
    await page.route("**/api/board?**", (route) => route.fulfill({ json: reply }));
    await page.goto(`${room.server.url}/board/${project}`);
    const first = page.getByRole("row", { name: /^uni/ }).getByRole("button");
    expect(await first.textContent()).toMatch(/1 a0\.900 0\.850 to 0\.950, n = 40/);
    await page.getByText("Internal: 40 patients shared by 2 methods (20 benign, 20 tumour).").waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await first.press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog
      .getByText("Rank 1 (group a): told apart from every other method. 42 patients predicted, 40 of them shared.")
      .waitFor();
    expect(await dialog.getByRole("link", { name: run.name }).getAttribute("href")).toBe(`/runs/${run.key}`);
    expect(await dialog.getByRole("link", { name: "audit" }).getAttribute("href")).toBe(
      `/runs/${run.key}?section=audit`,
    );
    await dialog.getByText("Brier score; no interval: made").waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page
      .getByRole("row", { name: /^texture/ })
      .getByRole("button")
      .click();
    await dialog.getByText(/Against uni \/ abmil: −0\.100 \(−0\.200 to −0\.010\), corrected p 0\.0200/).waitFor();
  });

  it("says why there is none", async () => {
    const page = await room.open("/");
    const reply = { board: null, html: null, runs: [], reason: "no run of this project is finished yet" };
    await page.route("**/api/board?**", (route) => route.fulfill({ json: readBoard.reply.parse(reply) }));
    await page.goto(`${room.server.url}/board/${project}`);
    await page.getByText("no run of this project is finished yet").waitFor();
    expect(room.wrong).toEqual([]);
    expect(room.strayed).toEqual([]);
  });
});
