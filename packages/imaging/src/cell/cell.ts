/** One nucleus or cell found on a picture, and how parts of a mask become cells. */
import type { Point, Polygon, Rect, Ring } from "@nacre/core";
import { signedArea, tissuePolygons } from "../tissue/polygon.ts";
import type { Parts } from "./split-touching.ts";

export type CellKind = "nucleus" | "white-cell" | "red-cell" | "platelet";

/** Places are in the pixels of the picture it was found on: level 0 where it was found on a slide. */
export interface Cell {
  readonly kind: CellKind;
  readonly box: Rect;
  readonly centre: Point;
  readonly areaMicrons2: number;
  readonly outline: Ring;
  /** Whether it reaches the border of what was looked at, and so may be cut. */
  readonly isCut: boolean;
}

/** Parts whose area lies between the two limits (square micrometres), as cells. */
export function cellsOfParts(
  parts: Parts,
  size: { readonly width: number; readonly height: number; readonly mpp: number },
  kind: CellKind,
  [least, most]: readonly [number, number],
): Cell[] {
  const { width, height, mpp } = size;
  const found = measure(parts, width);
  return found.flatMap((part, i): Cell[] => {
    const areaMicrons2 = part.n * mpp ** 2;
    if (areaMicrons2 < least || areaMicrons2 > most) return [];
    const box = {
      x: part.left,
      y: part.top,
      width: part.right - part.left + 1,
      height: part.bottom - part.top + 1,
    };
    const isCut = part.left === 0 || part.top === 0 || part.right === width - 1 || part.bottom === height - 1;
    const centre = { x: part.sumX / part.n + 0.5, y: part.sumY / part.n + 0.5 };
    return [{ kind, box, centre, areaMicrons2, outline: outlineOf(parts.labels, width, box, i + 1), isCut }];
  });
}

function measure({ labels, count }: Parts, width: number) {
  const found = Array.from({ length: count }, () => ({
    n: 0,
    sumX: 0,
    sumY: 0,
    left: width,
    right: -1,
    top: labels.length,
    bottom: -1,
  }));
  for (let i = 0; i < labels.length; i++) {
    const part = found[(labels[i] as number) - 1];
    if (part === undefined) continue;
    const x = i % width;
    const y = (i - x) / width;
    part.n++;
    part.sumX += x;
    part.sumY += y;
    part.left = Math.min(part.left, x);
    part.right = Math.max(part.right, x);
    part.top = Math.min(part.top, y);
    part.bottom = Math.max(part.bottom, y);
  }
  return found;
}

/** The outer ring of the largest piece of a label. */
function outlineOf(labels: Int32Array, width: number, box: Rect, label: number): Ring {
  const mask = new Uint8Array(box.width * box.height);
  for (let y = 0; y < box.height; y++) {
    for (let x = 0; x < box.width; x++) {
      if (labels[(box.y + y) * width + box.x + x] === label) mask[y * box.width + x] = 1;
    }
  }
  const polygons = tissuePolygons({ width: box.width, height: box.height, mask, downsample: 1 });
  const area = (p: Polygon): number => signedArea(p.outer);
  const largest = polygons.reduce((a, b) => (area(b) > area(a) ? b : a));
  return largest.outer.map(({ x, y }) => ({ x: x + box.x, y: y + box.y }));
}

/** The same cell on a picture `scale` times as large whose corner lies at x, y. */
export function placed(cell: Cell, scale: number, x: number, y: number): Cell {
  const at = (p: Point): Point => ({ x: x + scale * p.x, y: y + scale * p.y });
  const { box } = cell;
  return {
    ...cell,
    box: { ...at(box), width: box.width * scale, height: box.height * scale },
    centre: at(cell.centre),
    outline: cell.outline.map(at),
  };
}
