/** One door to all encoders: a registry name, or a folder with encoder.json. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { attempt, fail, type Outcome, ok } from "@nacre/core";
import type { EncoderCard } from "./card.ts";
import type { Encoder } from "./encoder.ts";
import { type EncoderPlace, findEncoder } from "./encoder-folder.ts";
import { openOnnx } from "./onnx-encoder.ts";
import { builtIn } from "./registry.ts";

export interface OpenEncoderOptions {
  /** Side of the tiles in pixels, for encoders that take any; ignored by the others. Default 224. */
  readonly size?: number;
  /** Threads of ONNX Runtime. Default 1: many workers with one thread each beat the opposite. */
  readonly threads?: number;
}

/** Opens an encoder and proves its contract. Fails with `bad-encoder`, `encoder-mismatch` (impossible size) or `no-permission`. */
export async function openEncoder(nameOrFolder: string, options: OpenEncoderOptions = {}): Promise<Outcome<Encoder>> {
  const place = await findEncoder(nameOrFolder);
  return place.ok ? openPlaced(place.value, options) : place;
}

/** Opens an encoder whose folder was checked before. */
export async function openPlaced(place: EncoderPlace, options: OpenEncoderOptions = {}): Promise<Outcome<Encoder>> {
  const { size = 224, threads = 1 } = options;
  if (place.folder === null) return openBuiltIn(place.info.name, size);
  const card = place.card as EncoderCard;
  return attempt(async () => openOnnx(await readFile(join(place.folder as string, card.file)), card, threads));
}

function openBuiltIn(name: string, size: number): Outcome<Encoder> {
  try {
    return ok((builtIn(name) as NonNullable<ReturnType<typeof builtIn>>).open(size));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return fail("encoder-mismatch", {
      expected: `a tile size ${name} can work with`,
      received: error.message,
      remedy: "set tiles.size to 224",
    });
  }
}
