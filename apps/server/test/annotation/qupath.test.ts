import { randomUUID } from "node:crypto";
import type { Annotation, Geometry } from "@nacre/api";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromQuPath } from "../../src/annotation/from-qupath.ts";
import { closed, toQuPath } from "../../src/annotation/to-qupath.ts";

const square = [
  [0, 0],
  [10, 0],
  [10, 10],
  [0, 10],
  [0, 0],
] as [number, number][];
const annotation = (more: Partial<Annotation> = {}): Annotation => ({
  id: randomUUID(),
  slide: "0123456789abcdef",
  geometry: { type: "Polygon", coordinates: [square] },
  name: "Tumour",
  colour: [200, 0, 0],
  note: "",
  author: "Dr. Reader",
  version: 3,
  created: "2026-03-01T08:00:00.000Z",
  updated: "2026-03-01T09:00:00.000Z",
  ...more,
});
const collection = (...features: object[]) => ({ type: "FeatureCollection", features });
const feature = (more: object = {}, properties: object = {}) => ({
  type: "Feature",
  geometry: { type: "Polygon", coordinates: [square] },
  properties,
  ...more,
});

describe("annotations that QuPath is given", () => {
  test("are a collection of features that say they are annotations", () => {
    const [made] = toQuPath([annotation({ note: "Edge\nsecond line" })]).features;
    expect(made).toMatchObject({
      type: "Feature",
      properties: {
        objectType: "annotation",
        name: "Edge",
        isLocked: false,
        classification: { name: "Tumour", color: [200, 0, 0] },
      },
    });
    expect(made?.properties.metadata.ANNOTATION_DESCRIPTION).toBe("Edge\nsecond line");
  });

  test("have closed rings, and a MultiPolygon of one is that polygon", () => {
    expect(closed({ type: "Polygon", coordinates: [square.slice(0, 4)] })).toEqual({
      type: "Polygon",
      coordinates: [square],
    });
    expect(closed({ type: "MultiPolygon", coordinates: [[square]] }).type).toBe("Polygon");
  });

  test("come back as they went: shape, class, colour, note and id", () => {
    const number = fc.integer({ min: -1e6, max: 1e6 }).map((x) => x / 8);
    const corner = fc.tuple(number, number);
    const ring = fc.array(corner, { minLength: 3, maxLength: 9 }).map((r) => [...r, r[0]] as [number, number][]);
    const geometry: fc.Arbitrary<Geometry> = fc.oneof(
      corner.map((coordinates) => ({ type: "Point" as const, coordinates })),
      fc
        .array(corner, { minLength: 1, maxLength: 5 })
        .map((coordinates) => ({ type: "MultiPoint" as const, coordinates })),
      fc
        .array(corner, { minLength: 2, maxLength: 5 })
        .map((coordinates) => ({ type: "LineString" as const, coordinates })),
      fc.array(ring, { minLength: 1, maxLength: 3 }).map((coordinates) => ({ type: "Polygon" as const, coordinates })),
      fc
        .array(fc.array(ring, { minLength: 1, maxLength: 2 }), { minLength: 2, maxLength: 3 })
        .map((coordinates) => ({ type: "MultiPolygon" as const, coordinates })),
    );
    const colour = fc.tuple(
      ...([0, 0, 0].map(() => fc.integer({ min: 0, max: 255 })) as [
        fc.Arbitrary<number>,
        fc.Arbitrary<number>,
        fc.Arbitrary<number>,
      ]),
    );
    fc.assert(
      fc.property(
        geometry,
        colour,
        fc.string({ maxLength: 200 }),
        fc.string({ minLength: 1, maxLength: 50 }),
        (shape, rgb, note, name) => {
          const given = annotation({ geometry: shape, colour: rgb, note, name });
          const { annotations, left } = fromQuPath(JSON.parse(JSON.stringify(toQuPath([given]))));
          expect(left).toEqual([]);
          expect(annotations).toEqual([{ id: given.id, geometry: shape, name, colour: rgb, note }]);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe("annotations out of QuPath's dialects", () => {
  test("0.2: the id says what it is, the colour is one signed number, measurements are a list", () => {
    const old = feature(
      { id: "PathAnnotationObject" },
      { classification: { name: "Tumor", colorRGB: -3670016 }, isLocked: false, measurements: [] },
    );
    expect(fromQuPath(collection(old))).toEqual({
      annotations: [
        {
          id: null,
          geometry: { type: "Polygon", coordinates: [square] },
          name: "Tumor",
          colour: [200, 0, 0],
          note: "",
        },
      ],
      left: [],
    });
  });

  test("0.3: `object_type`; 0.4 and later: `objectType`, `names`, `color`, measurements as an object, ellipses", () => {
    const id = randomUUID();
    const three = feature({ id }, { object_type: "annotation", name: "here" });
    const six = feature(
      { geometry: { type: "Polygon", coordinates: [square], isEllipse: true, plane: { c: -1, z: 0, t: 0 } } },
      {
        objectType: "annotation",
        classification: { names: ["Tumor", "Positive"], color: [1, 2, 3] },
        measurements: { "Area µm^2": 3 },
      },
    );
    const { annotations, left } = fromQuPath(collection(three, six));
    expect(annotations.map(({ id: kept, name, colour, note }) => [kept, name, colour, note])).toEqual([
      [id, null, null, "here"],
      [null, "Tumor: Positive", [1, 2, 3], ""],
    ]);
    expect(left).toEqual([
      "1 × ellipse: taken as the polygon that the file holds beside it",
      "1 × annotation with measurements: taken without them",
    ]);
  });

  test("what a machine found is left, counted and named", () => {
    const { annotations, left } = fromQuPath(
      collection(
        feature({}, { objectType: "cell" }),
        feature({ id: "PathDetectionObject" }),
        feature({}, { object_type: "cell" }),
      ),
    );
    expect(annotations).toEqual([]);
    expect(left).toEqual([
      "2 × cell: only annotations, which a person makes, are taken",
      "1 × detection: only annotations, which a person makes, are taken",
    ]);
  });

  test("another plane, another geometry and broken features are named, and do not lose the others", () => {
    const { annotations, left } = fromQuPath(
      collection(
        feature({ geometry: { type: "Polygon", coordinates: [square], plane: { z: 2, t: 0 } } }),
        feature({ geometry: { type: "MultiLineString", coordinates: [square] } }),
        feature({ geometry: { type: "Polygon", coordinates: [["a"]] } }),
        { type: "Nonsense" },
        feature(),
      ),
    );
    expect(annotations).toHaveLength(1);
    expect(left).toHaveLength(4);
    expect(left.join("; ")).toMatch(/focal plane.*MultiLineString.*coordinates that are none.*none of GeoJSON/);
  });

  test("a third number of a corner is left, and open rings are closed", () => {
    const { annotations } = fromQuPath(
      feature({ geometry: { type: "Polygon", coordinates: [square.slice(0, 4).map(([x, y]) => [x, y, 0])] } }),
    );
    expect(annotations[0]?.geometry).toEqual({ type: "Polygon", coordinates: [square] });
  });
});
