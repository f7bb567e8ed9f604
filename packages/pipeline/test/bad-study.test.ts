/** Wrong studies end by name before any work is done, and the command tells it in one sentence and one JSON document. */
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Failure, FailureKind } from "@nacre/core";
import { beforeAll, describe, expect, it } from "vitest";
import { emptyFolder, runHere, type SmallRow, StudyFolder, smallRows } from "./small-cohort.ts";

let study: StudyFolder;

beforeAll(async () => {
  study = await StudyFolder.make();
});

interface Change {
  readonly study?: object;
  readonly rows?: readonly SmallRow[];
}

async function failureOf(change: Change): Promise<Failure> {
  study.writeCohort(change.rows ?? smallRows());
  study.writeStudy(change.study ?? {});
  const outcome = await runHere(study.file("study.yaml"), study.file("run"));
  if (outcome.ok) throw new Error("expected a failure, received a run");
  return outcome.failure;
}

const patched = (patch: (row: SmallRow, i: number) => Partial<SmallRow>): SmallRow[] =>
  smallRows().map((row, i) => ({ ...row, ...patch(row, i) }) as SmallRow);

describe("a study", () => {
  it.each<[string, Change, FailureKind, RegExp]>([
    ["an aggregator is misspelt", { study: { aggregator: { name: "abml" } } }, "bad-study", /abmil/],
    [
      "an option of the aggregator is misspelt",
      { study: { aggregator: { name: "abmil", hiden: 3 } } },
      "bad-study",
      /hidden/,
    ],
    ["its kind of task lacks the loss", { study: { fit: { loss: "huber" } } }, "bad-study", /leave fit.loss out/],
    [
      "its fit begins with a file that is not there",
      { study: { fit: { from: "none.safetensors" } } },
      "bad-study",
      /fit.from/,
    ],
    [
      "its fit begins with a file that holds no weights",
      { study: { fit: { from: "cohort.csv" } } },
      "unsupported-format",
      /./,
    ],
    [
      "its options do not go together",
      { study: { aggregator: { name: "longnet", heads: 5 } } },
      "bad-study",
      /width|heads/,
    ],
    ["the encoder is misspelt", { study: { encoder: "textur" } }, "bad-encoder", /texture/],
    ["the tiles are not those of the encoder", { study: { tiles: { size: 256 } } }, "encoder-mismatch", /224/],
    ["the label column is absent", { study: { task: { label: "lable" } } }, "missing-column", /did you mean `label`/],
    ["a subgroup column is absent", { study: { evaluate: { subgroups: ["age"] } } }, "missing-column", /column/],
    ["the label has one class", { rows: patched(() => ({ label: "tumour" })) }, "one-class", /one class/],
    ["the cohort is not there", { study: { cohort: "none.csv" } }, "bad-table", /path/],
    ["there are more folds than sites", { study: { split: { folds: 3 } } }, "bad-study", /2|fold/],
    ["the external site is unknown", { study: { split: { external: ["site-d"] } } }, "bad-study", /external/],
    [
      "a patient has two labels",
      { rows: patched((_, i) => (i === 1 ? { patient: "A1", label: "benign" } : {})), study: { split: { tune: 0 } } },
      "refused",
      /allow:/,
    ],
  ])("is stopped by name before any work where %s", async (_, change, kind, remedy) => {
    const failure = await failureOf(change);
    expect(failure.kind).toBe(kind);
    expect(failure.remedy).toMatch(remedy);
    expect(existsSync(study.file("run", "features"))).toBe(false);
  });

  it("is told which patient ties two sites together, when that leaves too few sites for the folds", async () => {
    const failure = await failureOf({ rows: patched((_, i) => (i === 4 ? { patient: "A1" } : {})) });
    expect(failure.kind).toBe("bad-study");
    expect(Object.values(failure).join(" ")).toMatch(/A1|patient/);
  });
});

describe("nacre run", () => {
  it.each<[string, object, number, string]>([
    ["2 for a wrong study", { enocder: "texture" }, 2, "bad-study"],
    ["3 for a study that is refused", { bag: "slide", split: { tune: 0 } }, 3, "refused"],
    ["4 for slides that are not there", { slides: "nowhere" }, 4, "nothing-usable"],
  ])(
    "ends with exit code %s, one sentence on stderr and one JSON document on stdout",
    async (_, change, code, kind) => {
      study.writeCohort(kind === "refused" ? patched((_row, i) => (i === 1 ? { patient: "A1" } : {})) : smallRows());
      study.writeStudy(change);
      for (let again = 0; again < 2; again++) {
        const ended = await study.run();
        expect([ended.code, ended.json?.error.kind]).toEqual([code, kind]);
        expect(Object.keys(ended.json.error).sort()).toEqual(["expected", "kind", "received", "remedy"]);
        expect(ended.stdout.trimEnd().split("\n")).toHaveLength(1);
        expect(ended.stderr).toContain(`nacre: ${kind}`);
      }
    },
  );

  it("leaves a folder alone that is not a run folder, and a file that is in the way", async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, "letter.txt"), "mine");
    study.writeCohort();
    study.writeStudy();
    for (const out of [folder, join(folder, "letter.txt")]) {
      const outcome = await runHere(study.file("study.yaml"), out);
      expect(outcome.ok ? null : outcome.failure.kind).toBe("bad-usage");
    }
    expect(readdirSync(folder)).toEqual(["letter.txt"]);
  });
});
