/** Shapes as SVG paths and on a canvas, in level-0 pixels. */
import type { Annotation, Geometry } from "@nacre/api";
import { PLAIN } from "./classes.data.ts";
import { type Corners, isArea, linesOf } from "./shape.ts";

/** A line's path. A single corner is a line of no length: with round ends it is drawn as a dot. */
export function linePath(corners: Corners): string {
  if (corners.length === 1) return `M${corners[0]?.join(" ")}h0`;
  return corners.map(([x, y], i) => `${i === 0 ? "M" : "L"}${x} ${y}`).join("");
}

export const pathOf = (geometry: Geometry): string => linesOf(geometry).map(linePath).join("");

export const isDot = ({ type }: Geometry): boolean => type === "Point" || type === "MultiPoint";

export function colourOf({ colour }: Pick<Annotation, "colour">): string {
  return `rgb(${(colour ?? PLAIN).join(" ")})`;
}

export interface DrawnShape {
  readonly path: Path2D;
  readonly colour: string;
  readonly isArea: boolean;
  readonly isDot: boolean;
}

export function shapeOf(row: Pick<Annotation, "geometry" | "colour">): DrawnShape {
  const { geometry } = row;
  return {
    path: new Path2D(pathOf(geometry)),
    colour: colourOf(row),
    isArea: isArea(geometry),
    isDot: isDot(geometry),
  };
}

/** Draws a shape; lines keep their width on the screen. `scale`: screen pixels per level-0 pixel. */
export function drawShape(context: CanvasRenderingContext2D, shape: DrawnShape, scale: number): void {
  context.lineCap = "round";
  context.lineJoin = "round";
  context.strokeStyle = shape.colour;
  context.lineWidth = (shape.isDot ? 9 : 2) / scale;
  if (shape.isArea) {
    context.fillStyle = shape.colour;
    context.globalAlpha = 0.1;
    context.fill(shape.path, "evenodd");
    context.globalAlpha = 1;
  }
  context.stroke(shape.path);
}
