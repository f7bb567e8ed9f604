/**
 * A slide as DICOM: a folder with one VL Whole Slide Microscopy instance a level, TILED_FULL, JPEG baseline or JPEG 2000, one fragment
 * a frame and a basic offset table (an extended one where 32 bits might not reach).
 */
import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { joined } from "../../bytes/join-bytes.ts";
import { encodeHead } from "../../deid/dicom/write-set.ts";
import { itemHead, SEQUENCE_END } from "../../format/dicom/item-head.ts";
import { AppendFile } from "../append-file.ts";
import type { LevelSpec } from "../level-plan.ts";
import { type LevelWriter, type SlideWriter, samplingFor, type WriterOptions } from "../slide-writer.ts";
import type { StoredShape } from "../stored-shape.ts";
import { openTileEncoder, type TileEncoder } from "../tile-encoder.ts";
import { type Element, encodeElements } from "./elements.ts";
import { codingOf } from "./frame-coding.ts";
import { type SeriesFacts, WHOLE_SLIDE, wholeSlideElements } from "./whole-slide-modules.ts";

/** With less than this many bytes of plain pixels a level of JPEG streams does not reach 2^32. */
const MOST_FOR_BASIC = 3 * 2 ** 30;

/** A UID of its own, from a random UUID (PS3.5, B.2). */
const newUid = (): string => `2.25.${BigInt(`0x${randomUUID().replaceAll("-", "")}`)}`;

/** `mostForBasic`: from so many bytes of plain pixels on, a level gets the extended table. */
export async function openDicomWriter(options: WriterOptions, mostForBasic = MOST_FOR_BASIC): Promise<SlideWriter> {
  const series = await newSeries(options);
  const encoder = openTileEncoder(options.quality);
  const instances: InstanceWriter[] = [];
  mkdirSync(options.path, { recursive: true });
  return {
    takesStored: () => true,
    async begin(level, shape) {
      const instance = new InstanceWriter(options, series, { level, shape, encoder, mostForBasic });
      instances.push(instance);
      return instance;
    },
    async finish() {
      return instances.reduce((sum, instance) => sum + instance.finish(), 0);
    },
    close() {
      encoder.close();
      for (const instance of instances) instance.close();
    },
  };
}

async function newSeries({ facts }: WriterOptions): Promise<SeriesFacts> {
  return {
    study: newUid(),
    series: newUid(),
    frameOfReference: newUid(),
    pyramid: newUid(),
    dimension: newUid(),
    specimen: newUid(),
    now: new Date().toISOString().replace(/\D/g, "").slice(0, 14),
    profile: facts.profile ?? (await srgbProfile()),
    isProfileAssumed: facts.profile === null,
  };
}

/** What sharp writes into a picture that is sRGB. */
async function srgbProfile(): Promise<Uint8Array> {
  const { default: sharp } = await import("sharp");
  const pixel = sharp(new Uint8Array(3), { raw: { width: 1, height: 1, channels: 3 } });
  const { icc } = await sharp(await pixel.withIccProfile("srgb").png().toBuffer()).metadata();
  if (!icc) throw new Error("expected the sRGB profile from sharp, received none");
  return new Uint8Array(icc);
}

interface OwnFacts {
  readonly level: LevelSpec;
  readonly shape: StoredShape | null;
  readonly encoder: TileEncoder;
  readonly mostForBasic: number;
}

class InstanceWriter implements LevelWriter {
  readonly #options: WriterOptions;
  readonly #series: SeriesFacts;
  readonly #own: OwnFacts;
  readonly #uid = newUid();
  readonly #columns: number;
  readonly #file: AppendFile;
  readonly #frames: number;
  readonly #isBasic: boolean;
  readonly #starts: number[] = [];
  readonly #lengths: number[] = [];
  readonly #first: number;

  constructor(options: WriterOptions, series: SeriesFacts, own: OwnFacts) {
    const { tile } = options;
    const { level } = own;
    this.#options = options;
    this.#series = series;
    this.#own = own;
    this.#columns = Math.ceil(level.width / tile);
    this.#frames = this.#columns * Math.ceil(level.height / tile);
    this.#isBasic = this.#frames * tile * tile * 3 < own.mostForBasic;
    this.#file = new AppendFile(join(options.path, `level-${level.index}.dcm`));
    this.#file.append(this.#head());
    this.#first = this.#file.size;
  }

  putStored(column: number, row: number, stream: Uint8Array): void {
    const number = row * this.#columns + column;
    if (number !== this.#starts.length) {
      throw new RangeError(`expected frame ${this.#starts.length}, received ${number}: frames come in their order`);
    }
    const isOdd = stream.length % 2 === 1;
    this.#starts.push(this.#file.append(itemHead(stream.length + (isOdd ? 1 : 0))) - this.#first);
    this.#file.append(stream);
    if (isOdd) this.#file.append(new Uint8Array(1));
    this.#lengths.push(stream.length);
  }

  async putPixels(column: number, row: number, rgb: Uint8Array): Promise<void> {
    const { tile, quality } = this.#options;
    const { shape, encoder } = this.#own;
    this.putStored(column, row, await encoder.encode(rgb, tile, tile, shape?.sampling ?? samplingFor(quality)));
  }

  finish(): number {
    this.#file.append(itemHead(0, SEQUENCE_END));
    this.#file.patch(0, this.#head());
    this.#file.finish();
    return this.#file.size;
  }

  close(): void {
    this.#file.close();
  }

  /** Everything before the first frame; of the same length before and after the frames are known. */
  #head(): Uint8Array {
    const { tile, facts } = this.#options;
    const { level, shape } = this.#own;
    const frames = this.#frames;
    const stored = this.#lengths.reduce((sum, length) => sum + length, 0);
    const ratio = stored === 0 ? 1 : (frames * tile * tile * 3) / stored;
    const coding = codingOf(shape);
    const isOriginal = shape !== null;
    const instance = { uid: this.#uid, level, tile, frames, coding, isOriginal, ratio } as const;
    const elements = wholeSlideElements(facts, this.#series, instance);
    const starts = padTo(this.#starts, frames);
    const tables: Element[] = this.#isBasic
      ? []
      : [
          [0x7fe00001, "OV", starts],
          [0x7fe00002, "OV", padTo(this.#lengths, frames)],
        ];
    const basic = this.#isBasic ? new Uint8Array(Uint32Array.from(starts).buffer) : new Uint8Array();
    return joined([
      encodeHead({ sopClass: WHOLE_SLIDE, uid: this.#uid, syntax: coding.syntax }),
      encodeElements([...elements, ...tables]),
      // PixelData, OB, of undefined length
      Uint8Array.of(0xe0, 0x7f, 0x10, 0, 0x4f, 0x42, 0, 0, 255, 255, 255, 255),
      itemHead(basic.length),
      basic,
    ]);
  }
}

const padTo = (values: readonly number[], n: number): number[] => Array.from({ length: n }, (_, i) => values[i] ?? 0);
