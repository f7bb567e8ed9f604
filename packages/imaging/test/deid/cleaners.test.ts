/** Text inside coded pixels: what goes, and that the pixels stay. */
import { readFileSync } from "node:fs";
import { deflateSync } from "node:zlib";
import { randomStream } from "@nacre/core";
import Zstd from "numcodecs/zstd";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { cleanIcc } from "../../src/deid/icc-cleaner.ts";
import { blockCleaner } from "../../src/deid/stream/block-cleaner.ts";
import { JpegCleaner } from "../../src/deid/stream/jpeg-cleaner.ts";
import { cleanJpeg2000 } from "../../src/deid/stream/jpeg2000-cleaner.ts";
import { cleanWebp } from "../../src/deid/stream/webp-cleaner.ts";
import { cleanZstd } from "../../src/deid/stream/zstd-cleaner.ts";
import { standardJpeg } from "../jpeg-blocks.ts";
import { picture } from "../picture.ts";
import { everySecret, jpegWithSecrets, secretsIn } from "./planted.ts";

const raster = picture(64, 48);
const pixels = (bytes: Uint8Array): Promise<Buffer> => sharp(bytes).raw().toBuffer();

describe("a JPEG block", () => {
  it("loses comments, EXIF and its tail, and shows the same pixels", async () => {
    const jpeg = await standardJpeg(raster);
    const planted = jpegWithSecrets(jpeg);
    const clean = planted.slice();
    expect(new JpegCleaner().clean(clean)).toBeGreaterThan(everySecret.length);
    expect(clean.length).toBe(planted.length);
    expect(secretsIn(clean)).toEqual([]);
    expect((await pixels(clean)).equals(await pixels(jpeg))).toBe(true);
    expect(new JpegCleaner().clean(clean)).toBe(0);
  });

  it("is left as it is where it holds nothing but pixels", async () => {
    for (const progressive of [false, true]) {
      const data = await sharp(raster.data, { raw: { width: 64, height: 48, channels: 3 } })
        .jpeg({ progressive })
        .toBuffer();
      const clean = new Uint8Array(data);
      expect(new JpegCleaner().clean(clean)).toBe(0);
      expect(Buffer.from(clean).equals(data)).toBe(true);
    }
  });

  it("is cleaned alike in one piece and in pieces of any size", async () => {
    const planted = jpegWithSecrets(await standardJpeg(raster));
    const whole = planted.slice();
    new JpegCleaner().clean(whole);
    const chance = randomStream(3, "pieces");
    for (let round = 0; round < 40; round++) {
      const bytes = planted.slice();
      const cleaner = new JpegCleaner();
      for (let at = 0; at < bytes.length; ) {
        const n = 1 + chance.below(round < 5 ? 1 : 200);
        cleaner.clean(bytes.subarray(at, at + n));
        at += n;
      }
      expect(Buffer.from(bytes).equals(Buffer.from(whole))).toBe(true);
    }
  });

  it("keeps the mark that says its colours, and no other words under the same code", () => {
    const adobe = [0xff, 0xd8, 0xff, 0xee, 0, 14, ...Buffer.from("Adobe"), 0, 100, 0, 0, 0, 0, 0, 0xff, 0xd9];
    expect(new JpegCleaner().clean(Uint8Array.from(adobe))).toBe(0);
    const other = Uint8Array.from([0xff, 0xd8, 0xff, 0xee, 0, 14, ...Buffer.from("Ad-SECRET-12"), 0xff, 0xd9]);
    new JpegCleaner().clean(other);
    expect(Buffer.from(other).includes("SECRET")).toBe(false);
  });
});

describe("other codings", () => {
  it("WebP loses EXIF and XMP and shows the same pixels", async () => {
    const image = sharp(raster.data, { raw: { width: 64, height: 48, channels: 3 } });
    const plain = await image.clone().webp({ quality: 90 }).toBuffer();
    const planted = await image
      .clone()
      .withExif({ IFD0: { Copyright: everySecret } })
      .webp({ quality: 90 })
      .toBuffer();
    expect(secretsIn(planted).length).toBeGreaterThan(0);
    const clean = new Uint8Array(planted);
    expect(cleanWebp(clean)).toBeGreaterThan(0);
    expect(secretsIn(clean)).toEqual([]);
    expect((await pixels(clean)).equals(await pixels(plain))).toBe(true);
    expect(cleanWebp(new Uint8Array(plain))).toBe(0);
  });

  it("JPEG 2000 loses comments in its headers and what lies behind its end", () => {
    const comment = [0xff, 0x64, 0, 4 + everySecret.length, 0, 1, ...Buffer.from(everySecret)];
    const part = [0xff, 0x90, 0, 10, 0, 0, 0, 0, 0, 14 + comment.length + 3, 0, 1, ...comment, 0xff, 0x93, 1, 2, 3];
    const stream = Uint8Array.from([
      0xff,
      0x4f,
      0xff,
      0x51,
      0,
      4,
      9,
      9,
      ...comment,
      ...part,
      0xff,
      0xd9,
      ...Buffer.from(everySecret),
    ]);
    const before = stream.slice();
    expect(secretsIn(before)).toHaveLength(6);
    cleanJpeg2000(stream);
    expect(secretsIn(stream)).toEqual([]);
    expect([...stream.subarray(0, 8)]).toEqual([...before.subarray(0, 8)]);
    const end = Buffer.from(stream).lastIndexOf(Buffer.from([0xff, 0x93, 1, 2, 3, 0xff, 0xd9]));
    expect(end).toBeGreaterThan(0);
    expect(cleanJpeg2000(stream)).toBe(0);
  });

  it("JPEG and JPEG 2000 that break off among their pixels are refused: what follows them cannot be told from them", async () => {
    const jpeg = await standardJpeg(raster);
    const cleaner = new JpegCleaner();
    cleaner.clean(Buffer.concat([jpeg.subarray(0, -2), Buffer.from(everySecret)]));
    expect(() => cleaner.finish()).toThrow(/refused/);
    const golden = JSON.parse(readFileSync(new URL("../hostile/jpeg2000.json", import.meta.url), "utf8"));
    const stream = Buffer.from(golden.stream, "base64");
    cleanJpeg2000(stream);
    expect(cleanJpeg2000(new Uint8Array(stream))).toBe(0);
    expect(() => cleanJpeg2000(new Uint8Array(stream.subarray(0, -2)))).toThrow(/refused/);
    // a part that says it reaches behind the end of the image
    const far = Buffer.concat([stream, Buffer.from(everySecret)]);
    far.writeUInt32BE(far.length - far.indexOf("ff90", "hex"), far.indexOf("ff90", "hex") + 6);
    const bytes = new Uint8Array(far);
    expect(cleanJpeg2000(bytes)).toBe(everySecret.length);
    expect(secretsIn(bytes)).toEqual([]);
  });

  it("WebP loses what its chunks claim behind the length of the file", async () => {
    const plain = await sharp(raster.data, { raw: { width: 64, height: 48, channels: 3 } })
      .webp({ quality: 90 })
      .toBuffer();
    const planted = Buffer.concat([plain, Buffer.from(everySecret)]);
    planted.writeUInt32LE(planted.readUInt32LE(16) + everySecret.length, 16);
    const bytes = new Uint8Array(planted);
    cleanWebp(bytes);
    expect(secretsIn(bytes)).toEqual([]);
  });

  it("deflate, LZW and PackBits lose what lies behind their end, and what is none of them is emptied", () => {
    // LZW: clear, 7, the string made with it twice, end; codes of nine bits
    const lzw = [256, 7, 258, 258, 257].map((code) => code.toString(2).padStart(9, "0")).join("");
    const streams: readonly (readonly [compression: number, most: number, stream: Uint8Array])[] = [
      [8, raster.data.length, deflateSync(raster.data)],
      [32946, raster.data.length, deflateSync(raster.data)],
      [5, 5, Uint8Array.from(lzw.match(/.{1,8}/g) ?? [], (bits) => Number.parseInt(bits.padEnd(8, "0"), 2))],
      [32773, 6, Uint8Array.of(1, 9, 8, 253, 7)],
    ];
    for (const [compression, most, stream] of streams) {
      const whole = new Uint8Array(stream);
      expect(blockCleaner(compression, most).clean(whole), String(compression)).toBe(0);
      const planted = new Uint8Array(Buffer.concat([stream, Buffer.from(everySecret)]));
      expect(blockCleaner(compression, most).clean(planted)).toBe(everySecret.length);
      expect(Buffer.compare(planted.subarray(0, stream.length), stream)).toBe(0);
    }
    for (const [compression, none] of [
      [8, Buffer.from(everySecret)],
      [5, Uint8Array.of(0x80, 0x3f, 0xff, 0xff)],
      [32773, Uint8Array.of(5, 9, 8)],
    ] as const) {
      const block = new Uint8Array(none);
      blockCleaner(compression, 100).clean(block);
      expect(block.every((byte) => byte === 0)).toBe(true);
    }
  });

  it("what nobody can look into is refused by its number", () => {
    expect(() => blockCleaner(34887, 100)).toThrow(/refused: .*34887/);
  });
});

describe("an ICC profile", () => {
  it("keeps its colours and loses texts, dates and its hash", async () => {
    const png = await sharp(raster.data, { raw: { width: 64, height: 48, channels: 3 } })
      .withIccProfile("p3")
      .png()
      .toBuffer();
    const icc = (await sharp(png).metadata()).icc as Buffer;
    const clean = cleanIcc(icc) as Uint8Array;
    expect(clean.length).toBe(icc.length);
    const tags = (bytes: Uint8Array): string[] => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      return Array.from({ length: view.getUint32(128) }, (_, i) =>
        Buffer.from(bytes.subarray(132 + i * 12, 136 + i * 12)).toString(),
      );
    };
    for (const name of ["rXYZ", "gXYZ", "bXYZ", "rTRC", "wtpt"]) expect(tags(clean)).toContain(name);
    expect([...clean.subarray(24, 36), ...clean.subarray(84, 100)].every((byte) => byte === 0)).toBe(true);
    expect(/[A-Za-z ]{12,}/.exec(Buffer.from(clean.subarray(132 + tags(icc).length * 12)).toString("latin1"))).toBe(
      null,
    );
    expect(Buffer.from(cleanIcc(clean) as Uint8Array).equals(Buffer.from(clean))).toBe(true);
    expect(cleanIcc(Buffer.from("no profile"))).toBe(null);
    const foreign = Uint8Array.from(icc);
    foreign.set(Buffer.from("dmdd"), 132);
    foreign.set(Buffer.from("targ"), 144);
    const closed = cleanIcc(foreign) as Uint8Array;
    expect(tags(closed)).toEqual(tags(icc).slice(2));
    expect(Buffer.from(cleanIcc(closed) as Uint8Array).equals(Buffer.from(closed))).toBe(true);
  });
});

describe("a Zstandard block", () => {
  /** As a frame that readers skip (RFC 8878, 3.1.2). */
  const skippable = (text: string): Buffer => {
    const head = Buffer.alloc(8);
    head.writeUInt32LE(0x184d2a57, 0);
    head.writeUInt32LE(text.length, 4);
    return Buffer.concat([head, Buffer.from(text)]);
  };

  it("loses frames that readers skip and what follows the last frame, and keeps every byte of its frames", async () => {
    for (const data of [raster.data, new Uint8Array(200_000).fill(7), Uint8Array.of(1), randomBytes(300_000)]) {
      const frame = await new Zstd(3).encode(data);
      const [front, back] = [skippable(everySecret), Buffer.from(everySecret)];
      const block = new Uint8Array(Buffer.concat([front, frame, frame, skippable("x"), back]));
      expect(cleanZstd(block)).toBeGreaterThan(2 * everySecret.length - 40);
      expect(secretsIn(block)).toEqual([]);
      const frames = Buffer.concat([frame, frame]);
      expect(Buffer.compare(block.subarray(front.length, front.length + frames.length), frames)).toBe(0);
      expect(cleanZstd(block)).toBe(0);
      expect(cleanZstd(new Uint8Array(frame))).toBe(0);
    }
  });

  it("becomes zeros where it is none, or its lengths lead out of it", async () => {
    const frame = new Uint8Array(await new Zstd(1).encode(raster.data));
    for (const block of [new Uint8Array(Buffer.from(everySecret)), frame.slice(0, -9), new Uint8Array(3).fill(9)]) {
      expect(cleanZstd(block)).toBeGreaterThan(0);
      expect(block.every((byte) => byte === 0)).toBe(true);
    }
  });
});

/** Bytes that do not get smaller, so that the frame holds them as they are. */
function randomBytes(n: number): Uint8Array {
  const random = randomStream(5, "bytes");
  return Uint8Array.from({ length: n }, () => random.below(256));
}
