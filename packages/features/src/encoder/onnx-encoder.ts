/**
 * An ONNX file as an Encoder: float32 [n, 3, size, size] in, float32 [n, dim] out. Tiles run in batches of 8 at most, through one
 * input array that is filled again and again. Opening runs one blank tile, so that a card which promises the wrong output or
 * dimension is found before the first slide is read.
 */
import { type FailureError, isFailureError, nearestName, raise } from "@nacre/core";
import type { Session } from "@nacre/graph";
import { openSession } from "@nacre/graph/node";
import type { Raster } from "@nacre/imaging";
import type { EncoderCard } from "./card.ts";
import { type Encoder, spaceOf } from "./encoder.ts";
import { identityOf } from "./identity.ts";
import { type PlaneRoom, planeRoom } from "./pixels.ts";

export const BATCH = 8;

/** Opens the bytes of an ONNX file under its card. Throws FailureError `bad-encoder`. */
export async function openOnnx(model: Uint8Array, card: EncoderCard, threads: number): Promise<Encoder> {
  const session = await openSession(model, { threads }).catch((error: unknown) => raiseBadEncoder(error, card));
  const encoder = new OnnxEncoder(session, card);
  try {
    checkNames(session, card);
    await encoder.encode([blankTile(card.size)]).catch((error: unknown) => raiseBadEncoder(error, card));
    return encoder;
  } catch (error) {
    await encoder.close();
    throw error;
  }
}

class OnnxEncoder implements Encoder {
  readonly card: Encoder["card"];
  readonly space: string;
  readonly #session: Session;
  readonly #output: string;
  readonly #room: PlaneRoom;

  constructor(session: Session, card: EncoderCard) {
    const { name, dim, size, mpp, licence, source, sha256 } = card;
    this.card = { name, dim, size, mpp, licence, source, sha256, identity: identityOf(card) };
    this.space = spaceOf(this.card);
    this.#session = session;
    this.#output = card.output;
    this.#room = planeRoom(card, size, BATCH);
  }

  async encode(tiles: readonly Raster[]): Promise<Float32Array> {
    const { dim } = this.card;
    const features = new Float32Array(tiles.length * dim);
    for (let from = 0; from < tiles.length; from += BATCH) {
      features.set(await this.#run(tiles.slice(from, from + BATCH)), from * dim);
    }
    return features;
  }

  async #run(tiles: readonly Raster[]): Promise<Float32Array> {
    const { size, dim, name } = this.card;
    const length = 3 * size * size;
    for (let i = 0; i < tiles.length; i++) {
      const tile = tiles[i] as Raster;
      if (tile.width !== size || tile.height !== size) refuseTile(tile, name, size);
      this.#room.write(tile.data, i);
    }
    const feed = { data: this.#room.input.subarray(0, tiles.length * length), dims: [tiles.length, 3, size, size] };
    const result = (await this.#session.run({ [this.#session.inputs[0] as string]: feed }))[this.#output];
    if (result?.data instanceof Float32Array && result.data.length === tiles.length * dim) return result.data;
    return raise("bad-encoder", {
      expected: `output ${this.#output} as float32 [${tiles.length}, ${dim}]`,
      received: result === undefined ? "none" : `[${result.dims.join(", ")}]`,
      remedy: "correct `dim` and `output` in encoder.json, or export the model with one float32 vector a tile",
    });
  }

  close(): Promise<void> {
    return this.#session.close();
  }
}

function checkNames(session: Session, card: EncoderCard): void {
  if (session.inputs.length !== 1) {
    raise("bad-encoder", {
      expected: `an encoder with one input, pixels, in ${card.file}`,
      received: `inputs ${session.inputs.join(", ")}`,
      remedy: "export the model with its other inputs fixed",
    });
  }
  if (session.outputs.includes(card.output)) return;
  const nearest = nearestName(card.output, session.outputs);
  raise("bad-encoder", {
    expected: `an output named ${card.output} in ${card.file}`,
    received: session.outputs.join(", "),
    remedy: nearest === null ? "name one of these as `output` in encoder.json" : `did you mean ${nearest}?`,
  });
}

/** The runtime's own complaint (a size the model does not take, an operator it does not know), as the encoder's failure. */
function raiseBadEncoder(error: unknown, card: EncoderCard): never {
  if (!isFailureError(error, "bad-model")) throw error;
  const { received } = (error as FailureError).failure;
  raise("bad-encoder", {
    expected: `${card.file} to run on a tile of ${card.size} x ${card.size} px`,
    received: received.split("\n")[0] ?? received,
    remedy: "check `size` in encoder.json, and that the batch is a free dimension of the model",
  });
}

function blankTile(size: number): Raster {
  return { width: size, height: size, data: new Uint8Array(3 * size * size).fill(255) };
}

function refuseTile(tile: Raster, name: string, size: number): never {
  raise("encoder-mismatch", {
    expected: `tiles of ${size} px for ${name}`,
    received: `a tile of ${tile.width} x ${tile.height} px`,
    remedy: `set tiles.size to ${size}`,
  });
}
