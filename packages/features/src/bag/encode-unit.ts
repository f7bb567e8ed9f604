/**
 * Encodes units of tiles, one after the other, keeping the last slide and encoder open. Memory is one batch of tiles, whatever the
 * size of the slide. A tile that cannot be read fails its slide: a bag with a hole, or with a black tile in it, is worse than none.
 */
import { type Failure, type Mpp, type Outcome, raise, unwrap } from "@nacre/core";
import type { Raster, Slide } from "@nacre/imaging";
import { openSlideFile } from "@nacre/imaging/node";
import type { Encoder } from "../encoder/encoder.ts";
import { BATCH } from "../encoder/onnx-encoder.ts";
import { openPlaced } from "../encoder/open-encoder.ts";
import { colourOptions, recolourer } from "./tile-colour.ts";
import type { Unit, UnitSource } from "./unit.ts";

export interface UnitEncoder {
  /** Features of the unit's tiles [n, dim]. Throws FailureError. */
  encode(unit: Unit): Promise<Float32Array<ArrayBuffer>>;
  close(): Promise<void>;
}

export function unitEncoder(): UnitEncoder {
  const slides = lastOpened<Slide>((slide) => slide.close());
  const encoders = lastOpened<Encoder>((encoder) => encoder.close());
  return {
    async encode(unit) {
      const slide = await slides.open(slideKey(unit.source), () => openSlide(unit.source));
      const encoder = await encoders.open(encoderKey(unit.source), () =>
        openPlaced(unit.source.encoder, { size: unit.source.size }),
      );
      return encodePlaces(unit, slide, encoder);
    },
    async close() {
      await slides.close();
      await encoders.close();
    },
  };
}

const slideKey = (source: UnitSource): string => `${source.slide}\n${source.slideMpp}\n${source.colour?.icc === true}`;
const encoderKey = ({ encoder, size }: UnitSource): string => `${encoder.folder}\n${encoder.info.identity}\n${size}`;

function openSlide({ slide, slideMpp, colour }: UnitSource): Promise<Outcome<Slide>> {
  return openSlideFile(slide, { ...(slideMpp === null ? {} : { mpp: slideMpp }), ...colourOptions(colour) });
}

async function encodePlaces(unit: Unit, slide: Slide, encoder: Encoder): Promise<Float32Array<ArrayBuffer>> {
  const n = unit.x.length;
  const features = new Float32Array(n * encoder.card.dim);
  const recolour = recolourer(unit.source.colour);
  const rooms = Array.from({ length: Math.min(n, BATCH) }, () => new Uint8Array(3 * unit.source.size ** 2));
  for (let from = 0; from < n; from += BATCH) {
    if (Atomics.load(unit.stop, 0) !== 0) throw new DOMException("the work is no longer wanted", "AbortError");
    const tiles: Raster[] = [];
    for (let i = from; i < Math.min(n, from + BATCH); i++) {
      tiles.push(recolour(await readTile(unit, slide, i, rooms[i - from] as Uint8Array)));
    }
    features.set(await encoder.encode(tiles), from * encoder.card.dim);
  }
  return features;
}

async function readTile({ source, x, y }: Unit, slide: Slide, i: number, into: Uint8Array): Promise<Raster> {
  const place = { x: x[i] as number, y: y[i] as number, width: source.size, height: source.size, into };
  const tile = await slide.readAt(source.mpp as Mpp, place);
  if (tile.ok) return tile.value;
  const { kind, expected, received, remedy } = tile.failure;
  return raise(kind, { expected, received: `${received} (tile at ${place.x}, ${place.y})`, remedy } satisfies Omit<
    Failure,
    "kind"
  >);
}

/** Holds the thing opened last. A failed opening is not remembered: the file may be mended. */
function lastOpened<T>(closeOne: (value: T) => void | Promise<void>) {
  let held: { key: string; value: T } | null = null;
  const close = async (): Promise<void> => {
    const old = held;
    held = null;
    if (old !== null) await closeOne(old.value);
  };
  return {
    close,
    async open(key: string, make: () => Promise<Outcome<T>>): Promise<T> {
      if (held !== null && held.key === key) return held.value;
      await close();
      const value = unwrap(await make());
      held = { key, value };
      return value;
    },
  };
}
