import { describe, expect, it } from "vitest";
import { archivesOf, pretrainingOverlap } from "../../src/board/pretraining-overlap.ts";
import { PRETRAINING_SOURCES } from "../../src/board/pretraining-source.data.ts";
import { pretrainingSourceOf } from "../../src/board/pretraining-source.ts";

describe("what public encoders learned from", () => {
  it("is found under any usual spelling, and under no other name", () => {
    for (const name of ["CTransPath", "ctranspath", "c_trans_path"])
      expect(pretrainingSourceOf(name)?.name).toBe("CTransPath");
    expect(pretrainingSourceOf("uni2")?.name).toBe("UNI2-h");
    expect(pretrainingSourceOf("uni")?.name).toBe("UNI");
    expect(pretrainingSourceOf("my-own-encoder")).toBeNull();
    expect(pretrainingSourceOf("uni-finetuned")).toBeNull();
  });

  it("names every encoder and alias once", () => {
    const names = PRETRAINING_SOURCES.flatMap((s) => [s.name, ...s.aliases]).map((n) =>
      n.toLowerCase().replace(/[^a-z0-9]/g, ""),
    );
    const twice = names.filter((n, i) => names.indexOf(n) !== i);
    expect(twice).toEqual([]);
  });

  it("tells that CTransPath saw TCGA where patients carry TCGA's ids, and UNI not", () => {
    const data = archivesOf(["TCGA-A2-A0T2"], "internal");
    const state = (name: string) => pretrainingOverlap(pretrainingSourceOf(name)?.sources ?? null, data).state;
    expect([state("ctranspath"), state("uni"), state("unheard of")]).toEqual(["overlap", "none", "undeclared"]);
  });
});
