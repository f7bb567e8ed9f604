/** The model card for people, and the texts for a paper as a set. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { SYNTHETIC } from "../../src/paper/known.ts";
import { modelCardText } from "../../src/paper/model-card-text.ts";
import { PAPER_FILES, paperFiles } from "../../src/paper/paper-files.ts";
import { runKnown, tableKnown } from "./known-fixture.ts";

describe("a model card", () => {
  const known = runKnown();
  const text = modelCardText(known);

  it("says on its first line that synthetic data are no clinical performance, and only then", () => {
    expect(text.split("\n")[0]).toBe(`**${SYNTHETIC}**`);
    const real = { ...known, report: { ...(known.report as NonNullable<typeof known.report>), synthetic: false } };
    expect(modelCardText(real)).not.toContain("SYNTHETIC");
  });

  it("says what it must not be used for before any number", () => {
    expect(text.indexOf("Not a medical device")).toBeGreaterThan(0);
    expect(text.indexOf("Not a medical device")).toBeLessThan(text.indexOf("AUROC"));
  });

  it("puts external beside internal, with the worst group of each", () => {
    expect(text).toContain("| measure | external | internal |");
    expect(text).toContain("Lowest of the external part: ");
    expect(text).toContain("Lowest of the internal part: scanner GT450");
  });

  it("tells every finding, what was let through and why, and what was not checked", () => {
    expect(text).toContain("refuse: conflicting-label");
    expect(text).toContain("Let through; reason given: two primaries in one patient, checked by hand.");
    expect(text).toContain("not checked: duplicate-pixels");
  });

  it("holds limits, the licence of the encoder, versions, seed and hashes", () => {
    for (const part of [
      "## Limits",
      "texture: Apache-2.0",
      "nacre 0.1.0",
      "seed 7",
      "| model/model.onnx | 60303ae22b998861 |",
    ]) {
      expect(text).toContain(part);
    }
  });

  it("does not pretend to know the model behind a foreign table", () => {
    const foreign = modelCardText(tableKnown());
    expect(foreign).toContain("was not audited");
    expect(foreign).toContain("Judged from theirs.csv");
    expect(foreign).not.toContain("Adam");
  });
});

describe("the texts for a paper", () => {
  it("are five files, the same bytes for the same knowledge, each with its notice first", () => {
    const files = paperFiles(runKnown());
    expect(files.map((f) => f.name)).toEqual([...PAPER_FILES]);
    expect(paperFiles(runKnown({ pictures: false }))).toEqual(files);
    for (const { name, text } of files) expect(text.split("\n").slice(0, 2).join(" "), name).toContain(SYNTHETIC);
  });

  it("are made without a file system: no module behind them imports Node", () => {
    const start = fileURLToPath(new URL("../../src/paper/paper-files.ts", import.meta.url));
    const seen = new Set<string>();
    const visit = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      const code = readFileSync(file, "utf8").replace(/^(import|export) type [\s\S]*?from "[^"]+";$/gm, "");
      for (const [, name = ""] of code.matchAll(/from "([^"]+)"/g)) {
        expect(name, file).not.toMatch(/^node:|\/node$/);
        const next = resolve(dirname(file), name);
        if (name.startsWith(".") && existsSync(next)) visit(next);
      }
    };
    visit(start);
    expect(seen.size).toBeGreaterThan(10);
  });
});
