/** A fit that begins with a file of weights depends on that file, and nothing before it does. */
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { writeSafetensors } from "@nacre/graph";
import { beforeAll, describe, expect, it } from "vitest";
import { nacre, StudyFolder } from "./small-cohort.ts";

let study: StudyFolder;
const SMALL = { name: "abmil", hidden: 8, attention: 4, dropout: 0 };

/** Weights of the gate alone, all of one value. */
function writeGate(value: number): void {
  const values = new Float32Array(32).fill(value);
  writeFileSync(study.file("gate.safetensors"), writeSafetensors({ "gate.tanh.weight": { shape: [8, 4], values } }));
}

/** Fits the study; tells the models, and when features and baselines were written. */
async function fitted(change: object) {
  study.writeStudy({ aggregator: SMALL, fit: { epochs: 2, ...change } });
  const { code, json, stderr } = await nacre([
    ...["fit", study.file("study.yaml"), "--out", study.file("run"), "--json"],
  ]);
  expect(code, stderr).toBe(0);
  const written = ["features", ".nacre/baseline"].flatMap((folder) =>
    readdirSync(study.file("run", folder)).map((file) => statSync(study.file("run", folder, file)).mtimeMs),
  );
  return { model: readFileSync(study.file("run", "model", "fold-0.onnx")), written, notes: json.notes };
}

beforeAll(async () => {
  study = await StudyFolder.make();
});

describe("a study whose fit begins with a file of weights", () => {
  it("fits again when the file is named, when it changes and when it is left out; slides and baseline stay as they are", async () => {
    const fresh = await fitted({});
    writeGate(0.1);
    const begun = await fitted({ from: "gate.safetensors" });
    expect(begun.model.equals(fresh.model)).toBe(false);
    expect(begun.written).toEqual(fresh.written);
    expect(begun.notes).toEqual([expect.stringMatching(/drawn: trunk.weight, .*head.bias/)]);
    writeGate(0.2);
    const other = await fitted({ from: "gate.safetensors" });
    expect(other.model.equals(begun.model)).toBe(false);
    expect(other.written).toEqual(fresh.written);
    writeGate(0.1);
    expect((await fitted({ from: "gate.safetensors" })).model.equals(begun.model)).toBe(true);
    expect((await fitted({})).model.equals(fresh.model)).toBe(true);
  });

  it("is refused where the weights were learned with answers of patients it reports, and says so where without", async () => {
    writeGate(0.1);
    const [row] = readFileSync(study.file("cohort.csv"), "utf8").split("\n").slice(1);
    const slide = (row ?? "").split(",")[0]?.replace(/\.[a-z]+$/, "");
    const begun = async (method: string) => {
      writeFileSync(study.file("gate.json"), JSON.stringify({ method, bags: [slide] }));
      study.writeStudy({ aggregator: SMALL, fit: { epochs: 2, from: "gate.safetensors" } });
      const { code, json } = await study.run();
      return { code, json };
    };
    const refused = await begun("profiles");
    expect([refused.code, refused.json.error.kind]).toEqual([3, "refused"]);
    expect(refused.json.error.received).toMatch(/patient-leak \(1 found/);
    const told = await begun("sub-bags");
    expect(told.code).toBe(0);
    expect(told.json.scorecard.audit.findings).toContainEqual(
      expect.objectContaining({ kind: "patient-leak", severity: "warn", count: 1 }),
    );
    writeFileSync(study.file("gate.json"), "{}");
  });

  it("ends by name where the file is of another model", async () => {
    const values = new Float32Array(30);
    writeFileSync(study.file("gate.safetensors"), writeSafetensors({ "gate.tanh.weight": { shape: [6, 5], values } }));
    study.writeStudy({ aggregator: SMALL, fit: { epochs: 2, from: "gate.safetensors" } });
    const { code, json } = await study.run();
    expect([code, json.error.kind]).toEqual([4, "bad-weights"]);
    expect(json.error.received).toContain("gate.tanh.weight [6, 5] instead of [8, 4]");
  });
});
