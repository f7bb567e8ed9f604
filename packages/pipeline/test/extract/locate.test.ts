import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CohortRow, caseId, patientId, slideIdOf } from "@nacre/core";
import { afterAll, describe, expect, it } from "vitest";
import { locateFeatures } from "../../src/extract/locate.ts";

const root = mkdtempSync(join(tmpdir(), "nacre-locate-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function row(path: string): CohortRow {
  const person = { patient: patientId("p"), case: caseId("p"), site: null, label: "a", mpp: null, columns: {} };
  return { slide: slideIdOf(path), path, ...person };
}

describe("the feature file of a slide", () => {
  writeFileSync(join(root, "S12.h5"), "x");
  writeFileSync(join(root, "S12.3.h5"), "x");

  it("is found with and without the extension of the slide", () => {
    for (const path of ["S12", "S12.svs", "S12.h5"]) {
      expect(locateFeatures(root, row(path))).toEqual({ ok: true, value: join(root, "S12.h5") });
    }
  });

  it("is never the file of another slide whose name begins alike", () => {
    expect(locateFeatures(root, row("S12.3"))).toEqual({ ok: true, value: join(root, "S12.3.h5") });
    expect(locateFeatures(root, row("S12.1"))).toMatchObject({ ok: false, failure: { kind: "missing-file" } });
  });
});
