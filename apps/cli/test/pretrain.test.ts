/** `nacre pretrain` and `nacre distil` from files to files. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomStream, unwrap } from "@nacre/core";
import { openEncoder, writeBag } from "@nacre/features/node";
import { readWeights } from "@nacre/graph";
import { writePng } from "@nacre/imaging/node";
import { firstWeightsOf } from "@nacre/models";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nacre } from "../../../packages/pipeline/test/small-cohort.ts";

const folder = mkdtempSync(join(tmpdir(), "nacre-pretrain-"));
const at = (...path: string[]): string => join(folder, ...path);
const SMALL = ["layers=1", "heads=2", "headWidth=4", "layerScale=0.5", "epochs=2", "batch=4"].flatMap((text) => [
  "--set",
  text,
]);

beforeAll(async () => {
  const random = randomStream(1, "files");
  mkdirSync(at("features"));
  mkdirSync(at("tiles"));
  for (let i = 0; i < 6; i++) {
    const n = 5 + i;
    const features = Float32Array.from({ length: 4 * n }, () => random.normal() + i);
    const x = Int32Array.from({ length: n }, (_, t) => 256 * t);
    const bag = { features, n, d: 4, x, y: new Int32Array(n), side: 256, space: "test@1" };
    unwrap(
      await writeBag(at("features", `slide-${i}.h5`), bag, {
        name: `slide-${i}`,
        encoder: "test@1",
        mpp: 0.5,
        size: 256,
      }),
    );
    const data = Uint8Array.from({ length: 3 * 64 * 64 }, (_, p) => 40 * (i % 3) + 30 * (p % 3) + random.below(60));
    await writePng(at("tiles", `tile-${i}.png`), { width: 64, height: 64, data });
  }
  const patients = [0, 1, 2, 3, 4].map((i) => `p${Math.floor(i / 2)}`);
  writeFileSync(at("cohort.csv"), `slide,patient\n${patients.map((p, i) => `slide-${i},${p}`).join("\n")}\n`);
  writeFileSync(at("karyotype.csv"), "patient,loss5q,gain8\np0,1,0\np1,0,\np2,1,1\n");
  writeFileSync(at("train.txt"), "slide-0\nslide-1\nslide-2\nslide-3\nslide-4\n");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("nacre pretrain", () => {
  it("learns from sub-bags, then from profiles, and writes weights with a card that names what was seen", async () => {
    const only = ["--only", at("train.txt")];
    const one = await nacre([
      ...["pretrain", at("features"), "--method", "sub-bags", ...only, ...SMALL],
      ...["--set", "prototypes=8", "--out", at("one.safetensors"), "--json"],
    ]);
    expect(one.code, one.stderr).toBe(0);
    expect(one.json.bags).toEqual(["slide-0", "slide-1", "slide-2", "slide-3", "slide-4"]);
    expect(JSON.parse(readFileSync(at("one.json"), "utf8"))).toEqual(one.json);
    const two = await nacre([
      ...[
        "pretrain",
        at("features"),
        "--method",
        "profiles",
        "--profiles",
        at("karyotype.csv"),
        "--cohort",
        at("cohort.csv"),
      ],
      ...[...only, ...SMALL, "--from", at("one.safetensors"), "--out", at("two.safetensors"), "--json"],
    ]);
    expect(two.code, two.stderr).toBe(0);
    // Whom the first stage was learned from has been seen as well.
    expect(two.json.bags).toEqual([...one.json.bags, "p0", "p1", "p2"]);
    expect(two.json.from).toBe(one.json.sha256);
    const weights = unwrap(firstWeightsOf(unwrap(readWeights(readFileSync(at("two.safetensors")), "two"))));
    expect(weights.standardisation?.mean).toHaveLength(4);
    expect(readdirSync(folder).some((name) => name.includes("partial"))).toBe(false);
  });

  it.each([
    ["a method there is not", ["--method", "guess"], "bad-usage", 2],
    ["profiles without a table", ["--method", "profiles"], "bad-usage", 2],
    ["an option there is not", ["--method", "sub-bags", "--set", "layrs=1"], "bad-study", 2],
    ["a setting without a value", ["--method", "sub-bags", "--set", "layers"], "bad-usage", 2],
    ["masked with another aggregator", ["--method", "masked"], "bad-usage", 2],
  ])("refuses %s in one sentence, and writes nothing", async (_, args, kind, code) => {
    const told = await nacre(["pretrain", at("features"), ...args, "--out", at("none.safetensors"), "--json"]);
    expect([told.code, told.json.error.kind]).toEqual([code, kind]);
    expect(readdirSync(folder)).not.toContain("none.safetensors");
  });
});

describe("nacre distil", () => {
  it("writes an encoder folder that opens as any other", async () => {
    const told = await nacre([
      ...["distil", at("tiles"), "--teacher", "texture", "--size", "64", "--out", at("student"), "--json"],
      ...["--set", "epochs=2", "--set", "width=4", "--set", "dim=8", "--set", "batch=2"],
    ]);
    expect(told.code, told.stderr).toBe(0);
    expect(told.json).toMatchObject({ tiles: 6, dim: 8, name: "student" });
    const encoder = unwrap(await openEncoder(at("student")));
    const features = await encoder.encode([{ width: 64, height: 64, data: new Uint8Array(3 * 64 * 64) }]);
    expect(features).toHaveLength(8);
    expect(encoder.card.licence).toContain("texture");
    await encoder.close();
  });

  it("refuses tiles of another size by name", async () => {
    const told = await nacre(["distil", at("tiles"), "--teacher", "texture", "--out", at("other"), "--json"]);
    expect(told.json.error.kind).toBe("bad-value");
    expect(told.json.error.received).toContain("64 x 64");
  });
});
