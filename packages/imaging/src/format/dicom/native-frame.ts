/** Uncompressed frames (PS3.5, section 8) as RGB or grey of 8 bits, and the run lengths of PS3.5, annex G. */
import type { DecodedImage } from "../../codec/codec.ts";
import { unpackBits } from "../../codec/packbits.ts";
import { viewOf } from "../tiff-directory.ts";
import { narrowWords } from "../word-samples.ts";
import { yccToRgb } from "../ycc-to-rgb.ts";
import type { Instance } from "./instance.ts";

/** The samples of a frame, as they lie in the file. `table`: what 16-bit grey becomes. @throws Error when there are too few */
export function nativeFrame(instance: Instance, table: Uint8Array | null, bytes: Uint8Array): DecodedImage {
  const { blockWidth: width, blockHeight: height, samples, allocated } = instance;
  const n = width * height * samples;
  if (bytes.length < n * (allocated / 8)) throw new Error(`a frame of ${bytes.length} bytes that is cut off`);
  const plain = table ? narrowWords(bytes, n, table) : bytes.subarray(0, n);
  const data = instance.isPlanar && samples > 1 ? interleave(plain, samples) : plain;
  return coloured(instance, { width, height, components: samples, data });
}

function interleave(planes: Uint8Array, samples: number): Uint8Array {
  const n = planes.length / samples;
  const data = new Uint8Array(planes.length);
  for (let c = 0; c < samples; c++) for (let i = 0; i < n; i++) data[i * samples + c] = planes[c * n + i] as number;
  return data;
}

/** RGB from YBR_FULL, and grey turned round where 0 is white. */
function coloured({ photometric }: Instance, image: DecodedImage): DecodedImage {
  if (photometric === "YBR_FULL") return yccToRgb(image);
  if (photometric !== "MONOCHROME1") return image;
  return { ...image, data: image.data.map((value) => 255 - value) };
}

/** One frame of run lengths: a head of 16 numbers, then one segment for each sample. @throws Error when broken */
export function rleFrame(instance: Instance, bytes: Uint8Array): DecodedImage {
  const { blockWidth: width, blockHeight: height, samples } = instance;
  const n = width * height;
  const view = viewOf(bytes);
  if (bytes.length < 64 || view.getUint32(0, true) !== samples)
    throw new Error("a frame of run lengths without its head");
  const planes = new Uint8Array(n * samples);
  for (let c = 0; c < samples; c++) {
    const from = view.getUint32(4 + c * 4, true);
    const to = c + 1 < samples ? view.getUint32(8 + c * 4, true) : bytes.length;
    if (!(from >= 64 && from < to && to <= bytes.length)) throw new Error("run lengths outside their frame");
    const plane = unpackBits(bytes.subarray(from, to), n);
    if (plane.length < n) throw new Error(`run lengths of ${plane.length} of ${n} samples`);
    planes.set(plane, c * n);
  }
  const data = samples > 1 ? interleave(planes, samples) : planes;
  return coloured(instance, { width, height, components: samples, data });
}
