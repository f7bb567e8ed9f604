import { fail, type Outcome, ok } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { type Draw, MapDrawings } from "../../src/search/map-drawings.ts";
import type { MapAnswer, MapProgress, MapWork } from "../../src/search/search-work.ts";

const WORK: MapWork = {
  kind: "map",
  run: { members: [], folders: [] },
  unit: "tile",
  points: 10,
  columns: [],
  kept: "nowhere",
};
const MAP: MapAnswer = {
  of: 1,
  method: "drawn",
  x: [0],
  y: [0],
  slide: [0],
  tileX: [],
  tileY: [],
  tileSize: null,
  separation: [],
};

/** Draws that end when the test says so. */
function drawer() {
  const drawn: { end(outcome: Outcome<MapAnswer>): void; tell(progress: MapProgress): void; signal: AbortSignal }[] =
    [];
  const draw: Draw = (_, { onProgress, signal }) =>
    new Promise((end) => {
      drawn.push({ end, tell: onProgress, signal });
      signal.addEventListener("abort", () =>
        end(fail("cancelled", { expected: "a map", received: "a stop", remedy: "ask again" })),
      );
    });
  return { drawn, draw };
}

const here = new AbortController().signal;
const wait = (ms: number) => ({ ms, signal: here });
const until = async (isTrue: () => boolean) => {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 1));
};

describe("drawings of maps", () => {
  it("are one for all who ask for the same, and another for another", async () => {
    const { drawn, draw } = drawer();
    const maps = new MapDrawings(draw);
    const asked = [maps.ask("a", WORK, wait(5000)), maps.ask("a", WORK, wait(5000)), maps.ask("b", WORK, wait(5000))];
    expect(drawn).toHaveLength(2);
    for (const { end } of drawn) end(ok(MAP));
    expect(await Promise.all(asked)).toEqual([ok(MAP), ok(MAP), ok(MAP)]);
    void maps.ask("a", WORK, wait(0));
    expect(drawn).toHaveLength(3);
  });

  it("tell how far they are to whoever cannot wait, and go on while somebody asks again", async () => {
    const { drawn, draw } = drawer();
    const maps = new MapDrawings(draw, 60_000);
    expect(await maps.ask("a", WORK, wait(1))).toEqual({ phase: "reading", done: 0, of: 0 });
    drawn[0]?.tell({ phase: "layout", done: 40, of: 200 });
    expect(await maps.ask("a", WORK, wait(1))).toEqual({ phase: "layout", done: 40, of: 200 });
    const last = maps.ask("a", WORK, wait(5000));
    drawn[0]?.end(ok(MAP));
    expect(await last).toEqual(ok(MAP));
    expect([drawn.length, drawn[0]?.signal.aborted]).toEqual([1, false]);
  });

  it("stop when nobody has asked for a while, also where the last one went away, and begin anew for the next", async () => {
    const { drawn, draw } = drawer();
    const maps = new MapDrawings(draw, 5);
    await maps.ask("a", WORK, wait(1));
    await until(() => drawn[0]?.signal.aborted === true);
    const gone = new AbortController();
    const asked = maps.ask("a", WORK, { ms: 60_000, signal: gone.signal });
    expect(drawn).toHaveLength(2);
    gone.abort();
    await asked;
    await until(() => drawn[1]?.signal.aborted === true);
  });

  it("hand on why they failed", async () => {
    const { drawn, draw } = drawer();
    const failure = fail("nothing-usable", { expected: "vectors", received: "none", remedy: "encode" });
    const asked = new MapDrawings(draw).ask("a", WORK, wait(5000));
    drawn[0]?.end(failure);
    expect(await asked).toEqual(failure);
  });
});
