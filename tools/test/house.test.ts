import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { inspect } from "../house.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

/** What the house check says of a house with these files; the root holds nothing else. */
function problemsOf(files: Readonly<Record<string, string>>): readonly string[] {
  const house = mkdtempSync(join(tmpdir(), "nacre-house-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(house, path)), { recursive: true });
      writeFileSync(join(house, path), text);
    }
    return inspect(house).problems;
  } finally {
    rmSync(house, { recursive: true, force: true });
  }
}

describe("the house", () => {
  it("has no broken rule", () => {
    const { files, problems } = inspect(root);
    expect(problems).toEqual([]);
    expect(files).toBeGreaterThan(200);
  });

  it("is found sound again when copied without its tests", () => {
    const copy = mkdtempSync(join(tmpdir(), "nacre-house-"));
    try {
      for (const room of ["core", "evaluation"]) {
        cpSync(join(root, "packages", room, "src"), join(copy, "packages", room, "src"), { recursive: true });
      }
      expect(inspect(copy).problems).toEqual([]);
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  });
});

describe("a planted violation is found", () => {
  const one = (path: string, text: string) => problemsOf({ [path]: text }).join("\n");

  it.each([
    ["an import from a higher floor", "packages/core/src/a.ts", 'import { b } from "@nacre/models";', /core may not/],
    [
      "an import from the same floor",
      "packages/graph/src/a.ts",
      'import { b } from "@nacre/imaging";',
      /graph may not/,
    ],
    ["models that know the referee", "packages/models/src/a.ts", 'import "@nacre/evaluation";', /models must not know/],
    ["a referee that knows models", "packages/evaluation/src/a.ts", 'import "@nacre/models";', /evaluation must not/],
    ["a type-only import upwards", "packages/core/src/a.ts", 'import type { B } from "@nacre/cli";', /core may not/],
    ["a re-export upwards", "packages/core/src/a.ts", 'export { b } from "@nacre/graph";', /core may not/],
    ["a lazy import upwards", "packages/core/src/a.ts", 'const b = await import("@nacre/graph");', /core may not/],
    ["a window for a door", "apps/cli/src/a.ts", 'import { b } from "@nacre/graph/src/b.ts";', /by a window/],
    [
      "a path out of the room",
      "packages/core/src/a.ts",
      'import { b } from "../../graph/src/b.ts";',
      /outside its room/,
    ],
    ["a room on no floor", "packages/attic/src/a.ts", "export const a = 1;", /attic: stands on no floor/],
    ["a file above 500 lines", "packages/core/src/a.ts", "export {};\n".repeat(501), /the limit is 500/],
  ])("%s", (_, path, text, problem) => expect(one(path, text)).toMatch(problem));

  it("a circle, with the way round it", () => {
    const found = problemsOf({
      "packages/core/src/a.ts": 'import { b } from "./b.ts";',
      "packages/core/src/b.ts": 'import { c } from "./c.ts";',
      "packages/core/src/c.ts": 'import { a } from "./a.ts";',
    });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/circle: .*a\.ts > .*b\.ts > .*c\.ts > .*a\.ts/);
  });
});

describe("what only looks like a violation is let through", () => {
  it.each([
    ["a door downwards", "packages/models/src/a.ts", 'import { b } from "@nacre/graph/node";'],
    ["an import inside a comment", "packages/core/src/a.ts", '// import { b } from "@nacre/models";\nexport {};'],
    ["a table above 500 lines", "packages/core/src/a.data.ts", "export {};\n".repeat(501)],
  ])("%s", (_, path, text) => expect(problemsOf({ [path]: text })).toEqual([]));
});
