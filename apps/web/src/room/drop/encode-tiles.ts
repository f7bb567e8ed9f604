/** Tiles of a dropped slide as texture features: a stretch of them at a time, by whichever worker is free. A tile's features do not depend on who makes them. */
import { fail, type Mpp, type Outcome, ok } from "@nacre/core";
import { openTexture } from "@nacre/features";
import type { Raster, Slide } from "@nacre/imaging";

/** Where tiles lie: x, y in level-0 pixels. */
export interface TilePlaces {
  readonly mpp: number;
  /** Side in pixels at `mpp`. */
  readonly size: number;
  readonly x: Int32Array;
  readonly y: Int32Array;
}

/** Tiles that are encoded at once. */
export const BATCH = 16;
/** Workers beside the one that asks: more only wait for the disk, and each holds a decoder. */
const MOST = 6;

export type EncodeAsk =
  | { readonly kind: "open"; readonly files: readonly File[]; readonly mpp: number | null }
  | { readonly kind: "encode"; readonly places: TilePlaces; readonly from: number };

export interface EncodeReply {
  readonly from: number;
  readonly features: Outcome<Float32Array>;
}

export function readPlace(slide: Slide, { mpp, size, x, y }: TilePlaces, i: number): Promise<Outcome<Raster>> {
  return slide.readAt(mpp as Mpp, { x: x[i] as number, y: y[i] as number, width: size, height: size });
}

/** Features [n, d] of all the places. Fails as reading does. */
export async function encodePlaces(slide: Slide, places: TilePlaces): Promise<Outcome<Float32Array>> {
  const batch: Raster[] = [];
  for (let i = 0; i < places.x.length; i++) {
    const tile = await readPlace(slide, places, i);
    if (!tile.ok) return tile;
    batch.push(tile.value);
  }
  return ok(await openTexture(places.size).encode(batch));
}

/** How many workers encode `n` tiles where the machine has so many cores: none beside the asking one where they would not pay. */
const helpersFor = (n: number, cores: number): number =>
  n < 4 * BATCH || cores < 3 ? 0 : Math.min(MOST, cores - 1, Math.ceil(n / (2 * BATCH)));

const slice = ({ x, y, ...rest }: TilePlaces, from: number): TilePlaces => ({
  ...rest,
  x: x.slice(from, from + BATCH),
  y: y.slice(from, from + BATCH),
});

export interface EncodeAll {
  readonly slide: Slide;
  readonly files: readonly File[];
  readonly mpp: number | null;
  readonly places: TilePlaces;
  readonly cores: number;
  readonly tell: (done: number) => void;
}

/** Features [n, d] of all tiles, in their order. Fails as the first stretch that fails. */
export async function encodeAll({ slide, files, mpp, places, cores, tell }: EncodeAll): Promise<Outcome<Float32Array>> {
  const n = places.x.length;
  const d = openTexture(places.size).card.dim;
  const features = new Float32Array(n * d);
  let next = 0;
  let done = 0;
  const take = async (encode: (from: number) => Promise<Outcome<Float32Array>>): Promise<Outcome<null>> => {
    while (next < n) {
      const from = next;
      next += BATCH;
      const made = await encode(from);
      if (!made.ok) return made;
      features.set(made.value, from * d);
      done += made.value.length / d;
      tell(done);
    }
    return ok(null);
  };
  const helpers = Array.from({ length: helpersFor(n, cores) }, () => newHelper(files, mpp));
  try {
    const ends = await Promise.all(
      helpers.length === 0
        ? [take((from) => encodePlaces(slide, slice(places, from)))]
        : helpers.map((helper) => take((from) => helper.encode(slice(places, from), from))),
    );
    return ends.find((end) => !end.ok) ?? ok(features);
  } finally {
    for (const helper of helpers) helper.end();
  }
}

function newHelper(files: readonly File[], mpp: number | null) {
  const worker = new Worker(new URL("./encode-worker.ts", import.meta.url), { type: "module" });
  const post = (ask: EncodeAsk): void => worker.postMessage(ask);
  post({ kind: "open", files, mpp });
  return {
    encode: (places: TilePlaces, from: number): Promise<Outcome<Float32Array>> =>
      new Promise((settle) => {
        worker.onerror = ({ message }) => settle(died(message));
        worker.onmessage = ({ data }: MessageEvent<EncodeReply>) => {
          if (data.from === from) settle(data.features);
        };
        post({ kind: "encode", places, from });
      }),
    end: () => worker.terminate(),
  };
}

const died = (message: string): Outcome<never> =>
  fail("internal", {
    expected: "a worker that encodes",
    received: message || "an error without a message",
    remedy: "close other pages that need memory, and drop the slide again",
  });
