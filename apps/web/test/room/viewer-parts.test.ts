/** The arithmetic of the viewer, apart from any screen: views, pyramids, shapes, heatmaps, planes. */
import { describe, expect, it } from "vitest";
import { type Draft, move, newDraft, press, release, type Tool } from "../../src/room/viewer/annotation/draft.ts";
import { kindOf, measure } from "../../src/room/viewer/annotation/measure.ts";
import {
  areaOf,
  cornerAt,
  isHit,
  moveCorner,
  type Position,
  polygonOf,
  ringFor,
  simplify,
} from "../../src/room/viewer/annotation/shape.ts";
import { heatGrid, isShown, strongest } from "../../src/room/viewer/heat/heat-picture.ts";
import { firstView, layersOf } from "../../src/room/viewer/panel/planes.ts";
import { placeIn, turnIn } from "../../src/room/viewer/place-in.ts";
import {
  type Camera,
  matrixOf,
  scaleAt,
  scaleBar,
  toScreen,
  toSlide,
  viewOf,
} from "../../src/room/viewer/stage/camera.ts";
import { blockAddress, blockPlace, blocksOf, levelAt } from "../../src/room/viewer/stage/pyramid.ts";
import { alignmentOf, commonUnits, follow, lead } from "../../src/room/viewer/stage/sync.ts";

const CAMERA: Camera = { x: 5000, y: 3000, scale: 0.25, rotation: 30, width: 800, height: 600 };
const SQUARE = polygonOf([
  [0, 0],
  [100, 0],
  [100, 100],
  [0, 100],
]);

describe("a camera", () => {
  it("leads from the slide to the screen and back, also when turned", () => {
    for (const rotation of [0, 30, 90, 270]) {
      const camera = { ...CAMERA, rotation };
      const back = toSlide(camera, toScreen(camera, { x: 4321, y: 1234 }));
      expect([back.x, back.y].map((v) => v.toFixed(6))).toEqual(["4321.000000", "1234.000000"]);
      const [a, b, c, d, e, f] = matrixOf(camera);
      const { x, y } = toScreen(camera, { x: 70, y: -20 });
      expect(70 * a - 20 * c + e).toBeCloseTo(x, 6);
      expect(70 * b - 20 * d + f).toBeCloseTo(y, 6);
    }
  });

  it("has a scale bar of a 1-2-5 length that is true, and says pixels where the scale is unknown", () => {
    const bar = scaleBar({ ...CAMERA, scale: 1 }, 0.25, 180);
    expect(bar).toEqual({ pixels: 80, text: "20 µm" });
    expect(scaleBar({ ...CAMERA, scale: 0.01 }, 0.25, 180)).toEqual({ pixels: 80, text: "2 mm" });
    expect(scaleBar({ ...CAMERA, scale: 1 }, null, 180)).toEqual({ pixels: 100, text: "100 px" });
    for (let scale = 0.001; scale < 20; scale *= 1.7) {
      const { pixels } = scaleBar({ ...CAMERA, scale }, 0.2528, 180);
      expect(pixels).toBeLessThanOrEqual(180);
      expect(pixels).toBeGreaterThan(180 / 2.6);
    }
  });

  it("shows 0.25 µm a pixel at what a microscope calls ×40", () => {
    expect(scaleAt(40, 0.25)).toBe(1);
    expect(scaleAt(10, 0.5)).toBe(0.5);
    expect(scaleAt(40, null)).toBe(1);
  });

  it("tells a view as a rectangle that brings it back, in either sense of a quarter turn", () => {
    const view = { ...CAMERA, x: 1000, y: 500, scale: 0.5, width: 800, height: 600 };
    expect(viewOf({ ...view, rotation: 0 })).toEqual({ x: 200, y: -100, width: 1600, height: 1200 });
    expect(viewOf({ ...view, rotation: 180 })).toEqual(viewOf({ ...view, rotation: 0 }));
    for (const rotation of [90, 270, -90])
      expect(viewOf({ ...view, rotation })).toEqual({ x: 400, y: -300, width: 1200, height: 1600 });
    expect(["", "turn=90", "turn=-450", "turn=x"].map((text) => turnIn(new URLSearchParams(text)))).toEqual([
      0, 90, -90, 0,
    ]);
  });

  it("takes a place from an address only where it is one", () => {
    expect(placeIn(new URLSearchParams("x=10&y=20&w=300"))).toEqual({ x: 10, y: 20, width: 300, height: 300 });
    expect(placeIn(new URLSearchParams("x=-5&y=0&w=30&h=10"))).toEqual({ x: -5, y: 0, width: 30, height: 10 });
    for (const bad of ["", "x=1&y=2", "x=a&y=2&w=3", "x=1&y=2&w=-3", "x=1&y=2&w=0"])
      expect([bad, placeIn(new URLSearchParams(bad))]).toEqual([bad, null]);
  });
});

describe("a pyramid", () => {
  const level = (width: number, height: number, downsample: number, side: number) => ({
    width,
    height,
    downsample,
    blockWidth: side,
    blockHeight: side,
  });
  const pyramid = {
    key: "0123456789abcdef",
    version: "v1",
    width: 2220,
    height: 2967,
    levels: [level(2220, 2967, 1, 240), level(740, 989, 3, 256), level(171, 228, 13, 512)],
  };

  it("covers every level without gap or overlap, whatever its step and its blocks", () => {
    for (let coarse = 0; coarse < 3; coarse++) {
      const at = levelAt(pyramid, coarse);
      const { columns, rows } = blocksOf(at);
      let area = 0;
      for (let column = 0; column < columns; column++)
        for (let row = 0; row < rows; row++) {
          const { width, height } = blockPlace(at, column, row);
          area += width * height;
        }
      expect(area).toBeCloseTo(at.width * at.height * at.downsample ** 2, 3);
      const last = blockPlace(at, columns - 1, rows - 1);
      expect(last.x + last.width).toBeCloseTo(at.width * at.downsample, 6);
    }
  });

  it("names blocks as the service does, finest level 0, planes only where they are meant", () => {
    const at = { coarse: 2, column: 3, row: 4 };
    expect(blockAddress(pyramid, at)).toBe("/api/slides/0123456789abcdef/tiles/v1/0/3/4");
    expect(blockAddress(pyramid, { ...at, coarse: 0 }, { channel: 1, focalPlane: 2 })).toBe(
      "/api/slides/0123456789abcdef/tiles/v1/2/3/4?channel=1&focalPlane=2",
    );
    expect(() => levelAt(pyramid, 3)).toThrow(RangeError);
  });
});

describe("views that move together", () => {
  const units = commonUnits(0.25, 0.5);
  const alignment = { x: 120, y: -40, rotation: 15 };

  it("show the same: to follow and to lead undo each other", () => {
    const first = { x: 1000, y: 2000, scale: 0.5, rotation: 40 };
    const second = follow(first, alignment, units);
    expect(second.scale / 0.5).toBeCloseTo(first.scale / 0.25, 9);
    const back = lead(second, alignment, units);
    for (const name of ["x", "y", "scale", "rotation"] as const) expect(back[name]).toBeCloseTo(first[name], 9);
  });

  it("lie as they were dragged", () => {
    const first = { x: 1000, y: 2000, scale: 0.5, rotation: 40 };
    const second = { ...follow(first, alignment, units), x: 77, y: 99 };
    const dragged = alignmentOf(first, second, units);
    const again = follow(first, dragged, units);
    expect([again.x, again.y].map(Math.round)).toEqual([77, 99]);
    expect(dragged.rotation).toBeCloseTo(15, 9);
  });

  it("take pixels for equal where a scale is unknown", () => {
    expect(commonUnits(null, 0.25)).toEqual({ first: 1, second: 1 });
  });
});

describe("shapes", () => {
  it("measure in micrometres where the slide has a scale, else in pixels", () => {
    expect(
      measure(
        {
          type: "LineString",
          coordinates: [
            [0, 0],
            [300, 400],
          ],
        },
        0.25,
      ),
    ).toBe("125 µm");
    expect(
      measure(
        {
          type: "LineString",
          coordinates: [
            [0, 0],
            [300, 400],
          ],
        },
        null,
      ),
    ).toBe("500 px");
    expect(
      [
        SQUARE,
        {
          type: "LineString" as const,
          coordinates: [
            [0, 0],
            [1, 1],
          ] as Position[],
        },
      ].map(kindOf),
    ).toEqual(["Area", "Length"]);
    expect(measure(SQUARE, 0.5)).toBe("2,500 µm²".replace(",", ""));
    expect(measure(SQUARE, null)).toBe("10,000 px²");
  });

  it("do not count a hole, and are not hit in it", () => {
    const ring = (x: number, side: number): Position[] => [
      [x, x],
      [x + side, x],
      [x + side, x + side],
      [x, x + side],
      [x, x],
    ];
    const holed = { type: "Polygon" as const, coordinates: [ring(0, 100), ring(40, 20)] };
    expect(areaOf(holed)).toBe(100 * 100 - 20 * 20);
    expect(isHit(holed, { x: 10, y: 10 }, 1)).toBe(true);
    expect(isHit(holed, { x: 50, y: 50 }, 1)).toBe(false);
    expect(isHit(holed, { x: 130, y: 50 }, 1)).toBe(false);
  });

  it("stay closed when the corner is moved that opens and closes them", () => {
    const at = cornerAt(SQUARE, { x: 2, y: 1 }, 5);
    expect(at).not.toBeNull();
    const moved = moveCorner(SQUARE, at ?? { line: 0, corner: 0 }, [-10, -20]);
    if (moved.type !== "Polygon") throw new Error("expected a polygon");
    expect(moved.coordinates[0]?.[0]).toEqual([-10, -20]);
    expect(moved.coordinates[0]?.at(-1)).toEqual([-10, -20]);
  });

  it("keep their course when they are thinned", () => {
    const circle: Position[] = Array.from({ length: 5000 }, (_, i) => {
      const angle = (2 * Math.PI * i) / 5000;
      return [1e4 + 3000 * Math.cos(angle), 1e4 + 3000 * Math.sin(angle)];
    });
    const thin = simplify(circle, 2);
    expect(thin.length).toBeLessThan(200);
    expect(areaOf(polygonOf(thin)) / (Math.PI * 3000 ** 2)).toBeCloseTo(1, 2);
    const ring = ringFor(polygonOf(circle), 100) ?? [];
    expect(ring.length).toBeLessThanOrEqual(100);
    expect(areaOf(polygonOf(ring)) / (Math.PI * 3000 ** 2)).toBeCloseTo(1, 2);
    expect(ringFor({ type: "Point", coordinates: [1, 2] }, 100)).toBeNull();
  });

  /** Presses at each corner in turn. */
  const pressed = (tool: Tool, corners: readonly Position[]) => {
    let draft: Draft = newDraft(tool);
    for (const at of corners) {
      const { draft: next, made } = press(draft, at, 5);
      if (made !== null) return made;
      draft = release(move(next, at), at, 5).draft;
    }
    return null;
  };

  it("are whole when the first corner is pressed again, and never of two corners", () => {
    const corners: Position[] = [
      [0, 0],
      [100, 0],
      [100, 100],
    ];
    expect(pressed("polygon", [...corners, [2, 2]])).toEqual(polygonOf(corners));
    expect(
      pressed("polygon", [
        [0, 0],
        [100, 0],
        [1, 1],
      ]),
    ).toBeNull();
    expect(
      pressed("line", [
        [0, 0],
        [30, 40],
      ]),
    ).toEqual({
      type: "LineString",
      coordinates: [
        [0, 0],
        [30, 40],
      ],
    });
    expect(
      pressed("box", [
        [0, 0],
        [100, 100],
      ]),
    ).toEqual(SQUARE);
    expect(pressed("point", [[7, 8]])).toEqual({ type: "Point", coordinates: [7, 8] });
  });

  it("are drawn by dragging as well", () => {
    const held = press(newDraft("box"), [0, 0], 5).draft;
    expect(release(move(held, [100, 100]), [100, 100], 5).made).toEqual(SQUARE);
  });
});

describe("a heatmap", () => {
  it("has one pixel for each tile where tiles lie on a grid", () => {
    expect(heatGrid({ x: [512, 1024], y: [256, 768], tile: 256 })).toEqual({
      place: { x: 512, y: 256, width: 768, height: 768 },
      step: 256,
      width: 3,
      height: 3,
    });
    expect(heatGrid({ x: [0, 100], y: [0, 0], tile: 256 })?.step).toBe(64);
    expect(heatGrid({ x: [], y: [], tile: 256 })).toBeNull();
  });

  it("lists the strongest first, whichever way they pull, and leaves out the weak", () => {
    const layer = {
      name: "contribution" as const,
      meaning: "",
      scale: [-2, 2] as [number, number],
      values: [0.1, -1.5, 1],
    };
    expect(strongest(layer, 2)).toEqual([1, 2]);
    expect(layer.values.map((value) => isShown(layer, value, 0.5))).toEqual([false, true, true]);
  });
});

describe("planes", () => {
  it("give each channel a layer with a colour of its own, and leave a slide of one picture as it is", () => {
    const many = { channels: ["DAPI", "FITC", "DAPI 2"], focalPlanes: 5 };
    const view = firstView(many);
    expect(new Set(view.channels.map(({ colour }) => colour)).size).toBe(3);
    expect(layersOf(many, view).map(({ channel, focalPlane }) => [channel, focalPlane])).toEqual([
      [0, 2],
      [1, 2],
      [2, 2],
    ]);
    const one = { channels: [], focalPlanes: 1 };
    expect(layersOf(one, firstView(one))).toEqual([{ colour: null }]);
  });
});
