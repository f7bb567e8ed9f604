import type { SlideInfo } from "@nacre/imaging";
import { describe, expect, it } from "vitest";
import { ByteCache } from "../../src/tile/byte-cache.ts";
import { CostBook } from "../../src/tile/cost-book.ts";
import type { Work } from "../../src/tile/pool-message.ts";
import { WorkQueue } from "../../src/tile/work-queue.ts";

const work = (id: number, priority = 0, lane = `lane ${id}`) => ({ id, priority, lane, cost: 5 });
const never = () => false;
const all = (queue: WorkQueue<ReturnType<typeof work>>) =>
  Array.from({ length: queue.length }, () => queue.take(never)?.id);

describe("WorkQueue", () => {
  it("gives people before what may wait, and of equals the oldest first", () => {
    const queue = new WorkQueue<ReturnType<typeof work>>(10);
    for (const one of [work(0, -1), work(1), work(2), work(3, 1), work(4, -1)]) queue.add(one);
    expect(all(queue)).toEqual([3, 1, 2, 0, 4]);
    expect(queue.take(never)).toBeNull();
  });

  it("gives each client its turn, whatever another asks for, and each the newest of its requests", () => {
    const queue = new WorkQueue<ReturnType<typeof work>>(100);
    for (let id = 0; id < 5; id++) queue.add(work(id, 0, "greedy"));
    queue.add(work(10, 0, "modest"));
    queue.add(work(11, 0, "modest"));
    expect(all(queue)).toEqual([4, 11, 3, 10, 2, 1, 0]);
  });

  it("lets what suits a thread overtake a few turns, and nothing more urgent", () => {
    const queue = new WorkQueue<ReturnType<typeof work>>(100);
    for (const one of [work(0), work(1), work(2), work(3, -1)]) queue.add(one);
    expect(queue.take(({ id }) => id === 2)?.id).toBe(2);
    expect(queue.take(({ id }) => id === 3)?.id).toBe(0);
    for (let id = 10; id < 40; id++) queue.add(work(id));
    expect(queue.take(({ id }) => id === 39)?.id).toBe(1);
  });

  it("gives nothing that takes longer than is asked for", () => {
    const queue = new WorkQueue<ReturnType<typeof work>>(100);
    queue.add(work(0));
    expect([queue.take(never, 4), queue.length, queue.take(never, 5)?.id]).toEqual([null, 1, 0]);
  });

  it("forgets what nobody waits for, and holds nothing back for it", () => {
    const queue = new WorkQueue<ReturnType<typeof work>>(100);
    const [first, second] = [work(0, 0, "a"), work(1, 0, "a")];
    queue.add(first);
    queue.add(second);
    expect([queue.remove(second), queue.remove(second), queue.length]).toEqual([true, false, 1]);
    expect([queue.take(never)?.id, queue.length, queue.drain()]).toEqual([0, 0, []]);
  });

  it("holds a bounded number: of the least urgent, the oldest of whoever asks for most gives way", () => {
    const queue = new WorkQueue<ReturnType<typeof work>>(2);
    expect(queue.add(work(0))).toBeNull();
    expect(queue.add(work(1, -1))).toBeNull();
    expect(queue.add(work(2))?.id).toBe(1);
    expect(queue.add(work(3, -1))?.id).toBe(3);
    const fair = new WorkQueue<ReturnType<typeof work>>(3);
    for (const one of [work(5, 0, "modest"), work(6, 0, "greedy"), work(7, 0, "greedy")]) fair.add(one);
    expect(fair.add(work(8, 0, "greedy"))?.id).toBe(6);
    expect(all(fair)).toEqual([5, 8, 7]);
  });
});

describe("CostBook", () => {
  const tile = (level: number): Work => ({
    ...{ kind: "tile", file: "a.tif", stamp: "1", plane: null, format: null },
    request: { level, column: 0, row: 0 },
  });

  it("takes what nobody read for slow, and learns each level of a slide by itself", () => {
    const book = new CostBook();
    expect([book.known(tile(0)), book.of(tile(0))]).toEqual([undefined, 10]);
    book.learn(tile(0), 1);
    for (let i = 0; i < 20; i++) book.learn(tile(0), 2);
    expect(book.of(tile(0))).toBeCloseTo(2, 2);
    expect(book.of(tile(1))).toBe(10);
  });

  it("knows slides of wide strips, of which one decoded strip serves many tiles", () => {
    const book = new CostBook();
    const info = (blockWidth: number, blockHeight: number) =>
      ({
        ...{ width: 9000, height: 9000 },
        levels: [{ index: 0, width: 9000, height: 9000, downsample: 1, blockWidth, blockHeight }],
      }) as unknown as SlideInfo;
    book.learnShape("strips.tif", info(9000, 64));
    book.learnShape("tiles.tif", info(256, 256));
    book.learnShape("small.tif", info(64, 64));
    expect(["strips.tif", "tiles.tif", "small.tif"].map((file) => book.isShared(file))).toEqual([true, false, false]);
  });
});

describe("ByteCache", () => {
  it("never holds more bytes than it may, and forgets what was used longest ago", () => {
    const cache = new ByteCache(1600);
    const picture = (n: number) => ({ type: "image/png" as const, bytes: new Uint8Array(n), isStored: false });
    for (let i = 0; i < 16; i++) cache.keep(`k${i}`, picture(100));
    expect(cache.find("k0")).toBeDefined();
    cache.keep("k16", picture(100));
    expect(cache.bytes).toBe(1600);
    expect(cache.find("k0")).toBeDefined();
    expect(cache.find("k1")).toBeUndefined();
    cache.keep("large", picture(101));
    expect(cache.find("large")).toBeUndefined();
  });
});
