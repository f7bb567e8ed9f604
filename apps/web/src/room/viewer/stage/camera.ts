/**
 * Where a view of a slide stands, apart from whatever draws it. Frames: slide places are level-0 pixels, y down; screen places are
 * CSS pixels from the top left corner of the view.
 */
import type { Point, Rect } from "@nacre/core";

export interface Camera {
  /** Middle of the view, level-0 pixels. */
  readonly x: number;
  readonly y: number;
  /** Screen pixels per level-0 pixel. */
  readonly scale: number;
  /** Degrees, clockwise. */
  readonly rotation: number;
  /** Size of the view, screen pixels. */
  readonly width: number;
  readonly height: number;
}

/** Turns a direction by degrees, clockwise on the screen. */
export function turn({ x, y }: Point, degrees: number): Point {
  const angle = (degrees * Math.PI) / 180;
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return { x: c * x - s * y, y: s * x + c * y };
}

export function toScreen(camera: Camera, { x, y }: Point): Point {
  const d = turn({ x: (x - camera.x) * camera.scale, y: (y - camera.y) * camera.scale }, camera.rotation);
  return { x: camera.width / 2 + d.x, y: camera.height / 2 + d.y };
}

export function toSlide(camera: Camera, { x, y }: Point): Point {
  const d = turn({ x: x - camera.width / 2, y: y - camera.height / 2 }, -camera.rotation);
  return { x: camera.x + d.x / camera.scale, y: camera.y + d.y / camera.scale };
}

/** What a view shows, level-0 pixels. One that is turned counts as turned by the nearest quarter. */
export function viewOf({ x, y, scale, rotation, width, height }: Camera): Rect {
  const isAcross = Math.round(rotation / 90) % 2 !== 0;
  const [w, h] = isAcross ? [height / scale, width / scale] : [width / scale, height / scale];
  return { x: x - w / 2, y: y - h / 2, width: w, height: h };
}

/** From slide to screen, as an SVG transform. */
export function svgTransform({ x, y, scale, rotation, width, height }: Camera): string {
  return `translate(${width / 2} ${height / 2}) rotate(${rotation}) scale(${scale}) translate(${-x} ${-y})`;
}

/** From slide to screen, as the six numbers of a canvas transform. */
export function matrixOf(camera: Camera): readonly [number, number, number, number, number, number] {
  const along = turn({ x: camera.scale, y: 0 }, camera.rotation);
  const down = turn({ x: 0, y: camera.scale }, camera.rotation);
  const origin = toScreen(camera, { x: 0, y: 0 });
  return [along.x, along.y, down.x, down.y, origin.x, origin.y];
}

/** Micrometres of one screen pixel; null where the slide has no scale. */
export function micronsPerPixel({ scale }: Camera, mpp: number | null): number | null {
  return mpp === null ? null : mpp / scale;
}

/** What a microscope would be set to: 10 divided by the micrometres of a screen pixel (0.25 is ×40). Display only. */
export const magnificationOf = (micronsAPixel: number): number => 10 / micronsAPixel;

/** The scale of a view at a magnification, or, without a scale, at a share of full size. */
export function scaleAt(magnification: number, mpp: number | null): number {
  return mpp === null ? magnification / 40 : (magnification * mpp) / 10;
}

export interface BarLength {
  /** Screen pixels. */
  readonly pixels: number;
  readonly text: string;
}

/** The longest bar of a 1-2-5 length that is no longer than `most` screen pixels. Without a scale its length is told in slide pixels. */
export function scaleBar(camera: Camera, mpp: number | null, most: number): BarLength {
  const unit = mpp ?? 1;
  const longest = (most / camera.scale) * unit;
  const power = 10 ** Math.floor(Math.log10(longest));
  const step = [5, 2, 1].find((n) => n * power <= longest * (1 + 1e-9)) ?? 1;
  const length = step * power;
  return { pixels: (length / unit) * camera.scale, text: mpp === null ? `${plain(length)} px` : writeMicrons(length) };
}

const plain = (value: number): string =>
  value.toLocaleString("en-GB", { maximumSignificantDigits: 4, useGrouping: value >= 10_000 });

/** A length in the unit that keeps it readable. */
export function writeMicrons(length: number): string {
  if (length >= 1000) return `${plain(length / 1000)} mm`;
  return length >= 1 || length === 0 ? `${plain(length)} µm` : `${plain(length * 1000)} nm`;
}

/** A length on the slide, level-0 pixels: in micrometres, or in pixels where the scale is unknown. */
export function writeLength(pixels: number, mpp: number | null): string {
  return mpp === null ? `${plain(pixels)} px` : writeMicrons(pixels * mpp);
}

/** An area on the slide, level-0 square pixels. */
export function writeArea(pixels: number, mpp: number | null): string {
  if (mpp === null) return `${plain(pixels)} px²`;
  const square = pixels * mpp * mpp;
  return square >= 1e4 ? `${plain(square / 1e6)} mm²` : `${plain(square)} µm²`;
}
