import { randomStream } from "@nacre/core";
import sharp, { type JpegOptions } from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { averaged } from "../../src/codec/averaged.ts";
import { chooseJpegCodec } from "../../src/codec/choose-jpeg.ts";
import type { JpegCodec } from "../../src/codec/codec.ts";
import { jpegFrame } from "../../src/codec/jpeg-stream.ts";
import { openJpegWasm } from "../../src/codec/jpeg-wasm.ts";
import { selfTest } from "../../src/codec/self-test.ts";
import { picture } from "../picture.ts";

const WIDTH = 200;
const HEIGHT = 150;
const kinds = {
  "4:2:0": { chromaSubsampling: "4:2:0" },
  "4:4:4": { chromaSubsampling: "4:4:4" },
  "4:2:0, progressive": { chromaSubsampling: "4:2:0", progressive: true },
};

let chosen: JpegCodec;
let fallback: JpegCodec;
beforeAll(async () => {
  chosen = await chooseJpegCodec();
  fallback = await openJpegWasm();
  if (!chosen.info.native) console.log("no native JPEG decoder here: the fallback is held against itself");
});

function decode(codec: JpegCodec, jpeg: Uint8Array, x: number, y: number, width: number, height: number): Buffer {
  const data = Buffer.alloc(width * height * 3);
  codec.decode(jpeg, jpegFrame(jpeg), { x, y, width, height }, { data, offset: 0, pitch: width * 3 });
  return data;
}

async function encode(options: JpegOptions): Promise<Uint8Array> {
  const { data } = picture(WIDTH, HEIGHT);
  return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
    .jpeg({ quality: 80, ...options })
    .toBuffer();
}

describe.each(Object.entries(kinds))("a JPEG with %s", (_name, options) => {
  it("has the same pixels from the native decoder and from WebAssembly, bit for bit", async () => {
    const jpeg = await encode(options);
    const whole = decode(chosen, jpeg, 0, 0, WIDTH, HEIGHT);
    expect(whole.equals(decode(fallback, jpeg, 0, 0, WIDTH, HEIGHT))).toBe(true);
    expect(whole.equals(await sharp(jpeg).raw().toBuffer())).toBe(true);
  });

  it("has about the mean of its squares in a reduced picture, and the same pixels in every crop of that", async () => {
    const jpeg = await encode(options);
    const whole = { width: WIDTH, height: HEIGHT, components: 3, data: decode(chosen, jpeg, 0, 0, WIDTH, HEIGHT) };
    for (const by of [2, 4, 8] as const) {
      const small = chosen.reduced?.(by);
      if (!small) continue;
      const { width, height, data } = averaged(whole, by);
      const all = decode(small, jpeg, 0, 0, width, height);
      const difference = all.reduce((sum, value, i) => sum + Math.abs(value - (data[i] as number)), 0) / all.length;
      expect(difference).toBeLessThan(16);
      const crop = decode(small, jpeg, 5, 3, 11, 7);
      for (let row = 0; row < 7; row++) {
        const from = ((3 + row) * width + 5) * 3;
        expect(crop.compare(all, from, from + 33, row * 33, (row + 1) * 33)).toBe(0);
      }
      expect(() => decode(small, jpeg, 0, 0, width + 1, height)).toThrow(Error);
      expect(() => decode(small, jpeg.subarray(0, jpeg.length / 2), 0, 0, width, height)).toThrow(Error);
      expect(decode(small, jpeg, 0, 0, width, height).equals(all)).toBe(true);
    }
  });

  it("has the pixels of the whole in every crop of it", async () => {
    const jpeg = await encode(options);
    const whole = decode(chosen, jpeg, 0, 0, WIDTH, HEIGHT);
    const chance = randomStream(1, "crops");
    for (let i = 0; i < 300; i++) {
      const x = chance.below(WIDTH);
      const y = chance.below(HEIGHT);
      const width = 1 + chance.below(WIDTH - x);
      const height = 1 + chance.below(HEIGHT - y);
      const crop = decode(chosen, jpeg, x, y, width, height);
      for (let row = 0; row < height; row++) {
        const from = ((y + row) * WIDTH + x) * 3;
        const isSame = crop.compare(whole, from, from + width * 3, row * width * 3, (row + 1) * width * 3) === 0;
        if (!isSame) expect.fail(`crop ${width} x ${height} at ${x}, ${y} differs in row ${row}`);
      }
    }
  });
});

describe("both decoders", () => {
  it("pass the self-test by which one is chosen", () => {
    selfTest(chosen);
    selfTest(fallback);
  });

  it("fail on a stream that is cut off, where a crop needs what is missing", async () => {
    const jpeg = await encode({});
    for (const share of [0.1, 0.5, 0.9]) {
      const cut = jpeg.subarray(0, Math.floor(jpeg.length * share));
      expect(() => decode(chosen, cut, 0, 0, WIDTH, HEIGHT)).toThrow(Error);
      expect(() => decode(fallback, cut, 0, 0, WIDTH, HEIGHT)).toThrow(Error);
    }
    expect(decode(chosen, jpeg, 0, 0, WIDTH, HEIGHT).length).toBe(WIDTH * HEIGHT * 3);
    expect(decode(fallback, jpeg, 0, 0, WIDTH, HEIGHT).length).toBe(WIDTH * HEIGHT * 3);
  });

  it("give the rows that are stored where the header says more of them, and leave the stream as it was", async () => {
    const jpeg = await encode({ chromaSubsampling: "4:2:0" });
    const whole = decode(chosen, jpeg, 0, 0, WIDTH, HEIGHT);
    const tall = Uint8Array.from(jpeg);
    tall.fill(0xff, jpegFrame(jpeg).heightAt, jpegFrame(jpeg).heightAt + 2);
    const before = tall.slice();
    expect(decode(chosen, tall, 0, 0, WIDTH, 144).equals(whole.subarray(0, WIDTH * 144 * 3))).toBe(true);
    expect(tall).toEqual(before);
    expect(() => decode(chosen, tall, 0, 0, WIDTH, HEIGHT + 300)).toThrow(Error);
    expect(tall).toEqual(before);
    expect(decode(chosen, jpeg, 0, 0, WIDTH, HEIGHT).equals(whole)).toBe(true);
  });

  it("give grey JPEGs as RGB", async () => {
    const { data } = picture(WIDTH, HEIGHT);
    const raw = { width: WIDTH, height: HEIGHT, channels: 3 } as const;
    const grey = await sharp(data, { raw }).greyscale().jpeg().toBuffer();
    const pixels = decode(chosen, grey, 3, 5, 60, 40);
    expect(pixels.equals(decode(fallback, grey, 3, 5, 60, 40))).toBe(true);
    expect(pixels[0]).toBe(pixels[1]);
  });

  it("never write beyond the room they are given", async () => {
    const jpeg = await encode({});
    const small = { data: new Uint8Array(WIDTH * HEIGHT * 3 - 1), offset: 0, pitch: WIDTH * 3 };
    const crop = { x: 0, y: 0, width: WIDTH, height: HEIGHT };
    for (const codec of [chosen, fallback])
      expect(() => codec.decode(jpeg, jpegFrame(jpeg), crop, small)).toThrow(RangeError);
    const beyond = { data: new Uint8Array(10 ** 6), offset: 0, pitch: 3000 };
    for (const codec of [chosen, fallback]) {
      expect(() => codec.decode(jpeg, jpegFrame(jpeg), { ...crop, width: WIDTH + 1 }, beyond)).toThrow(/200 x 150/);
    }
  });
});

describe("jpegFrame(stream)", () => {
  it("reads size and sampling, and refuses what is not baseline or progressive", async () => {
    const jpeg = await encode({ chromaSubsampling: "4:2:0" });
    expect(jpegFrame(jpeg)).toMatchObject({ width: WIDTH, height: HEIGHT, components: 3, chromaX: 2, chromaY: 2 });
    const lossless = Uint8Array.from(jpeg);
    lossless[jpegFrame(jpeg).heightAt - 4] = 0xc3;
    expect(() => jpegFrame(lossless)).toThrow(/lossless/);
    expect(() => jpegFrame(new Uint8Array(64))).toThrow(/no JPEG marker/);
  });
});
