/** Split files of other tools, leaks in them, and what `allow:` lets through with its reason on the first page. */
import { writeFileSync } from "node:fs";
import type { Finding } from "@nacre/evaluation";
import { beforeAll, describe, expect, it } from "vitest";
import { featureStudy, runHere, type StudyFolder, smallRows } from "./small-cohort.ts";

let study: StudyFolder;

beforeAll(async () => {
  study = await featureStudy();
});

/** A split file as CLAM writes it: columns of unequal length, an unnamed first one. */
function writeClam(file: string, train: readonly string[], val: readonly string[], test: readonly string[]): void {
  const n = Math.max(train.length, val.length, test.length);
  const lines = Array.from({ length: n }, (_, i) => [i, train[i] ?? "", val[i] ?? "", test[i] ?? ""].join(","));
  writeFileSync(study.file(file), `,train,val,test\n${lines.join("\n")}\n`);
}

const ids = (site: string): string[] =>
  smallRows()
    .filter((r) => r.site === site)
    .map((r) => r.slide.replace(".svs", ""));
const splitOf = (...files: readonly string[]): object => ({ by: "file", splits: files, external: [] });

async function failureOf(change: object) {
  study.writeStudy({ slides: null, features: "features", ...change });
  const outcome = await runHere(study.file("study.yaml"), study.file("run"));
  if (outcome.ok) throw new Error("expected a failure, received a run");
  return outcome.failure;
}

describe("a split file", () => {
  it("that puts one patient into train and test is refused, by name and with an example", async () => {
    study.writeCohort(smallRows().map((row, i) => (i === 6 ? { ...row, patient: "A1" } : row)));
    writeClam("splits_0.csv", ids("site-a"), ids("site-c"), ids("site-b"));
    const failure = await failureOf({ split: splitOf("splits_0.csv") });
    expect(failure.kind).toBe("refused");
    expect(failure.received).toContain("patient-leak (1 found, for example A1");
    expect(failure.remedy).toContain("allow:");
  });

  it("is refused for ids that the cohort does not know, too: a stranger in train and test is a leak", async () => {
    study.writeCohort();
    writeClam("splits_0.csv", [...ids("site-a"), "TCGA-AA-0001-01Z-00-DX1"], ids("site-c"), [
      ...ids("site-b"),
      "TCGA-AA-0001-01Z-00-DX2",
    ]);
    const failure = await failureOf({ split: splitOf("splits_0.csv") });
    expect(failure.received).toContain("patient-leak (1 found, for example TCGA-AA-0001");
  });

  it("that names one slide in train and test is refused as role-overlap", async () => {
    study.writeCohort();
    writeClam("splits_0.csv", ids("site-a"), ids("site-c"), [...ids("site-b"), "site-a-1"]);
    expect((await failureOf({ split: splitOf("splits_0.csv") })).received).toContain("role-overlap");
  });

  it("is read with val as tune, runs where the leak is allowed, and the reason stands on the first page", async () => {
    const why = "the second slide of this patient was scanned years later, and is kept";
    study.writeCohort(smallRows().map((row, i) => (i === 6 ? { ...row, patient: "A1" } : row)));
    writeClam("splits_0.csv", ids("site-a"), ids("site-c"), ids("site-b"));
    study.writeStudy({
      slides: null,
      features: "features",
      split: splitOf("splits_0.csv"),
      allow: [{ finding: "patient-leak", why }],
    });
    const { code, json } = await study.run("allowed");
    expect(code).toBe(0);
    expect(json.scorecard.audit.inputs.map((i: { dialect: string }) => i.dialect)).toContain("clam");
    expect(json.scorecard.audit.findings.map((f: Finding) => f.kind)).toContain("patient-leak");
    expect(json.scorecard.external).toBeNull();
    const predictions = study.table("allowed", "predictions.csv");
    expect(predictions.map((p) => [p.part, p.fold, p.site])).toEqual(Array(4).fill(["test", "0", "site-b"]));
    const html = study.text("allowed", "report.html");
    expect(html.slice(0, html.indexOf("</section>"))).toContain(why);
    expect(study.text("allowed", "summary.md")).toContain(why);
  });

  it.each([
    ["has no known columns", "a,b\n1,2\n", "bad-table"],
    ["is empty", "", "bad-table"],
  ])("that %s ends by name", async (_, text, kind) => {
    writeFileSync(study.file("splits_9.csv"), text);
    expect((await failureOf({ split: splitOf("splits_9.csv") })).kind).toBe(kind);
  });

  it("that is not there ends by name", async () => {
    expect((await failureOf({ split: splitOf("splits_8.csv") })).kind).toBe("bad-table");
  });
});
