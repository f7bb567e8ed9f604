/** Opens whatever it is given and reads from every level: what comes must be pixels or a failure with a name. For tests only. */
import { createHash } from "node:crypto";
import { FailureError, unwrap } from "@nacre/core";
import { memorySource, neighboursInMemory, openSlide, openSlideFolder, type Slide } from "../../src/index.ts";
import { nodeCodecs } from "../../src/node.ts";
import type { BaseSlide } from "./base-slides.ts";

export interface Exercised {
  /** "opens", "open:hostile-file", "read:broken-tile". */
  readonly outcome: string;
  /** SHA-256 of sizes and pixels of what was read; "" where it failed. */
  readonly pixels: string;
}

/** Largest side that is read of a level. */
const SIDE = 256;

/** @throws whatever has no name: a defect */
export async function exercise({ main, files }: Pick<BaseSlide, "main" | "files">): Promise<Exercised> {
  const sources = new Map([...files].map(([name, bytes]) => [name, () => memorySource(bytes, name)]));
  const neighbours = neighboursInMemory(sources);
  let slide: Slide;
  try {
    const bytes = files.get(main) ?? new Uint8Array();
    slide = unwrap(
      main === ""
        ? await openSlideFolder("made", neighbours, nodeCodecs)
        : await openSlide(memorySource(bytes, main), nodeCodecs, { neighbours }),
    );
  } catch (error) {
    return { outcome: `open:${kindOf(error)}`, pixels: "" };
  }
  try {
    const pixels = await readAll(slide);
    await readPreviews(slide);
    return { outcome: "opens", pixels };
  } catch (error) {
    return { outcome: `read:${kindOf(error)}`, pixels: "" };
  } finally {
    slide.close();
  }
}

/** The near and the far corner of every level. */
async function readAll(slide: Slide): Promise<string> {
  const hash = createHash("sha256");
  for (const { index, width, height, downsample } of slide.info.levels) {
    const size = { width: Math.min(SIDE, width), height: Math.min(SIDE, height) };
    const far = {
      x: Math.floor((width - size.width) * downsample),
      y: Math.floor((height - size.height) * downsample),
    };
    for (const place of width > SIDE || height > SIDE ? [{ x: 0, y: 0 }, far] : [{ x: 0, y: 0 }]) {
      const { data } = unwrap(await slide.read({ level: index, ...place, ...size }));
      if (data.length !== size.width * size.height * 3)
        throw new RangeError(`expected pixels of the region, received ${data.length} bytes`);
      hash.update(`${width} x ${height} at ${downsample};`).update(data);
    }
  }
  return hash.digest("hex");
}

/** Levels that are decoded smaller: a block of them that the corners above did not touch may be broken. */
async function readPreviews({ info, preview }: Slide): Promise<void> {
  for (const { index, width, height } of preview?.levels.slice(info.levels.length) ?? []) {
    const size = { width: Math.min(SIDE, width), height: Math.min(SIDE, height) };
    const read = await preview?.read({ level: index, x: 0, y: 0, ...size });
    if (read?.ok && read.value.data.length !== size.width * size.height * 3)
      throw new RangeError(`expected pixels of a preview, received ${read.value.data.length} bytes`);
  }
}

function kindOf(error: unknown): string {
  if (error instanceof FailureError) return error.failure.kind;
  throw error;
}
