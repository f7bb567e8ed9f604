/**
 * Chosen places: rows by index, single values by index, the largest values, and the adding back of parts where they came
 * from. Indices are int64 and carry no gradient; where one is named twice the gradients of both add up.
 */
import { axisOf, sameShape } from "../shape.ts";
import { type Dim, integers, operator, operators, shapeText, type Tensor } from "../tensor.ts";
import { cast, equal } from "./compare.ts";
import { zerosLike } from "./select.ts";
import { unsqueeze } from "./shape.ts";
import { expandLike } from "./sum.ts";

/** Rows (or columns, ...) at `indices`, int64, scalar or [k], along an axis; a scalar takes the axis out. */
export function gather(x: Tensor, indices: Tensor, axis = 0): Tensor {
  const at = axisOf(axis, x.shape.length);
  if (indices.shape.length > 1) {
    throw new RangeError(`expected indices of one axis or none, received shape ${shapeText(indices.shape)}`);
  }
  const shape = [...x.shape.slice(0, at), ...indices.shape, ...x.shape.slice(at + 1)];
  return operator(
    "Gather",
    [x, indices],
    { shape, dtype: x.dtype },
    {
      attributes: { axis: at },
      pullbacks: [
        (g) => {
          const isScalar = indices.shape.length === 0;
          const rows = isScalar ? unsqueeze(g, [at]) : g;
          const list = isScalar ? unsqueeze(indices, [0]) : indices;
          const others = rows.shape.map((_, i) => i).filter((i) => i !== at);
          return scatterAdd(rows, expandLike(unsqueeze(list, others), rows), x, at);
        },
        null,
      ],
    },
  );
}

export interface TopK {
  readonly values: Tensor;
  /** int64, the places of the values along the axis. */
  readonly indices: Tensor;
}

export interface TopKOptions {
  readonly axis?: number;
  /** Smallest values instead of largest. */
  readonly smallest?: boolean;
  /** Name of the axis afterwards, where k is a tensor. */
  readonly dim?: Dim;
}

/** The k largest values along an axis, sorted; of equal values the first ones. k is a number or int64 [1]. */
export function topK(
  x: Tensor,
  k: number | Tensor,
  { axis = -1, smallest = false, dim = "k" }: TopKOptions = {},
): TopK {
  const at = axisOf(axis, x.shape.length);
  const length = typeof k === "number" ? k : dim;
  const shape = x.shape.map((d, i) => (i === at ? length : d));
  const places = typeof k === "number" ? integers([k]) : k;
  const results = [
    { shape, dtype: x.dtype },
    { shape, dtype: "int64" },
  ] as const;
  const [values, indices] = operators("TopK", [x, places], results, {
    attributes: { axis: at, largest: smallest ? 0 : 1, sorted: 1 },
    pullbacks: [(g) => scatterAdd(g, indices, x, at), null],
  }) as [Tensor, Tensor];
  return { values, indices };
}

/** Single values along an axis: y[.., i, ..] = x[.., indices[.., i, ..], ..]; int64 indices, as long as x on all other axes. */
export function gatherElements(x: Tensor, indices: Tensor, axis = -1): Tensor {
  const at = checkPlaces(x, indices, axis);
  return operator(
    "GatherElements",
    [x, indices],
    { shape: indices.shape, dtype: x.dtype },
    { attributes: { axis: at }, pullbacks: [(g) => scatterAdd(g, indices, x, at), null] },
  );
}

/** Zeros in the shape of `like`, to which `parts` are added at `places` (int64, of the shape of `parts`) along an axis. */
export function scatterAdd(parts: Tensor, places: Tensor, like: Tensor, axis = 0): Tensor {
  const at = checkPlaces(like, places, axis);
  return operator("ScatterElements", [zerosLike(like), places, parts], like, {
    attributes: { axis: at, reduction: "add" },
    pullbacks: [null, null, (g) => gatherElements(g, places, at)],
  });
}

/** Ones at the places that whole numbers in [0, k) name, zeros elsewhere, along a new last axis: [...] -> [..., k]. */
export function oneHot(indices: Tensor, k: number, dtype: "float32" | "float64" = "float32"): Tensor {
  const places = integers(Array.from({ length: k }, (_, i) => i));
  return cast(equal(unsqueeze(indices, [-1]), places), dtype);
}

/** Place of the largest value along an axis, which is taken out; the first of equal ones. int64 */
export function argMax(x: Tensor, axis = -1): Tensor {
  const at = axisOf(axis, x.shape.length);
  const shape = x.shape.filter((_, i) => i !== at);
  return operator("ArgMax", [x], { shape, dtype: "int64" }, { attributes: { axis: at, keepdims: 0 } });
}

function checkPlaces(x: Tensor, places: Tensor, axis: number): number {
  const at = axisOf(axis, x.shape.length);
  const others = (t: Tensor) => t.shape.filter((_, i) => i !== at);
  if (places.shape.length === x.shape.length && sameShape(others(places), others(x))) return at;
  throw new RangeError(
    `expected places of the shape ${shapeText(x.shape)} but for axis ${at}, received ${shapeText(places.shape)}`,
  );
}
