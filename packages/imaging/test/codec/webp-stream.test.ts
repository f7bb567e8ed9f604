import sharp, { type Sharp } from "sharp";
import { describe, expect, it } from "vitest";
import { plainWebp } from "../../src/codec/webp-stream.ts";
import { picture } from "../picture.ts";

const image = (channels: 3 | 4 = 3): Sharp => {
  const { data } = picture(50, 34);
  const raw = sharp(data, { raw: { width: 50, height: 34, channels: 3 } });
  return channels === 4 ? raw.ensureAlpha(0.5) : raw;
};
const bytes = async (pipeline: Sharp): Promise<Uint8Array> => new Uint8Array(await pipeline.toBuffer());

describe("a plain WebP", () => {
  it("is one picture, with loss or without, of the size that its header says", async () => {
    for (const options of [{ quality: 80 }, { lossless: true }]) {
      const stream = await bytes(image().webp(options));
      expect(plainWebp(stream)).toEqual({ width: 50, height: 34 });
      // room behind it, as some writers leave
      expect(plainWebp(Buffer.concat([stream, new Uint8Array(6)]))).toEqual({ width: 50, height: 34 });
    }
  });

  it("has no transparency and no profile, and is no other kind of picture", async () => {
    for (const stream of [
      await bytes(image(4).webp({ quality: 80 })),
      await bytes(image(4).webp({ lossless: true })),
      await bytes(image().withIccProfile("p3").webp()),
      await bytes(image().png()),
    ])
      expect(plainWebp(stream)).toBeNull();
  });

  it("is whole as far as its header tells, and any bytes are judged without an error", async () => {
    const stream = await bytes(image().webp());
    for (let n = 0; n < stream.length; n++) expect(plainWebp(stream.subarray(0, n))).toBeNull();
    for (let at = 0; at < 40; at++) {
      const changed = stream.slice();
      changed[at] = (changed[at] as number) ^ 0xff;
      expect(() => plainWebp(changed)).not.toThrow();
    }
  });
});
