/** A slide from the disk: opened where it lies, in blocks as they are needed, its tissue found. */
import { type Outcome, ok } from "@nacre/core";
import {
  blobSource,
  findTissue,
  isSynthetic,
  neighboursInMemory,
  openSlide,
  portableCodecs,
  type Raster,
  type Slide,
  type Tissue,
  thumbnail,
} from "@nacre/imaging";
import type { Opened, Picture } from "./message.ts";

export interface DroppedSlide {
  /** As they were dropped, and the scale that was given: another worker opens the slide by them. */
  readonly files: readonly File[];
  readonly mpp: number | null;
  readonly slide: Slide;
  readonly tissue: Tissue;
  readonly opened: Opened;
}

/** Longest side of the picture that is drawn on. */
const SHOWN = 1600;
/** Files that name the others of their slide. */
const FIRST = /\.(vsi|dzi)$/i;

const firstOf = (files: readonly File[]): File => {
  const first = files.find(({ name }) => FIRST.test(name)) ?? files[0];
  if (first === undefined) throw new TypeError("expected a file to open, received none");
  return first;
};

/** The slide of the files, opened where they lie. Failures: those of opening. */
export function openFiles(files: readonly File[], mpp: number | null): Promise<Outcome<Slide>> {
  const first = firstOf(files);
  const neighbours = neighboursInMemory(new Map(files.map((file) => [file.name, () => blobSource(file, file.name)])));
  return openSlide(blobSource(first, first.name), portableCodecs, { neighbours, ...(mpp === null ? {} : { mpp }) });
}

/** Failures: those of opening and reading, no-scale, no-tissue. */
export async function openDropped(files: readonly File[], mpp: number | null): Promise<Outcome<DroppedSlide>> {
  const slide = await openFiles(files, mpp);
  if (!slide.ok) return slide;
  const seen = await look(slide.value, firstOf(files).name);
  if (!seen.ok) {
    slide.value.close();
    return seen;
  }
  return ok({ ...seen.value, files, mpp });
}

async function look(slide: Slide, name: string): Promise<Outcome<Omit<DroppedSlide, "files" | "mpp">>> {
  const tissue = await findTissue(slide);
  if (!tissue.ok) return tissue;
  const small = await thumbnail(slide, SHOWN);
  if (!small.ok) return small;
  const { format, reader, width, height, warnings } = slide.info;
  const opened: Opened = {
    kind: "opened",
    name,
    format,
    reader,
    width,
    height,
    mpp: slide.info.mpp ?? 0, // findTissue refuses a slide without a scale
    isSynthetic: isSynthetic(slide.info),
    warnings,
    tissueMm2: tissue.value.areaMm2,
    tissueShare: tissue.value.fraction,
    penShare: tissue.value.penFraction,
    thumbnail: pictureOf(small.value),
    downsample: width / small.value.width,
  };
  return ok({ slide, tissue: tissue.value, opened });
}

/** RGB as the canvas wants it. */
export function pictureOf({ width, height, data }: Raster): Picture {
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    rgba.set(data.subarray(3 * i, 3 * i + 3), 4 * i);
    rgba[4 * i + 3] = 255;
  }
  return { width, height, data: rgba };
}
