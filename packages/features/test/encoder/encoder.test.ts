import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mpp } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { CARD_KEYS, parseEncoderCard } from "../../src/encoder/card.ts";
import { checkTiles } from "../../src/encoder/encoder.ts";
import { openEncoder } from "../../src/encoder/open-encoder.ts";
import { encoders } from "../../src/encoder/registry.ts";
import { openTexture } from "../../src/encoder/texture-encoder.ts";
import { inFolder } from "../shared.ts";
import { flatTile } from "../tiles.ts";
import { encoderContract } from "./contract.ts";
import { TINY_SIZE, writeTinyEncoder } from "./tiny-encoder.ts";

describe("the texture encoder", () => encoderContract(async (body) => body(openTexture(96))));

describe("an ONNX encoder", () => {
  encoderContract((body) =>
    inFolder(async (folder) => {
      const encoder = await openEncoder(writeTinyEncoder(folder));
      if (!encoder.ok) throw new Error(JSON.stringify(encoder.failure));
      await body(encoder.value);
      await encoder.value.close();
    }),
  );

  it("sees (pixel / 255 - mean) / std in the order R, G, B", () =>
    inFolder(async (folder) => {
      const encoder = await openEncoder(writeTinyEncoder(folder));
      if (!encoder.ok) throw new Error(JSON.stringify(encoder.failure));
      const features = await encoder.value.encode([flatTile(TINY_SIZE, [255, 0, 51])]);
      for (const [i, v] of [1, -1, 0.2, 1, -1, 0.2].entries()) expect(features[i]).toBeCloseTo(v, 5);
      await encoder.value.close();
    }));
});

describe("the space of an encoder", () => {
  it("changes with everything features depend on, and not with its licence", () =>
    inFolder(async (folder) => {
      const spaceWith = async (changes: Record<string, unknown>): Promise<string> => {
        const encoder = await openEncoder(writeTinyEncoder(folder, changes));
        if (!encoder.ok) throw new Error(JSON.stringify(encoder.failure));
        await encoder.value.close();
        return encoder.value.space;
      };
      const usual = await spaceWith({});
      expect(await spaceWith({ licence: "another" })).toBe(usual);
      expect(await spaceWith({ mean: [0.1, 0.2, 0.3] })).not.toBe(usual);
      expect(await spaceWith({ std: [0.1, 0.2, 0.3] })).not.toBe(usual);
    }));
});

describe("an encoder folder that does not keep its promise is bad-encoder", () => {
  it.each([
    ["another output", { output: "feature" }, /did you mean features\?/],
    ["another dimension", { dim: 7 }, /correct `dim`/],
    ["another size", { size: 32 }, /check `size`/],
    ["another file", { sha256: "0".repeat(64) }, /fetch the file again/],
    ["no file", { file: "gone.onnx" }, /put the file there/],
    ["a file elsewhere", { file: "../model.onnx" }, /the keys are/],
    ["no licence", { licence: undefined }, /the keys are/],
    ["an absurd scale", { mpp: 100 }, /the keys are/],
    ["a spread of nothing", { std: [0, 1, 1] }, /the keys are/],
    ["other channels", { channels: "bgr" }, /the keys are/],
    ["a misspelt key", { mmp: 0.5 }, /did you mean mpp\?/],
  ])("%s", (_, changes, remedy) =>
    inFolder(async (folder) => {
      const outcome = await openEncoder(writeTinyEncoder(folder, changes));
      expect(outcome).toMatchObject({ ok: false, failure: { kind: "bad-encoder" } });
      expect(outcome.ok ? "" : outcome.failure.remedy).toMatch(remedy);
    }),
  );

  it("a file that is no model, and a card that is no JSON", () =>
    inFolder(async (folder) => {
      writeTinyEncoder(folder, { sha256: "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03" });
      writeFileSync(join(folder, "model.onnx"), "hello\n");
      expect(await openEncoder(folder)).toMatchObject({ ok: false, failure: { kind: "bad-encoder" } });
      writeFileSync(join(folder, "encoder.json"), "{");
      expect(await openEncoder(folder)).toMatchObject({ ok: false, failure: { kind: "bad-encoder" } });
    }));

  it("a file that was changed after it was read once", () =>
    inFolder(async (folder) => {
      expect((await openEncoder(writeTinyEncoder(folder))).ok).toBe(true);
      copyFileSync(join(folder, "encoder.json"), join(folder, "model.onnx"));
      expect(await openEncoder(folder)).toMatchObject({ ok: false, failure: { kind: "bad-encoder" } });
    }));

  it("a name nobody knows, with the nearest one", async () => {
    const outcome = await openEncoder("textur");
    expect(outcome).toMatchObject({ ok: false, failure: { kind: "bad-encoder", remedy: "did you mean texture?" } });
  });
});

describe("tiles and encoders", () => {
  const card = { name: "tiny", size: 224, mpp: 0.5 };
  it("fit when size is equal and mpp within 1 %", () => {
    expect(checkTiles(card, { size: 224, mpp: mpp(0.5) }).ok).toBe(true);
    expect(checkTiles(card, { size: 224, mpp: mpp(0.5049) }).ok).toBe(true);
    expect(checkTiles({ ...card, mpp: null }, { size: 224, mpp: mpp(2) }).ok).toBe(true);
    expect(checkTiles({ ...card, size: null }, { size: 512, mpp: mpp(0.5) }).ok).toBe(true);
  });

  it("do not fit otherwise, and the remedy says what to set", () => {
    expect(checkTiles(card, { size: 256, mpp: mpp(0.5) })).toMatchObject({
      ok: false,
      failure: { kind: "encoder-mismatch", remedy: "set tiles.size to 224" },
    });
    expect(checkTiles(card, { size: 224, mpp: mpp(0.51) })).toMatchObject({
      ok: false,
      failure: { kind: "encoder-mismatch", remedy: "set tiles.mpp to 0.5" },
    });
  });

  it("too small for texture is encoder-mismatch", async () => {
    expect(await openEncoder("texture", { size: 32 })).toMatchObject({
      ok: false,
      failure: { kind: "encoder-mismatch" },
    });
  });
});

describe("encoder.json", () => {
  it("holds the keys of the contract", () => {
    expect(CARD_KEYS).toEqual([
      "name",
      "file",
      "output",
      "dim",
      "size",
      "mpp",
      "mean",
      "std",
      "channels",
      "licence",
      "source",
      "sha256",
    ]);
    expect(parseEncoderCard("[]", "x").ok).toBe(false);
  });

  it("is not needed for the built-in encoders", () => {
    expect(encoders().map(({ name, dim, mpp }) => ({ name, dim, mpp }))).toEqual([
      { name: "texture", dim: 108, mpp: null },
    ]);
  });
});
