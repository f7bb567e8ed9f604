/** Bad features, labels and models as a person meets them: in slides.csv and on the terminal, each with what to do. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Bag, randomStream } from "@nacre/core";
import { writeBag } from "@nacre/features/node";
import { beforeAll, describe, expect, it } from "vitest";
import { type Ended, emptyFolder, nacre, readCsv } from "../../../packages/pipeline/test/small-cohort.ts";

const home = emptyFolder();
const random = randomStream(1, "bad-input");
const command = (...args: readonly string[]) => nacre([...args, "--json"], { cwd: home });

async function put(name: string, n: number, change: (bag: Bag) => Bag = (bag) => bag): Promise<void> {
  const d = name === "wide" ? 7 : 6;
  const features = Float32Array.from({ length: n * d }, () => random.normal());
  const places = Int32Array.from({ length: n }, (_, i) => 224 * i);
  const bag = change({ features, n, d, x: places, y: new Int32Array(n), side: 224, space: "uni" });
  const about = { name, encoder: bag.space, mpp: 0.5, size: 224, overlap: 0, width: 224 * n, height: 224 };
  const written = await writeBag(join(home, `${name}.h5`), bag, about);
  if (!written.ok) throw new Error(written.failure.received);
}

const BAD = ["nan", "infinite", "other", "wide"];

function study(name: string, keys: object): string {
  const base = { name, cohort: "cohort.csv", features: ".", evaluate: { bootstrap: 0 }, fit: { epochs: 1 } };
  writeFileSync(join(home, `${name}.json`), JSON.stringify({ ...base, ...keys })); // JSON is YAML
  return `${name}.json`;
}

const classes = { kind: "classify", label: "label" } as const;
let ran: Ended;

beforeAll(async () => {
  const spoil = (value: number) => (bag: Bag) => {
    bag.features[7] = value;
    return bag;
  };
  const good = Array.from({ length: 12 }, (_, i) => `s${i}`);
  for (const [i, name] of good.entries()) await put(name, i % 3 === 0 ? 1 : 3);
  await put("nan", 4, spoil(Number.NaN));
  await put("infinite", 4, spoil(Number.POSITIVE_INFINITY));
  await put("other", 4, (bag) => ({ ...bag, space: "conch" }));
  await put("wide", 4);
  const rows = [...good, ...BAD].map((name, i) => `${name}.h5,p${i},${i % 2 === 0 ? "no" : "yes"},${i + 1},0`);
  writeFileSync(join(home, "cohort.csv"), `slide,patient,label,days,dead\n${rows.join("\n")}\n`);
  const split = { by: "patient", folds: 2, tune: 0 };
  const aggregator = { name: "abmil", hidden: 4, attention: 4 };
  ran = await command("run", study("tiny", { task: classes, aggregator, split }), "--out", "run");
});

describe("nacre run", () => {
  it("fits bags of 1 and 3 tiles, and tells each bad bag in its row: exit code 1", () => {
    expect([ran.code, ran.json.failed]).toEqual([1, BAD.length]);
    const rows = readCsv(readFileSync(join(home, "run", "slides.csv"), "utf8"));
    const told = new Map(
      rows.map((row) => [row.slide, `${row.failure}: ${row.expected}; ${row.received}; ${row.remedy}`]),
    );
    expect(told.get("nan")).toMatch(
      /not-finite: finite features for nan; NaN at tile 1, feature 1; encode the slide again/,
    );
    expect(told.get("infinite")).toMatch(/not-finite: .*; Infinity at tile 1, feature 1; /);
    expect(told.get("other")).toMatch(/encoder-mismatch: features of uni.*; features of conch in .*; encode/);
    expect(told.get("wide")).toMatch(/dimension-mismatch: 6 features a tile.*; 7 in .*; encode/);
    expect(rows.filter((row) => row.state === "ready")).toHaveLength(12);
  });

  it("refuses a train part without one of the classes: exit code 2", async () => {
    const part = (name: string, numbers: readonly number[]): string[] => numbers.map((i) => `s${i},${name}`);
    const lines = ["slide,part", ...part("train", [0, 2, 4, 6]), ...part("test", [1, 3, 8, 10])];
    writeFileSync(join(home, "split.csv"), `${lines.join("\n")}\n`);
    const file = study("absent", { task: classes, split: { by: "file", splits: ["split.csv"] } });
    const { code, json } = await command("run", file, "--out", "absent");
    expect([code, json.error.kind, json.error.received]).toEqual([2, "one-class", "none of yes among 4"]);
    expect(json.error.remedy).toContain("task.drop");
  });

  it("refuses a cohort in which all times are censored: exit code 4", async () => {
    const file = study("censored", { task: { kind: "survive", time: "days", event: "dead" } });
    const { code, json } = await command("run", file, "--out", "censored");
    expect([code, json.error.kind]).toEqual([4, "no-events"]);
    expect(json.error.expected).toContain("column dead");
    expect(json.error.remedy).toContain("how the event column is coded");
  });
});

describe("nacre predict", () => {
  it("tells each bad file and answers of the others: exit code 1", async () => {
    const names = ["s0", "s1", ...BAD];
    const { code, json } = await command("predict", "run", ...names.map((name) => `${name}.h5`));
    expect(code).toBe(1);
    expect(json.files.map((file: { error?: { kind: string } }) => file.error?.kind ?? "answered")).toEqual([
      "answered",
      "answered",
      "not-finite",
      "not-finite",
      "encoder-mismatch",
      "dimension-mismatch",
    ]);
    const [other, wide] = json.files.slice(4);
    expect(other.error.remedy).toBe("encode the slide with uni");
    expect(wide.error).toMatchObject({
      expected: "6 features a tile, as the model was fitted on",
      received: "7 in wide.h5",
    });
  });

  it("refuses a model that is none of ours", async () => {
    writeFileSync(join(home, "foreign.onnx"), "no model");
    const { code, json } = await command("predict", "foreign.onnx", "s0.h5");
    expect([code, json.error.kind]).toEqual([4, "bad-model"]);
    expect(json.error.remedy).not.toBe("");
  });
});
