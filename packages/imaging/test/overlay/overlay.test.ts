import { describe, expect, it } from "vitest";
import { blankRaster, colourOf, drawHeatmap, type HeatmapOptions, tilesGeoJson } from "../../src/index.ts";

const signed: HeatmapOptions = { scale: 2, kind: "signed" };
const sequential: HeatmapOptions = { scale: 2, kind: "sequential" };
const places = { x: Int32Array.of(0, 160, 320), y: Int32Array.of(0, 0, 160), side: 160 };

/** Light given off, 0..1 (gamma 2.2). */
const luminance = ([r, g, b]: readonly number[]): number =>
  0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
const linear = (v: number | undefined): number => ((v as number) / 255) ** 2.2;

describe("colourOf", () => {
  it("a signed scale is blue below, nearly white at zero and red above", () => {
    const [low, zero, high] = [colourOf(-2, signed), colourOf(0, signed), colourOf(2, signed)];
    expect(low[2]).toBeGreaterThan(low[0] + 100);
    expect(high[0]).toBeGreaterThan(high[2] + 100);
    expect(Math.min(...zero)).toBeGreaterThan(240);
  });

  it("both ends of a signed scale are equally strong", () => {
    expect(Math.abs(luminance(colourOf(-2, signed)) - luminance(colourOf(2, signed)))).toBeLessThan(0.05);
  });

  it("a sequential scale grows lighter all the way", () => {
    const steps = Array.from({ length: 41 }, (_, i) => luminance(colourOf(i / 20, sequential)));
    expect(steps.every((v, i) => i === 0 || v > (steps[i - 1] as number))).toBe(true);
  });

  it("values beyond the scale take the colour of its end", () => {
    expect(colourOf(99, signed)).toEqual(colourOf(2, signed));
    expect(colourOf(-1, sequential)).toEqual(colourOf(0, sequential));
  });

  it("refuses NaN and a scale that is not above zero", () => {
    expect(() => colourOf(Number.NaN, signed)).toThrow(RangeError);
    expect(() => colourOf(1, { ...signed, scale: 0 })).toThrow(RangeError);
  });
});

describe("drawHeatmap", () => {
  const thumb = { ...blankRaster(30, 20), data: new Uint8Array(1800).fill(200) };
  const pixel = (r: { data: Uint8Array }, x: number, y: number): number[] => [
    ...r.data.subarray((y * 30 + x) * 3, (y * 30 + x) * 3 + 3),
  ];

  it("paints the tiles, leaves the rest and the given thumbnail alone", () => {
    const drawn = drawHeatmap(thumb, 16, places, Float32Array.of(2, -2, 0.5), signed);
    expect(pixel(drawn, 5, 15)).toEqual([200, 200, 200]);
    expect(pixel(drawn, 5, 5)[0]).toBeGreaterThan(pixel(drawn, 5, 5)[2] as number);
    expect(pixel(drawn, 15, 5)[2]).toBeGreaterThan(pixel(drawn, 15, 5)[0] as number);
    expect(thumb.data.every((v) => v === 200)).toBe(true);
  });

  it("a tile that contributes nothing looks like the tissue under it", () => {
    const drawn = drawHeatmap(thumb, 16, places, Float32Array.of(0, 0, 0), signed);
    expect([...drawn.data]).toEqual([...thumb.data]);
  });

  it("the same value has the same colour whatever else the slide holds", () => {
    const calm = drawHeatmap(thumb, 16, places, Float32Array.of(0.2, 0, 0), signed);
    const loud = drawHeatmap(thumb, 16, places, Float32Array.of(0.2, 2, -2), signed);
    expect(pixel(calm, 3, 3)).toEqual(pixel(loud, 3, 3));
  });

  it("averages where tiles overlap", () => {
    const twice = { x: Int32Array.of(0, 0), y: Int32Array.of(0, 0), side: 160 };
    const once = { x: Int32Array.of(0), y: Int32Array.of(0), side: 160 };
    const both = drawHeatmap(thumb, 16, twice, Float32Array.of(0.5, 1.5), sequential);
    expect([...both.data]).toEqual([...drawHeatmap(thumb, 16, once, Float32Array.of(1), sequential).data]);
  });

  it("a tile smaller than a pixel of the thumbnail is still drawn, and one at the edge stays inside", () => {
    const tiny = { x: Int32Array.of(479, 100), y: Int32Array.of(319, 100), side: 1 };
    const drawn = drawHeatmap(thumb, 16, tiny, Float32Array.of(2, 2), signed);
    expect(pixel(drawn, 29, 19)).not.toEqual([200, 200, 200]);
    expect(pixel(drawn, 6, 6)).not.toEqual([200, 200, 200]);
  });

  it("refuses NaN and a wrong number of values", () => {
    expect(() => drawHeatmap(thumb, 16, places, Float32Array.of(1, Number.NaN, 1), signed)).toThrow(/tile 1/);
    expect(() => drawHeatmap(thumb, 16, places, Float32Array.of(1), signed)).toThrow(RangeError);
  });
});

describe("tilesGeoJson", () => {
  it("writes one detection a tile with a closed ring and its measurements", () => {
    const text = tilesGeoJson(places, {
      attention: Float32Array.of(0.1, 0.2, 0.7),
      contribution: Float32Array.of(-1, 0, 1),
    });
    const parsed = JSON.parse(text);
    expect(parsed.features).toHaveLength(3);
    expect(parsed.features[1]).toEqual({
      type: "Feature",
      geometry: {
        type: "Polygon",
        coordinates: [
          [
            [160, 0],
            [320, 0],
            [320, 160],
            [160, 160],
            [160, 0],
          ],
        ],
      },
      properties: {
        objectType: "detection",
        attention: 0.2,
        contribution: 0,
        measurements: { attention: 0.2, contribution: 0 },
      },
    });
  });

  it("keeps every float32 as it was", () => {
    const values = Float32Array.of(Math.PI * 1e-6, 1 / 3, 123456.7);
    const { features } = JSON.parse(tilesGeoJson(places, { attention: values }));
    const read = Float32Array.from(features, (f: { properties: { attention: number } }) => f.properties.attention);
    values.forEach((v, i) => {
      expect(Math.abs((read[i] as number) - v)).toBeLessThanOrEqual(Math.abs(v) * 2 ** -23);
    });
  });

  it("refuses what JSON cannot hold, and a column of another length", () => {
    expect(() => tilesGeoJson(places, { attention: Float32Array.of(1, Number.NaN, 1) })).toThrow(
      /attention for tile 1/,
    );
    expect(() => tilesGeoJson(places, { attention: Float32Array.of(1) })).toThrow(RangeError);
  });
});
