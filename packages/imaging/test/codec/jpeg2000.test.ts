/** The JPEG 2000 decoder lives on from block to block: what is broken must not show the block before. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openJpeg2000 } from "../../src/codec/jpeg2000.ts";

const stream = Buffer.from(
  JSON.parse(readFileSync(new URL("../hostile/jpeg2000.json", import.meta.url), "utf8")).stream,
  "base64",
);

describe("a broken JPEG 2000 block", () => {
  it("throws, and never gives the pixels of the block that was decoded before it", async () => {
    const decode = await openJpeg2000();
    const sound = decode(stream).data.slice();
    const coding = stream.indexOf(Buffer.from("ff52", "hex"));
    const part = stream.indexOf(Buffer.from("ff90", "hex"));
    const breaks: readonly [string, (bytes: Buffer) => Buffer][] = [
      ["no coding style", (bytes) => bytes.fill(0x64, coding + 1, coding + 2)],
      ["33 resolutions", (bytes) => bytes.fill(0x21, coding + 9, coding + 10)],
      ["a tile part beyond the end", (bytes) => bytes.fill(0x7f, part + 6, part + 10)],
      ["a copy that broke off", (bytes) => bytes.subarray(0, 400)],
      ["tiles that are absent", (bytes) => bytes.fill(0, 24, 32).fill(1, 27, 28).fill(1, 31, 32)],
      ["packets of ones", (bytes) => bytes.fill(0xff, 300, 500)],
    ];
    for (const [name, change] of breaks) {
      expect(() => decode(change(Buffer.from(stream))), name).toThrow(/broken|tiles/);
      expect(Buffer.from(decode(stream).data).equals(Buffer.from(sound)), `after ${name}`).toBe(true);
    }
  });
});
