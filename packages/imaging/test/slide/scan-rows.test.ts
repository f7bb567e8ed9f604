import { randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { holdsRows, ScanRows } from "../../src/slide/scan-rows.ts";

const HEIGHT = 240;
const NONE = { from: 0, to: 0 };
const crop = (y: number, height: number) => ({ x: 0, y, width: HEIGHT, height });

describe("the rows that a scan decodes of a block", () => {
  it("are those that it wants and those below, which the next row of tiles will want", () => {
    expect(new ScanRows().next(crop(200, 40), HEIGHT, NONE)).toEqual({ from: 200, to: HEIGHT });
    expect(new ScanRows().next(crop(64, 64), HEIGHT, NONE)).toEqual({ from: 64, to: HEIGHT });
  });

  it("end with those it wants at the top of a block, until it was seen to go on below", () => {
    const scan = new ScanRows();
    expect(scan.next(crop(0, 100), HEIGHT, NONE)).toEqual({ from: 0, to: 100 });
    expect(scan.next(crop(96, 144), HEIGHT, { from: 0, to: 100 })).toEqual({ from: 100, to: HEIGHT });
    expect(scan.next(crop(0, 100), HEIGHT, NONE)).toEqual({ from: 0, to: HEIGHT });
    expect(scan.next(crop(0, 3), HEIGHT, NONE)).toEqual({ from: 0, to: 3 });
  });

  it("adjoin what is there, and with it hold what is wanted", () => {
    const chance = randomStream(4, "rows");
    const scan = new ScanRows();
    for (let i = 0; i < 500; i++) {
      let held = NONE;
      for (let read = 0; read < 4; read++) {
        const y = chance.below(HEIGHT);
        const wanted = crop(y, 1 + chance.below(HEIGHT - y));
        if (holdsRows(held, wanted)) continue;
        const next = scan.next(wanted, HEIGHT, held);
        const isFirst = held.to === 0;
        const isWhole = next.from === 0 && next.to === HEIGHT;
        if (!isFirst && !isWhole) expect(next.from === held.to || next.to === held.from).toBe(true);
        held = isFirst ? next : { from: Math.min(next.from, held.from), to: Math.max(next.to, held.to) };
        expect(held.from).toBeLessThan(held.to);
        expect(holdsRows(held, wanted)).toBe(true);
      }
    }
  });
});
