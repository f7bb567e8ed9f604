import { randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import type * as PixelMemory from "../../src/slide/pixel-memory.ts";

// A memory of its own: slides that other tests of this thread hold open have their rooms in the shared one.
const file = `${new URL("../../src/slide/pixel-memory.ts", import.meta.url).pathname}?own`;
const { copyRows, giveRoom, isThere, pixelKernels, putTogether, takeRoom } = (await import(file)) as typeof PixelMemory;

const place = { x: 0, y: 0, width: 4, height: 1 };

describe("rooms for pixels", () => {
  it("belong to one user at a time, and to the next one once they are given back", () => {
    const [a, b] = [takeRoom(1000), takeRoom(1000)];
    a.fill(1);
    b.fill(2);
    expect(a.every((value) => value === 1)).toBe(true);
    giveRoom(a);
    expect(takeRoom(1000).byteOffset).toBe(a.byteOffset);
    expect(takeRoom(1000).byteOffset).not.toBe(b.byteOffset);
  });

  it("lie in the kernels' memory while there is place, and beside it afterwards", () => {
    expect(pixelKernels()).not.toBeNull();
    const rooms = Array.from({ length: 90 }, () => takeRoom(2 ** 20));
    expect(isThere(rooms[0] as Uint8Array)).toBe(true);
    expect(isThere(rooms.at(-1) as Uint8Array)).toBe(false);
    expect(rooms.at(-1)).toHaveLength(2 ** 20);
    for (const room of rooms) giveRoom(room);
    expect(isThere(takeRoom(2 ** 20))).toBe(true);
  });
});

describe("copyRows(from, to)", () => {
  it("copies the same bytes in the kernels' memory, out of it, into it and beside it", () => {
    const chance = randomStream(3, "rows");
    const source = Uint8Array.from({ length: 900 }, () => chance.below(256));
    const wanted = new Uint8Array(700);
    for (let row = 0; row < 9; row++) wanted.set(source.subarray(5 + row * 90, 5 + row * 90 + 33), 7 + row * 70);
    for (const from of [takeRoom(900), new Uint8Array(900)]) {
      from.set(source);
      for (const to of [takeRoom(700), new Uint8Array(700)]) {
        to.fill(0);
        copyRows({ data: from, at: 5, pitch: 90 }, { data: to, at: 7, pitch: 70 }, 33, 9);
        expect(Buffer.compare(to, wanted)).toBe(0);
      }
    }
  });

  it("refuses rows that lie outside of an array, where they would be another array's", () => {
    const from = { data: takeRoom(100), at: 0, pitch: 10 };
    for (const to of [
      { data: takeRoom(99), at: 0, pitch: 10 },
      { data: takeRoom(100), at: 1, pitch: 10 },
      { data: takeRoom(100), at: -1, pitch: 10 },
      { data: takeRoom(100), at: 0, pitch: 9 },
    ]) {
      expect(() => copyRows(from, to, 10, 10)).toThrow(RangeError);
      expect(() => copyRows(to, from, 10, 10)).toThrow(RangeError);
    }
  });
});

describe("putTogether(place)", () => {
  const wanted = Uint8Array.from({ length: 12 }, (_, i) => i + 1);
  const paint = (data: Uint8Array): void => data.set(wanted);

  it("answers with an array of its own, or the room that the place brings", () => {
    const own = putTogether(place, 12, paint);
    expect(own).toEqual(wanted);
    expect(own.buffer.byteLength).toBe(12);
    expect(isThere(own)).toBe(false);
    for (const into of [new Uint8Array(12), takeRoom(12)]) {
      expect(putTogether({ ...place, into }, 12, paint)).toBe(into);
      expect(Buffer.compare(into, wanted)).toBe(0);
    }
    expect(putTogether({ ...place, into: new Uint8Array(13) }, 12, paint)).toEqual(wanted);
  });

  it("keeps no room where painting fails", () => {
    const fail = (): never => {
      throw new Error("broken");
    };
    for (let i = 0; i < 100; i++) expect(() => putTogether(place, 12, fail)).toThrow("broken");
    expect(isThere(takeRoom(2 ** 22))).toBe(true);
  });
});
