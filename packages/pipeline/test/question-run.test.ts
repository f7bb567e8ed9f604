/** Every kind of question from the study file to the report, through the real command, on bags with planted answers. */
import { existsSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { PATIENTS, PlantedFolder } from "./planted-cohort.ts";
import { nacre, readCsv } from "./small-cohort.ts";

let cohort: PlantedFolder;
beforeAll(async () => {
  cohort = await PlantedFolder.make();
});

const text = (...parts: string[]): string => readFileSync(cohort.file(...parts), "utf8");
const rows = (...parts: string[]): Record<string, string>[] => readCsv(text(...parts));
const headerOf = (...parts: string[]): string[] => (text(...parts).split("\n")[0] as string).split(",");

async function run(name: string, change: object) {
  const ended = await nacre(["run", cohort.writeStudy(name, change), "--out", cohort.file(name), "--json"]);
  if (ended.code !== 0) throw new Error(`expected ${name} to run, received exit code ${ended.code}: ${ended.stderr}`);
  return ended.json;
}

/** How far the order of predicted numbers agrees with that of the true ones: pairs in order, of all. */
function inOrder(pairs: readonly (readonly [number, number])[]): number {
  const all = pairs.flatMap(([a, b], i) => pairs.slice(i + 1).map(([c, d]) => (a - c) * (b - d)));
  return all.filter((product) => product > 0).length / all.length;
}

describe("a study of survival", () => {
  const SURVIVE = { kind: "survive", time: "days", event: "death" };

  it("is run, and its predictions are judged by evaluate to the same numbers", async () => {
    const json = await run("survive", { task: SURVIVE });
    expect(headerOf("survive", "predictions.csv").slice(-3)).toEqual(["risk", "time", "event"]);
    expect(json.scorecard).toMatchObject({ task: { kind: "survive", intervals: null }, unit: "patient" });
    expect(json.scorecard.external.cIndex.value).toBeGreaterThan(0.7);
    expect(json.scorecard.baselines.meanPool.external.value).toBeGreaterThan(0.5);
    expect(json.scorecard.internal.subgroups.map((g: { group: string }) => g.group)).toEqual(["female", "male"]);
    const args = ["evaluate", cohort.file("survive", "predictions.csv"), "--bootstrap", "40", "--seed", "5", "--json"];
    const judged = await nacre(args);
    expect(judged.code).toBe(0);
    expect(judged.json.internal.measures).toEqual(json.scorecard.internal.measures);
    expect(judged.json.external.cIndex).toEqual(json.scorecard.external.cIndex);
  });

  it("writes a report, a summary, heatmaps and tune predictions", () => {
    const report = text("survive", "report.html");
    for (const said of ["Kaplan", "log relative hazard", "Training", "Every slide", "risk "])
      expect(report).toContain(said);
    expect(report).not.toMatch(/https?:\/\//);
    expect(text("survive", "summary.md")).toContain("mean pool");
    expect(text("survive", "paper", "table.md")).toContain("C-index (Harrell)");
    expect(text("survive", "model", "model-card.md")).toContain("log relative hazard");
    expect(existsSync(cohort.file("survive", "heatmaps", "P2.geojson"))).toBe(true);
    expect(rows("survive", "tune-predictions.csv").every((r) => r.part === "tune")).toBe(true);
    expect(rows("survive", "slides.csv").find((r) => r.slide === "P0")?.label).toMatch(/\+$/);
  });

  it("predicts new files by the model of the run, to the risks of the run", async () => {
    const external = rows("survive", "predictions.csv").filter((r) => r.part === "external");
    const files = external.slice(0, 3).map((r) => cohort.file("features", `${r.slide}.h5`));
    const { code } = await nacre(["predict", cohort.file("survive"), ...files, "--out", cohort.file("new.csv")]);
    expect(code).toBe(0);
    for (const [i, row] of rows("new.csv").entries())
      expect(Number(row.risk)).toBeCloseTo(Number(external[i]?.risk), 5);
  });
});

describe("a study of several tasks at once", () => {
  it("answers classes, grades, labels, numbers and times by one model, each in a table of its own", async () => {
    const tasks = {
      gene: { kind: "classify", label: "class", positive: "mutant", weight: 2 },
      grade: { kind: "ordinal", label: "grade", classes: ["low", "middle", "high"] },
      stain: { kind: "multilabel", labels: ["er", "her2"] },
      score: { kind: "regress", label: "score" },
      fate: { kind: "survive", time: "days", event: "death", intervals: 2 },
    };
    const json = await run("several", { task: { kind: "multitask", tasks } });
    expect(Object.keys(json.scorecard.tasks)).toEqual(Object.keys(tasks));
    const answer = (name: string): string[] => headerOf("several", `predictions-${name}.csv`).slice(6);
    expect(answer("gene")).toEqual(["label", "p_mutant", "p_wild"]);
    expect(answer("grade")).toEqual(["label", "p_low", "p_middle", "p_high"]);
    expect(answer("stain")).toEqual(["label_er", "label_her2", "p_er", "p_her2"]);
    expect(answer("score")).toEqual(["label", "prediction"]);
    expect(answer("fate")).toEqual(["risk", "time", "event"]);
    expect(text("several", "predictions.csv")).toBe(text("several", "predictions-gene.csv"));
    expect(rows("several", "predictions-stain.csv").find((r) => r.slide === "P7")?.label_her2).toBe("");
    const { gene, grade, stain, score, fate } = json.scorecard.tasks;
    expect(gene.external.auroc.value).toBeGreaterThan(0.7);
    expect(grade.external.ordinal.quadraticKappa.n).toBe(PATIENTS / 3);
    expect(stain.external.perLabel.map((l: { name: string }) => l.name)).toEqual(["er", "her2"]);
    expect(score.external.measures.mae.n).toBe(PATIENTS / 3);
    expect(fate.external.cIndex.value).toBeGreaterThan(0.5);
    for (const name of Object.keys(tasks)) expect(text("several", "report.html")).toContain(`Scorecard of ${name}`);
    for (const name of Object.keys(tasks)) expect(text("several", "paper", "tripod-ai.md")).toContain(`Task ${name}: `);
    const judged = await nacre([
      "evaluate",
      cohort.file("several", "predictions-score.csv"),
      "--bootstrap",
      "40",
      "--seed",
      "5",
      "--json",
    ]);
    expect(judged.json.internal.measures).toEqual(score.internal.measures);
  });
});

describe("covariates", () => {
  it("go into the model of a number, and are asked for with new files", async () => {
    const spoilt = cohort.rows.map((r) => (r.slide === "P1.h5" ? { ...r, sex: "" } : r));
    cohort.writeCohort(spoilt, "spoilt.csv");
    const study = cohort.writeStudy("beside", {
      cohort: "spoilt.csv",
      task: { kind: "regress", label: "score" },
      covariates: ["sex", "age"],
    });
    const ended = await nacre(["run", study, "--out", cohort.file("beside"), "--json"]);
    expect([ended.code, ended.json.failures]).toMatchObject([1, [{ slide: "P1", kind: "no-covariates" }]]);
    const predicted = rows("beside", "predictions.csv");
    expect(inOrder(predicted.map((r) => [Number(r.label), Number(r.prediction)]))).toBeGreaterThan(0.6);
    const file = cohort.file("features", "P2.h5");
    const bare = await nacre(["predict", cohort.file("beside"), file]);
    expect([bare.code === 0, bare.stderr]).toEqual([false, expect.stringContaining("no-covariates")]);
    const given = await nacre([
      "predict",
      cohort.file("beside"),
      file,
      "--covariates",
      cohort.file("spoilt.csv"),
      "--json",
    ]);
    const own = predicted.find((r) => r.slide === "P2");
    expect(own?.part).toBe("external");
    expect(given.json.files[0].answers.value[0]).toBeCloseTo(Number(own?.prediction), 4);
    cohort.writeCohort([{ slide: "P2", sex: "other", age: "50" }], "strange.csv");
    const strange = await nacre(["predict", cohort.file("beside"), file, "--covariates", cohort.file("strange.csv")]);
    expect(`${strange.stdout}${strange.stderr}`).toContain("`other`");
  });
});

describe("probes in place of an aggregator", () => {
  it("that are linear are a model of a run like any other", async () => {
    const json = await run("linear", {
      task: { kind: "classify", label: "class", positive: "mutant" },
      aggregator: "linear-probe",
    });
    expect(json.models.map((m: string) => m.split("/").at(-1))).toEqual(["fold-0.onnx", "fold-1.onnx", "model.onnx"]);
    expect(json.scorecard.external.auroc.value).toBeGreaterThan(0.7);
    expect(existsSync(cohort.file("linear", "heatmaps", "P2.geojson"))).toBe(true);
  });

  it("that compare with what they remember give predictions, and say that there is no model", async () => {
    const aggregator = { name: "knn", neighbours: 5 };
    const json = await run("near", { task: { kind: "classify", label: "class", positive: "mutant" }, aggregator });
    expect(json.models.map((m: string) => m.split("/").at(-1))).toEqual(["fold-0.probe.json", "fold-1.probe.json"]);
    expect(json.notes[0]).toContain("no model.onnx");
    expect(text("near", "report.html")).toContain("No model file");
    expect(rows("near", "predictions.csv")).toHaveLength(PATIENTS);
    const refused = await nacre(["predict", cohort.file("near"), cohort.file("features", "P2.h5")]);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("model.onnx")]);
  });

  it("are refused for tasks they do not take, and by the nearest name", async () => {
    const task = { kind: "regress", label: "score" };
    const kind = await nacre([
      "run",
      cohort.writeStudy("no", { task, aggregator: "prototypes" }),
      "--out",
      cohort.file("no"),
    ]);
    expect([kind.code, kind.stderr]).toEqual([2, expect.stringContaining("classify")]);
    const name = await nacre([
      "run",
      cohort.writeStudy("no", { task, aggregator: "linear-prob" }),
      "--out",
      cohort.file("no"),
    ]);
    expect([name.code, name.stderr]).toEqual([2, expect.stringContaining("linear-probe")]);
  });
});

describe("answers that contradict each other", () => {
  it("within a patient end the run before the long work", async () => {
    const twice = cohort.rows.map((r) => (r.slide === "P1.h5" ? { ...r, patient: "P2" } : r));
    cohort.writeCohort(twice, "twice.csv");
    const study = cohort.writeStudy("contradict", { cohort: "twice.csv", task: { kind: "regress", label: "score" } });
    const ended = await nacre(["run", study, "--out", cohort.file("contradict")]);
    expect([ended.code === 0, ended.stderr]).toEqual([false, expect.stringContaining("conflicting-label")]);
  });
});
