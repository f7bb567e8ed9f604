/** Checkpoints as torch saved them (tools/oracles/torch_checkpoints.py), read, imported, and run by a program that knows ONNX Runtime alone. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Bag, unwrap } from "@nacre/core";
import { readWeights } from "@nacre/graph";
import { openSession } from "@nacre/graph/node";
import { afterAll, describe, expect, it } from "vitest";
import {
  checkpointOf,
  checkpoints,
  describeModel,
  encodeImported,
  type Imported,
  importCheckpoint,
  predict,
  withNames,
} from "../../src/index.ts";
import { relativeError } from "../golden.ts";
import { type Lists, type Recorded, recorded } from "./recorded.ts";

interface Known extends Recorded {
  readonly coords?: readonly (readonly number[])[];
  readonly sex?: number;
  readonly organ?: number;
}

const slideEncoder = new URL("../../../../../shared/data/golden/longnet_tiny.json", import.meta.url);
const readable = checkpoints()
  .map(({ method }) => method)
  .filter((method) => method !== "longnet" || existsSync(slideEncoder));
const folder = mkdtempSync(join(tmpdir(), "nacre-imported-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What was recorded of a method: input, config, and the numbers that its model must give, under our names. */
function knownOf(method: string): { readonly known: Known; readonly wanted: Record<string, readonly number[]> } {
  if (method === "longnet") {
    const known = JSON.parse(readFileSync(slideEncoder, "utf8")) as Known;
    const config = { ...known.config, sorted: false }; // as the original: in the order of the file
    return { known: { ...known, config }, wanted: { embedding: flat(known.expected.encoder_out_global_pool) } };
  }
  const known = recorded(method === "abmil" ? "abmil-plain" : method) as Known;
  const { logits, site_logits: site = [] } = known.expected;
  return { known, wanted: { logits: [...flat(logits), ...flat(site)] } };
}

function flat(values: Lists | undefined): number[] {
  return [values ?? []].flat(4) as number[];
}

async function imported(method: string): Promise<Imported> {
  const bytes = new Uint8Array(readFileSync(new URL(`../golden/checkpoints/${method}.pt`, import.meta.url)));
  const archive = unwrap(readWeights(bytes, `${method}.pt`));
  return unwrap(await importCheckpoint(unwrap(checkpointOf(method)), archive, knownOf(method).known.config));
}

function bagOf({ x, coords }: Known): Bag {
  const at = (axis: number): Int32Array => Int32Array.from(x, (_, i) => coords?.[i]?.[axis] ?? 256 * i * (1 - axis));
  const d = x[0]?.length ?? 0;
  return { features: Float32Array.from(x.flat()), n: x.length, d, x: at(0), y: at(1), side: 256, space: "unknown" };
}

function covariatesOf({ sex, organ }: Known, count: number): readonly number[] | null {
  if (sex !== undefined) return [sex];
  return organ === undefined ? null : Array.from({ length: count }, (_, i) => (i === organ ? 1 : 0));
}

describe.each(readable)("a %s file of torch", (method) => {
  it("becomes a model.onnx that answers as the original", async () => {
    const { known, wanted } = knownOf(method);
    const member = await imported(method);
    const session = await openSession(encodeImported(member));
    const covariates = covariatesOf(known, member.design.covariates);
    const found = unwrap(await predict(session, bagOf(known), covariates === null ? {} : { covariates }));
    await session.close();
    for (const [name, values] of Object.entries(wanted)) {
      expect(relativeError([...found[name as "logits"]], values), name).toBeLessThan(5e-6);
    }
  });

  it("says what was taken off its keys, and which of them the model has no use for", async () => {
    const { stripped, unused } = await imported(method);
    expect(stripped).toEqual(STRIPPED[method] ?? []);
    expect(unused).toEqual(expect.arrayContaining([...(OFFSETS[method] ?? [])]));
  });
});

const STRIPPED: Readonly<Record<string, readonly string[]>> = {
  abmil: ["model."],
  transmil: ["state_dict.", "model."],
  toad: ["module."],
  longnet: ["model."],
};
/** The offset of an attention score, which no softmax sees. */
const OFFSETS: Readonly<Record<string, readonly string[]>> = {
  "clam-sb": ["attention_net.3.attention_c.bias"],
  "clam-mb": ["attention_net.2.attention_c.bias"],
};

it("every imported model runs in a program that knows ONNX Runtime and nothing else", async () => {
  const jobs: { model: string; feeds: Record<string, { values: readonly number[]; dims: readonly number[] }> }[] = [];
  for (const method of readable) {
    const { known } = knownOf(method);
    const member = await imported(method);
    const model = join(folder, `${method}.onnx`);
    writeFileSync(model, encodeImported(member));
    const { n, d, features, x, y } = bagOf(known);
    const covariates = covariatesOf(known, member.design.covariates);
    const places = Array.from(features.subarray(0, n), (_, i) => [(x[i] as number) / 256, (y[i] as number) / 256]);
    jobs.push({
      model,
      feeds: {
        features: { values: [...features], dims: [n, d] },
        ...(member.design.aggregator.usesPlaces ? { places: { values: places.flat(), dims: [n, 2] } } : {}),
        ...(covariates === null ? {} : { covariates: { values: covariates, dims: [1, covariates.length] } }),
      },
    });
  }
  const list = join(folder, "jobs.json");
  writeFileSync(list, JSON.stringify(jobs));
  const script = fileURLToPath(new URL("./bare-models.mjs", import.meta.url));
  const answers = JSON.parse(execFileSync(process.execPath, [script, list], { encoding: "utf8" }));
  for (const [i, method] of readable.entries()) {
    for (const [name, values] of Object.entries(knownOf(method).wanted)) {
      expect(relativeError(answers[i][name], values), `${method} ${name}`).toBeLessThan(5e-6);
    }
  }
});

describe("names of the answers", () => {
  it("are those of the owner, and stand in the file", async () => {
    const named = withNames(await imported("clam-sb"), { classes: [["benign", "LUAD", "LUSC"]], label: "diagnosis" });
    const info = unwrap(describeModel(encodeImported(named, "uni")));
    expect(info.space).toBe("uni");
    expect(info.task).toEqual({
      kind: "classify",
      label: "diagnosis",
      classes: ["benign", "LUAD", "LUSC"],
      positive: "LUSC",
    });
  });

  it("are a list for each question", async () => {
    const toad = await imported("toad");
    const sizes = toad.design.head.groups;
    const lists = sizes.map((k, q) => Array.from({ length: k }, (_, c) => `q${q}c${c}`));
    const { task } = withNames(toad, { classes: lists }).design;
    expect(task.kind === "multitask" && task.tasks.map((one) => (one.task as { classes: unknown }).classes)).toEqual(
      lists,
    );
    expect(() => withNames(toad, { classes: [["a", "b"]] })).toThrow(/2 lists of names, for origin and site/);
  });

  it("must be as many as the file has scores, and different", async () => {
    const clam = await imported("clam-sb");
    expect(() => withNames(clam, { classes: [["one"]] })).toThrow(/3 different names/);
    expect(() => withNames(clam, { classes: [["one", "two", "one"]] })).toThrow(/3 different names/);
    expect(() => withNames(clam, { classes: [["one", ""]] })).toThrow(/one, nothing/);
  });
});
