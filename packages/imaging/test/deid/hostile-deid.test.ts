/** Broken files before the de-identifier: a report, or a failure with a name. It reads what no slide reader looks at. */
import { readFileSync } from "node:fs";
import { FailureError } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { passCzi } from "../../src/deid/czi/deid-czi.ts";
import { passInstance } from "../../src/deid/dicom/pass-instance.ts";
import { passTiff } from "../../src/deid/tiff/deid-tiff.ts";
import { looksLikeCzi } from "../../src/format/czi/czi-slide.ts";
import { looksLikeDicom } from "../../src/format/dicom/header.ts";
import { looksLikeTiff } from "../../src/format/tiff-directory.ts";
import { memorySource } from "../../src/index.ts";
import { baseSlides } from "../hostile/base-slides.ts";
import { broken, type HostileCase } from "../hostile/edits.ts";

const corpus: readonly HostileCase[] = JSON.parse(
  readFileSync(new URL("../hostile/corpus.json", import.meta.url), "utf8"),
);

async function look(bytes: Uint8Array): Promise<string> {
  const source = memorySource(bytes, "broken");
  const pass = { where: "file 1", salt: "s", sink: () => null };
  try {
    if (looksLikeDicom(bytes)) await passInstance(source, pass);
    else if (looksLikeCzi(bytes)) await passCzi(source, { sink: null, allowUnknown: true });
    else await passTiff(source, { sink: null, allowUnknown: true });
    return "report";
  } catch (error) {
    if (error instanceof FailureError) return error.failure.kind;
    throw error;
  }
}

describe("the de-identifier", () => {
  it("answers every broken TIFF, CZI and DICOM of the corpus with a report or a named failure", async () => {
    const bases = new Map((await baseSlides()).map((base) => [base.name, base]));
    const kinds = new Map<string, number>();
    for (const each of corpus) {
      const base = bases.get(each.base);
      if (!base || base.files.size > 1) continue;
      const bytes = broken(base, each).files.get(base.main) as Uint8Array;
      if (!looksLikeTiff(bytes) && !looksLikeDicom(bytes) && !looksLikeCzi(bytes)) continue;
      const kind = await look(bytes).catch((error: unknown) => {
        throw new Error(`expected a named failure for "${each.name}", received another`, { cause: error });
      });
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    expect([...kinds.keys()].sort()).toEqual([
      "hostile-file",
      "refused",
      "report",
      "truncated-file",
      "unsupported-codec",
      "unsupported-format",
    ]);
    expect([...kinds.values()].reduce((sum, n) => sum + n, 0)).toBeGreaterThan(400);
  }, 60_000);
});
