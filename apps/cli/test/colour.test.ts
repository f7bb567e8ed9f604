/** Colours on the command line: asked for by name, told where they are done, refused where they cannot be. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeSyntheticSlide } from "@nacre/imaging/node";
import { beforeAll, describe, expect, it } from "vitest";
import { picture } from "../../../packages/imaging/test/picture.ts";
import { buildTiff, rawPage } from "../../../packages/imaging/test/tiff-builder.ts";
import { emptyFolder, nacre } from "../../../packages/pipeline/test/small-cohort.ts";

const golden = new URL("../../../packages/imaging/test/golden/pillow_images.json", import.meta.url);
const { profile, rgb } = JSON.parse(readFileSync(golden, "utf8")).icc;
let home: string;
let drawn: string;
beforeAll(async () => {
  home = emptyFolder();
  drawn = join(home, "drawn.svs");
  await writeSyntheticSlide(drawn, { seed: 100, width: 1024, height: 1024, pieces: 1, tumourShare: 0.3 });
  const tags = [[34675, 7, [...Buffer.from(profile, "base64")]]] as [number, number, number[]][];
  for (const [name, more] of [
    ["with.tiff", { tags }],
    ["without.tiff", {}],
  ] as const) {
    writeFileSync(join(home, name), buildTiff({ pages: [rawPage(picture(70, 45), [32, 16], more)] }));
  }
});
const command = (...args: readonly string[]) => nacre([...args, "--json"], { cwd: home });
const read = (file: string, ...more: readonly string[]) =>
  command("slide", "read", file, "--width", "70", "--height", "45", "--raw", `${file}.raw`, ...more);
const raw = (file: string): Buffer => readFileSync(join(home, `${file}.raw`));

describe("--colour srgb", () => {
  it("reads the pixels of littlecms where the slide has a profile, and says what was applied", async () => {
    expect((await read("with.tiff", "--colour", "srgb")).json.colour).toMatch(/to sRGB/);
    const wanted = Buffer.from(rgb, "base64");
    const apart = raw("with.tiff").map((v, i) => Math.abs(v - (wanted[i] as number)));
    expect(apart.reduce((sum, v) => sum + v, 0) / apart.length).toBeLessThan(0.5);
    const stored = await read("with.tiff");
    expect(stored.json.colour).toBeUndefined();
    expect(raw("with.tiff").equals(Buffer.from(picture(70, 45).data))).toBe(true);
  });

  it("takes a slide without a profile for sRGB, and says so; --icc refuses it", async () => {
    const { json, stderr } = await command("slide", "thumbnail", "without.tiff", "--out", "t.png", "--colour", "srgb");
    expect([json.colour, stderr]).toEqual([
      "taken for sRGB, no ICC profile found in the file",
      expect.stringContaining("taken for sRGB"),
    ]);
    expect((await read("without.tiff", "--icc")).json.error.kind).toBe("unsupported-format");
  });
});

describe("--colour and --stain of tiles and encode", () => {
  it("tell what encoding does to the colours of a slide, at the same places", async () => {
    const [plain, asked] = [await command("tiles", drawn), await command("tiles", drawn, "--stain", "vahadane")];
    expect(asked.json.files[0].stain).toMatch(/^vahadane: .* moved to veta-2013$/);
    expect(asked.json.files[0].tiles).toEqual(plain.json.files[0].tiles);
    const encoded = await command("encode", drawn, "--out", "features", "--stain", "vahadane", "--colour", "srgb");
    expect(encoded.json.files[0]).toMatchObject({ stain: asked.json.files[0].stain });
    expect(encoded.json.files[0].space).toMatch(/\/srgb\/vahadane@veta-2013$/);
  });

  it.each([
    ["--colour", "sRGB", "--colour srgb"],
    ["--stain", "macneko", "--stain macenko"],
  ])("%s %s is refused with the nearest name", async (option, value, nearest) => {
    const { code, json } = await command("encode", drawn, "--out", "none", option, value);
    expect([code, json.error.kind, json.error.received]).toEqual([2, "bad-usage", value]);
    expect(json.error.remedy).toContain(nearest);
  });
});
