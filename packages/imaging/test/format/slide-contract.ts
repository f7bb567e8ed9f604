/**
 * What every slide must do, whatever its format. A format's test gives an opener that passes its main file through
 * `wrap`, and the pixels that level 0 must show; the laws are checked here.
 */
import { attempt, FailureError, type Outcome, type Rect, randomStream, unwrap } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { type ByteSource, memorySource, type Raster, type Slide } from "../../src/index.ts";
import { partOf } from "../picture.ts";

/** Opens the slide with its main file handed through `wrap` (in the contract: watched, cut off, damaged). */
export type ContractOpener = (wrap: (source: ByteSource) => ByteSource) => Promise<Outcome<Slide>>;

export interface ContractOptions {
  /** Largest difference of a pixel to `picture`; 0 unless the codec loses. */
  readonly tolerance?: number;
  /** Bytes of one stored block of level 0, and a level-0 place that lies wholly inside it. Absent where no damage can be noticed. */
  readonly block?: () => { readonly offset: number; readonly length: number; readonly place: Rect };
  /** What may come of a copy that is cut off, beside right pixels. */
  readonly truncated?: readonly string[];
  /** Copies with changed bytes that are tried; fewer for slow formats. */
  readonly flips?: number;
  /** Lengths of copies that are tried; fewer for slow formats. */
  readonly cuts?: number;
}

const NAMED: readonly string[] = [
  "truncated-file",
  "hostile-file",
  "unsupported-format",
  "unreadable-file",
  "broken-tile",
];
const asIs = (source: ByteSource): ByteSource => source;
const bytesOf = (source: ByteSource): Uint8Array => {
  if (!source.readSync) throw new TypeError("expected a source in memory, received one that cannot read at once");
  return source.readSync(0, source.size).slice();
};

/** The laws of a slide. `picture`: what level 0 shows, or a function that gives it once the test has made it. */
export function slideContract(
  name: string,
  open: ContractOpener,
  picture: Raster | (() => Raster | Promise<Raster>),
  options: ContractOptions = {},
): void {
  const expected = async (): Promise<Raster> => (typeof picture === "function" ? picture() : picture);
  const whole = async (slide: Slide, level = 0): Promise<Raster> => {
    const { width, height } = slide.info.levels[level] as Slide["info"]["levels"][number];
    return unwrap(await slide.read({ level, x: 0, y: 0, width, height }));
  };

  describe(`${name}, as every slide,`, () => {
    it("shows the picture that was put into it, and describes itself soundly", async () => {
      const slide = unwrap(await open(asIs));
      const { info } = slide;
      const raster = await expected();
      const read = await whole(slide);
      expect([info.width, info.height]).toEqual([raster.width, raster.height]);
      expect(worstDifference(read.data, raster.data)).toBeLessThanOrEqual(options.tolerance ?? 0);
      for (const [i, level] of info.levels.entries()) {
        expect(level.index).toBe(i);
        expect(
          Math.abs(level.downsample / ((info.width / level.width + info.height / level.height) / 2) - 1),
        ).toBeLessThan(0.1);
        expect(Math.min(level.blockWidth, level.blockHeight)).toBeGreaterThan(0);
      }
      const downsamples = info.levels.map((level) => level.downsample);
      expect(downsamples[0]).toBe(1);
      expect([...downsamples].sort((a, b) => a - b)).toEqual(downsamples);
      slide.close();
    });

    it("gives in every part, at every level, the pixels of the whole, with x and y at level 0 and white outside", async () => {
      const slide = unwrap(await open(asIs));
      const chance = randomStream(11, name);
      for (const level of slide.info.levels) {
        const all = await whole(slide, level.index);
        for (let i = 0; i < 12; i++) {
          const column = chance.below(level.width + 30) - 20;
          const row = chance.below(level.height + 30) - 20;
          const [width, height] = [1 + chance.below(90), 1 + chance.below(90)];
          const { downsample } = level;
          const region = { level: level.index, x: column * downsample, y: row * downsample, width, height };
          const { data } = unwrap(await slide.read(region));
          expect(worstDifference(data, partOf(all, column, row, width, height)), JSON.stringify(region)).toBe(0);
        }
      }
      slide.close();
    });

    it("answers reads side by side as it answers them one by one", async () => {
      const slide = unwrap(await open(asIs));
      const all = await whole(slide);
      const places = [0, 1, 2, 3, 4, 5].map((i) => [i * 7, i * 5] as const);
      const reads = places.map(([x, y]) => slide.read({ level: 0, x, y, width: 40, height: 30 }));
      for (const [i, outcome] of (await Promise.all(reads)).entries()) {
        const [x, y] = places[i] as readonly [number, number];
        expect(worstDifference(unwrap(outcome).data, partOf(all, x, y, 40, 30))).toBe(0);
      }
      slide.close();
    });

    it("asks for no byte beyond its file, and closes it", async () => {
      let closed = 0;
      const beyond: string[] = [];
      const watch = (source: ByteSource): ByteSource => {
        const note = (offset: number, length: number): void => {
          if (!(offset >= 0 && length >= 0 && offset + length <= source.size)) beyond.push(`${offset} + ${length}`);
        };
        return {
          size: source.size,
          name: source.name,
          // answers later, as a Blob or a server does
          async read(offset, length, signal) {
            note(offset, length);
            return source.read(offset, length, signal);
          },
          close() {
            closed++;
            source.close();
          },
        };
      };
      const slide = unwrap(await open(watch));
      const raster = await expected();
      expect(worstDifference((await whole(slide)).data, raster.data)).toBeLessThanOrEqual(options.tolerance ?? 0);
      slide.close();
      expect(closed).toBeGreaterThan(0);
      expect(beyond).toEqual([]);
    });

    it("throws when it is read after it was closed", async () => {
      const slide = unwrap(await open(asIs));
      slide.close();
      const region = { level: 0, x: 0, y: 0, width: 4, height: 4 };
      await expect(Promise.resolve().then(() => slide.read(region))).rejects.toThrow(TypeError);
    });

    it("cut off anywhere, fails by name or shows the right pixels", async () => {
      const { size } = await sourceOf(open);
      const chance = randomStream(12, name);
      const allowed = options.truncated ?? NAMED;
      const cuts = [...Array(options.cuts ?? 24).keys()].map(() => 1 + chance.below(size - 1));
      const raster = await expected();
      for (const length of [size - 1, ...cuts]) {
        const cutOff = (source: ByteSource): ByteSource =>
          memorySource(bytesOf(source).subarray(0, length), source.name);
        const kind = await kindOf(() => open(cutOff), whole, raster, options.tolerance ?? 0);
        expect(["right pixels", ...allowed], `cut at ${length} of ${size}`).toContain(kind);
      }
    });

    it("with any bytes changed gives pixels or a named failure, and never crashes", async () => {
      const { size } = await sourceOf(open);
      const chance = randomStream(13, name);
      for (let i = 0; i < (options.flips ?? 60); i++) {
        // heads and directories lie at the ends of a file more often than in its middle
        const near = [size, 2000, 400][chance.below(3)] ?? size;
        const places = Array.from({ length: 1 + chance.below(3) }, () => {
          const at = chance.below(Math.min(size, near));
          return chance.below(2) === 0 ? at : size - 1 - at;
        });
        const values = places.map(() => chance.below(256));
        const flip = (source: ByteSource): ByteSource => {
          const bytes = bytesOf(source);
          for (const [k, place] of places.entries()) bytes[place] = values[k] as number;
          return memorySource(bytes, source.name);
        };
        const outcome = await open(flip);
        if (!outcome.ok) continue;
        for (const { index, width, height } of outcome.value.info.levels.slice(0, 8)) {
          const region = { level: index, x: 0, y: 0, width: Math.min(64, width), height: Math.min(64, height) };
          await outcome.value.read(region);
        }
        outcome.value.close();
      }
    });

    it.skipIf(!options.block)("with a broken block fails there by its place, and can be read elsewhere", async () => {
      const block = options.block?.();
      if (!block) return;
      const { offset, length, place } = block;
      const damage = (source: ByteSource): ByteSource => {
        const bytes = bytesOf(source);
        bytes.fill(0xa5, offset, offset + length);
        return memorySource(bytes, source.name);
      };
      const slide = unwrap(await open(damage));
      const broken = await slide.read({ level: 0, ...place });
      if (broken.ok) expect.fail("a broken block was read");
      expect(broken.failure.kind).toBe("broken-tile");
      expect(broken.failure.expected).toMatch(/ of level 0 in /);
      const good = await otherPlace(slide, place);
      const raster = await expected();
      const read = unwrap(await slide.read({ level: 0, ...good }));
      const wanted = partOf(raster, good.x, good.y, good.width, good.height);
      expect(worstDifference(read.data, wanted)).toBeLessThanOrEqual(options.tolerance ?? 0);
      slide.close();
    });
  });
}

/** The main file of the slide, as it is when opened. */
async function sourceOf(open: ContractOpener): Promise<ByteSource> {
  let seen: ByteSource | undefined;
  const slide = await open((source) => {
    seen = source;
    return source;
  });
  if (slide.ok) slide.value.close();
  if (!seen)
    throw new TypeError("expected an opener that hands its main file through wrap, received one that does not");
  return seen;
}

async function kindOf(
  open: () => Promise<Outcome<Slide>>,
  whole: (slide: Slide) => Promise<Raster>,
  raster: Raster,
  tolerance: number,
): Promise<string> {
  const outcome = await attempt(async () => {
    const slide = unwrap(await open());
    const read = await whole(slide).finally(() => slide.close());
    const isRight = read.width === raster.width && worstDifference(read.data, raster.data) <= tolerance;
    return isRight ? "right pixels" : "WRONG PIXELS";
  }).catch((error: unknown) => {
    if (error instanceof FailureError) return { ok: true as const, value: error.failure.kind };
    throw error;
  });
  return outcome.ok ? outcome.value : outcome.failure.kind;
}

/** A small place that can still be read, looked for from the far corner. */
async function otherPlace(slide: Slide, broken: Rect): Promise<Rect> {
  const { width, height } = slide.info;
  for (let y = height - 8; y >= 0; y -= 8) {
    for (let x = width - 8; x >= 0; x -= 8) {
      const isApart =
        x >= broken.x + broken.width || y >= broken.y + broken.height || x + 8 <= broken.x || y + 8 <= broken.y;
      const place = { x, y, width: 8, height: 8 };
      if (isApart && (await slide.read({ level: 0, ...place })).ok) return place;
    }
  }
  return expect.fail("no other place of the slide can be read");
}

/** 256 where the lengths differ. */
export function worstDifference(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) return 256;
  let worst = 0;
  for (let i = 0; i < a.length; i++) worst = Math.max(worst, Math.abs((a[i] as number) - (b[i] as number)));
  return worst;
}
