/** The native JPEG 2000 decoder beside the WebAssembly build of the same library: one may stand for the other. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Rect, randomStream, unwrap } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { chooseJpeg2000 } from "../../src/codec/choose-jpeg2000.ts";
import type { DecodedImage } from "../../src/codec/codec.ts";
import { openJpeg2000 } from "../../src/codec/jpeg2000.ts";
import { type OpenJp2, openOpenJp2 } from "../../src/codec/openjp2.ts";
import { plainCodestream } from "../../src/codec/plain-codestream.ts";
import { JPEG2000_SELF_TEST } from "../../src/codec/self-test.data.ts";
import { openSlideFile } from "../../src/node.ts";

const native = openIfThere();
if (!native) console.log("skipped: libopenjp2 2.5 or later is not installed");
const REAL = fileURLToPath(new URL("../../../../../shared/data/slides/TCGA-CR-7395-01A-01-TS1.svs", import.meta.url));
if (!existsSync(REAL)) console.log("skipped: the real JPEG 2000 slide is not there");

const known = Buffer.from(JPEG2000_SELF_TEST.stream, "base64");
const grey = Buffer.from(
  JSON.parse(readFileSync(new URL("../hostile/jpeg2000.json", import.meta.url), "utf8")).stream,
  "base64",
);

function openIfThere(): OpenJp2 | null {
  try {
    return openOpenJp2("libopenjp2.so.7");
  } catch {
    return null;
  }
}

const bytesOf = ({ data }: DecodedImage): Buffer => Buffer.from(data.buffer, data.byteOffset, data.length);

function cut(image: DecodedImage, { x, y, width, height }: Rect): Buffer {
  const rows = Array.from({ length: height }, (_, row) => {
    const from = ((y + row) * image.width + x) * image.components;
    return bytesOf(image).subarray(from, from + width * image.components);
  });
  return Buffer.concat(rows);
}

function anyPart(chance: ReturnType<typeof randomStream>, width: number, height: number): Rect {
  const [x, y] = [chance.below(width), chance.below(height)];
  return { x, y, width: 1 + chance.below(width - x), height: 1 + chance.below(height - y) };
}

const outcome = (decode: () => DecodedImage): DecodedImage | null => {
  try {
    return decode();
  } catch {
    return null;
  }
};

describe.skipIf(!native)("the native JPEG 2000 decoder", () => {
  it("gives the bytes of the WebAssembly build, whole and in any part", async () => {
    const wasm = await openJpeg2000();
    const chance = randomStream(1, "openjp2");
    for (const stream of [known, grey]) {
      const whole = wasm(stream);
      expect(bytesOf((native as OpenJp2).decode(stream, null)).equals(bytesOf(whole))).toBe(true);
      for (let i = 0; i < 25; i++) {
        const part = anyPart(chance, whole.width, whole.height);
        expect(bytesOf((native as OpenJp2).decode(stream, part)).equals(cut(whole, part)), JSON.stringify(part)).toBe(
          true,
        );
      }
    }
  });

  it("gives the same bytes of damaged packets too, or refuses them as the other does", async () => {
    const wasm = await openJpeg2000();
    const chance = randomStream(2, "openjp2");
    const seen = { both: 0, neither: 0 };
    for (let i = 0; i < 320; i++) {
      const stream = Buffer.from(i % 2 === 0 ? known : grey);
      for (let n = 0; n <= i % 5; n++)
        stream[i % 3 === 0 ? 4 + chance.below(140) : chance.below(stream.length)] = chance.below(256);
      const size = plainCodestream(stream);
      if (!size) continue;
      const [ours, theirs] = [outcome(() => (native as OpenJp2).decode(stream, null)), outcome(() => wasm(stream))];
      expect(ours === null, `stream ${i}`).toBe(theirs === null);
      if (!ours || !theirs) {
        seen.neither++;
        continue;
      }
      seen.both++;
      expect(bytesOf(ours).equals(bytesOf(theirs)), `stream ${i}`).toBe(true);
      const part = anyPart(chance, size.width, size.height);
      expect(bytesOf((native as OpenJp2).decode(stream, part)).equals(cut(ours, part)), `part of ${i}`).toBe(true);
    }
    expect(Math.min(seen.both, seen.neither)).toBeGreaterThan(5);
  });

  it("serves this process, and leaves streams that are not plain to WebAssembly", async () => {
    const codec = await chooseJpeg2000();
    expect(codec.info).toMatchObject({ name: "openjpeg", native: true });
    expect(bytesOf(codec(known)).equals(bytesOf((native as OpenJp2).decode(known, null)))).toBe(true);
    const odd = Buffer.from(known);
    odd[known.indexOf(Buffer.from("ff64", "hex")) + 1] = 0x55; // a comment becomes a table of tile lengths
    expect(codec.part?.(odd, { x: 0, y: 0, width: 8, height: 8 })).toBeNull();
  });

  it("is set aside by NACRE_CODEC=wasm", async () => {
    const before = process.env.NACRE_CODEC;
    process.env.NACRE_CODEC = "wasm";
    try {
      const { info, part } = await chooseJpeg2000();
      expect(info).toMatchObject({ name: "openjpeg (WebAssembly)", native: false });
      expect(part).toBeUndefined();
    } finally {
      if (before === undefined) delete process.env.NACRE_CODEC;
      else process.env.NACRE_CODEC = before;
    }
  });

  it.skipIf(!existsSync(REAL))(
    "gives the bytes of the WebAssembly build for blocks of a real slide, and says so as reader",
    async () => {
      const slide = unwrap(await openSlideFile(REAL));
      expect(slide.info.reader).toMatch(/^openjpeg 2\.\d/);
      const wasm = await openJpeg2000();
      const chance = randomStream(3, "openjp2");
      for (let i = 0; i < 8; i++) {
        const stream = (await slide.stored?.(0, chance.below(17), chance.below(13)))?.bytes as Uint8Array;
        const whole = wasm(stream);
        expect(bytesOf((native as OpenJp2).decode(stream, null)).equals(bytesOf(whole))).toBe(true);
        const part = anyPart(chance, whole.width, whole.height);
        expect(bytesOf((native as OpenJp2).decode(stream, part)).equals(cut(whole, part))).toBe(true);
      }
      slide.close();
    },
  );
});

describe.skipIf(!native)("a reduced picture", () => {
  it.each([2, 4, 8] as const)("is the same from both builds, 1 in %i, and no wider than it is promised", async (by) => {
    const wasm = await openJpeg2000();
    const [ours, theirs] = [(native as OpenJp2).reduced(known, by), wasm.reduced(known, by)];
    expect(bytesOf(ours).equals(bytesOf(theirs))).toBe(true);
    for (const { width, height, components, data } of [ours, theirs]) {
      expect([width, height, data.length]).toEqual([72 / by, 56 / by, (72 / by) * (56 / by) * components]);
    }
  });

  it("is refused where the stream is cut off, and the next stream is whole again", async () => {
    const codecs = [(await openJpeg2000()).reduced, (native as OpenJp2).reduced];
    for (const reduced of codecs) {
      const before = bytesOf(reduced(known, 4)).toString("hex");
      expect(outcome(() => reduced(known.subarray(0, 90), 4))).toBeNull();
      expect(bytesOf(reduced(known, 4)).toString("hex")).toBe(before);
    }
  });
});

describe("a plain codestream", () => {
  const coding = known.indexOf(Buffer.from("ff52", "hex"));
  const part = known.indexOf(Buffer.from("ff90", "hex"));
  const changed = (at: number, ...bytes: number[]): Buffer => {
    const stream = Buffer.from(known);
    stream.set(bytes, at);
    return stream;
  };

  it("is what slides hold", () => {
    expect(plainCodestream(known)).toEqual({ width: 72, height: 56 });
  });

  it.each<[string, Buffer]>([
    ["of more pixels than a block", changed(8, 0, 0, 16, 1, 0, 0, 16, 1)],
    ["that begins beside the origin", changed(19, 1)],
    ["of several tiles", changed(27, 32)],
    ["of a tile without end", changed(24, 0xff, 0xff, 0xff, 0xff)],
    ["of 16 bits", changed(42, 15)],
    ["of reduced chroma", changed(46, 2)],
    ["of five components", changed(41, 5)],
    ["with markers between packets", changed(coding + 4, 2)],
    ["of 4,096 layers", changed(coding + 6, 16, 0)],
    ["of 32 decompositions", changed(coding + 9, 32)],
    ["of code-blocks of 256 px", changed(coding + 10, 6)],
    ["of bypassed code-blocks", changed(coding + 12, 1)],
    ["of an unknown wavelet", changed(coding + 13, 2)],
    ["whose tile part ends beyond the stream", changed(part + 6, 0, 1, 0, 0)],
    ["whose first part is the second", changed(part + 10, 1)],
    ["of a tile that is not the first", changed(part + 5, 1)],
  ])("is not one %s", (_, stream) => {
    expect(plainCodestream(stream)).toBeNull();
  });

  it("is decided for every cut and every changed byte of the head without an error", () => {
    for (let n = 0; n < known.length - 2; n++) expect(plainCodestream(known.subarray(0, n))).toBeNull();
    const chance = randomStream(4, "plain");
    for (let i = 0; i < 1500; i++) {
      const stream = changed(4 + chance.below(part + 10), chance.below(256));
      expect(() => plainCodestream(stream)).not.toThrow();
    }
  });
});
