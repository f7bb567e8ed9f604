/** Names of runs on the board of a project. */
import { expect, it } from "vitest";
import { linkNames } from "../../src/study/run-board.ts";

const project = { folder: "/data/lung", name: "lung" };
const runs = (...folders: string[]) => folders.map((run, i) => ({ key: `k${i}`, run: `/data/lung${run}` }));

it("a run is named by where it lies, and that of the project's own folder by the project", () => {
  expect([...linkNames(project, runs("/a/b", "/c", "")).values()]).toEqual(["a b", "c", "lung"]);
});

it("runs whose folders would give one name have two", () => {
  const names = linkNames(project, runs("/a b", "/a/b", "/c"));
  expect([...names.values()]).toEqual(["a b k0", "a b k1", "c"]);
  expect(new Set(names.values()).size).toBe(3);
});
