/** A checkpoint of torch becomes a model file, which predicts and explains feature files without a run folder. */
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Bag } from "@nacre/core";
import { writeBag } from "@nacre/features/node";
import { beforeAll, describe, expect, it } from "vitest";
import { emptyFolder, nacre } from "../../../packages/pipeline/test/small-cohort.ts";

const golden = fileURLToPath(new URL("../../../packages/models/test/golden/", import.meta.url));
const home = emptyFolder();
const command = (...args: readonly string[]) => nacre([...args, "--json"], { cwd: home });

interface Recorded {
  readonly x: readonly (readonly number[])[];
  readonly sex?: number;
  readonly expected: Readonly<Record<string, readonly (readonly number[])[]>>;
}

const recorded = (name: string): Recorded =>
  JSON.parse(readFileSync(join(golden, `parity-${name}.json`), "utf8")) as Recorded;

async function writeFeatures(name: string, x: Recorded["x"], space = "uni"): Promise<void> {
  const n = x.length;
  const bag: Bag = {
    features: Float32Array.from(x.flat()),
    n,
    d: x[0]?.length ?? 0,
    x: Int32Array.from({ length: n }, (_, i) => 224 * i),
    y: new Int32Array(n),
    side: 224,
    space,
  };
  const size = { width: 224 * n, height: 224 };
  const written = await writeBag(join(home, name), bag, {
    name,
    encoder: space,
    mpp: 0.5,
    size: 224,
    overlap: 0,
    ...size,
  });
  if (!written.ok) throw new Error(written.failure.received);
}

beforeAll(async () => {
  for (const name of ["clam-sb", "toad"])
    copyFileSync(join(golden, "checkpoints", `${name}.pt`), join(home, `${name}.pt`));
  await writeFeatures("clam.h5", recorded("clam-sb").x);
  await writeFeatures("toad.h5", recorded("toad").x);
});

const named = ["--classes", "benign,LUAD,LUSC", "--space", "uni"] as const;

describe("nacre import", () => {
  it("writes a model that predicts as the original, and tells what it found", async () => {
    const read = await command("import", "clam-sb.pt", "--method", "clam-sb", ...named, "--out", "model.onnx");
    expect([read.code, read.stderr]).toEqual([0, ""]);
    expect(read.json).toMatchObject({
      method: "clam-sb",
      format: "torch-zip",
      d: recorded("clam-sb").x[0]?.length,
      space: "uni",
      aggregator: { name: "clam-sb", options: { sample: 8 } },
      unused: ["attention_net.3.attention_c.bias", "instance_loss_fn.labels"],
    });
    const { code, json } = await command("predict", "model.onnx", "clam.h5");
    expect(code).toBe(0);
    const { Y_prob: [wanted = []] = [] } = recorded("clam-sb").expected;
    for (const [c, name] of ["benign", "LUAD", "LUSC"].entries()) {
      expect(json.files[0].probabilities[name]).toBeCloseTo(wanted[c] as number, 5);
    }
  });

  it("takes settings that sizes do not tell from a config", async () => {
    writeFileSync(join(home, "config.json"), '{"k_sample": 3, "subtyping": true}');
    const { json } = await command(
      "import",
      "clam-sb.pt",
      "--method",
      "clam-sb",
      "--config",
      "config.json",
      "--out",
      "b.onnx",
    );
    expect(json.aggregator.options).toMatchObject({ sample: 3, subtyping: true });
  });

  it("a model that asks for covariates takes them as numbers from a table", async () => {
    const { x, sex, expected } = recorded("toad");
    await command("import", "toad.pt", "--method", "toad", "--out", "toad.onnx");
    const without = await command("predict", "toad.onnx", "toad.h5");
    expect([without.code, without.json.error.kind]).toEqual([4, "no-covariates"]);
    expect(without.json.error.remedy).toContain("the column slide and 1 columns of numbers");
    writeFileSync(join(home, "sex.csv"), `slide,sex\ntoad.h5,${sex}\n`);
    const { json } = await command("predict", "toad.onnx", "toad.h5", "--covariates", "sex.csv");
    expect(json.files[0].tiles).toBe(x.length);
    expect(json.files[0].answers["site.probabilities"][0]).toBeCloseTo(expected.site_prob?.[0]?.[0] as number, 5);
  });

  it("explains on a scale of the bag's own, with the method named", async () => {
    const { code, json } = await command("explain", "model.onnx", "clam.h5", "--out", "looked");
    expect(code).toBe(0);
    expect(json.files[0]).toMatchObject({ method: "exact" });
    expect(json.files[0].scale).toBeGreaterThan(0);
  });

  it.each([
    ["another method", ["clam-sb.pt", "--method", "transmil"], "bad-model", 4, /_fc1/],
    ["a method that nobody knows", ["clam-sb.pt", "--method", "clam"], "bad-usage", 2, /clam-sb/],
    ["too few names", ["clam-sb.pt", "--method", "clam-sb", "--classes", "a,b"], "bad-usage", 2, /3 different names/],
    ["a file that is not there", ["none.pt", "--method", "clam-sb"], "missing-file", 4, /none at none\.pt/],
    ["a group that is not there", ["clam-sb.pt", "--method", "clam-sb", "--group", "ema"], "bad-weights", 4, /"ema"/],
    ["features", ["clam.h5", "--method", "clam-sb"], "unsupported-format", 4, /HDF5/],
  ])("refuses %s in a sentence that names it", async (_, args, kind, code, text) => {
    const ended = await command("import", ...args, "--out", "refused.onnx");
    expect([ended.code, ended.json.error.kind]).toEqual([code, kind]);
    expect(`${ended.json.error.expected} ${ended.json.error.received}`).toMatch(text);
  });

  it("refuses features of another encoder by the name of both", async () => {
    await writeFeatures("other.h5", recorded("clam-sb").x, "conch");
    const { code, json } = await command("predict", "model.onnx", "other.h5");
    expect([code, json.error.kind]).toEqual([4, "encoder-mismatch"]);
    expect(json.error.expected).toContain("uni");
    expect(json.error.received).toContain("conch");
  });
});
