/**
 * Samples that no image codec holds, as pixels: grey and RGB of 8 and 16 bits, signed or not, differences undone
 * (TIFF 6.0, section 14), YCbCr with shared chroma (section 21). What has more than 8 bits is put through a window.
 */
import type { DecodedImage } from "../codec/codec.ts";
import { PLAIN_SAMPLES, type TiffPage, type YccStorage } from "./tiff-page.ts";
import { type Window, windowTable } from "./word-samples.ts";

export type { Window } from "./word-samples.ts";

/**
 * The window of a page: unsigned 8 bits stay as they are (null); 16 bits by MaxSampleValue or the whole range; signed
 * samples by their whole range. `given` (the user's, or the file's own words) comes before all of them.
 */
export function windowOf(page: TiffPage, given?: Window): Window | null {
  if (!PLAIN_SAMPLES.includes(page.compression) || page.ycc) return null;
  if (given) return given;
  const range = 2 ** page.bits;
  if (page.sampleFormat === 2) return [-range / 2, range / 2 - 1];
  return page.bits === 8 ? null : [0, page.maxSample ?? range - 1];
}

/** Bytes of one block once it is unpacked. */
export function rawBytes(page: TiffPage): number {
  const { blockWidth, blockHeight, samples, bits, ycc } = page;
  if (!ycc) return blockWidth * blockHeight * samples * (bits / 8);
  return Math.ceil(blockWidth / ycc.across) * Math.ceil(blockHeight / ycc.down) * (ycc.across * ycc.down + 2);
}

/** Unpacked bytes of a block as an image of 8 bits. The last strip may be lower than the others. `bytes` stay as they are. */
export function rawImage(page: TiffPage, window: Window | null, bytes: Uint8Array): DecodedImage {
  if (page.ycc) return yccImage(page, page.ycc, bytes);
  const { blockWidth: width, samples } = page;
  const row = width * samples;
  const height = Math.floor(bytes.length / (row * (page.bits / 8)));
  const image = { width, height, components: samples };
  if (page.bits === 16) {
    const values = words(page, bytes, row * height);
    if (page.predictor === 2) undoDifferences(values, row, samples, 0xffff);
    return { ...image, data: narrow(values, page, window ?? [0, 0xffff]) };
  }
  if (page.predictor !== 2 && page.photometric !== 0 && !window) return { ...image, data: bytes };
  const data = bytes.slice(0, row * height);
  if (page.predictor === 2) undoDifferences(data, row, samples, 0xff);
  if (window) return { ...image, data: narrow(data, page, window) };
  if (page.photometric === 0) for (let i = 0; i < data.length; i += samples) data[i] = 255 - (data[i] as number);
  return { ...image, data };
}

function words(page: TiffPage, bytes: Uint8Array, n: number): Uint16Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Uint16Array(n);
  for (let i = 0; i < n; i++) values[i] = view.getUint16(i * 2, page.isLittleEndian);
  return values;
}

/** Each sample was stored as the difference to the same sample of the pixel before. */
function undoDifferences(data: Uint8Array | Uint16Array, row: number, samples: number, mask: number): void {
  for (let start = 0; start + row <= data.length; start += row) {
    for (let i = start + samples; i < start + row; i++) {
      data[i] = ((data[i] as number) + (data[i - samples] as number)) & mask;
    }
  }
}

/** Puts samples through the window, by a table of all their values; grey that counts down is turned round. */
function narrow(values: Uint8Array | Uint16Array, page: TiffPage, [black, white]: Window): Uint8Array {
  // signed samples count from the middle of the table
  const middle = page.sampleFormat === 2 ? 2 ** (page.bits - 1) : 0;
  const table = windowTable(page.bits === 16 ? 16 : 8, [black + middle, white + middle]);
  const turn = page.photometric === 0 ? 255 : 0;
  const out = new Uint8Array(values.length);
  for (let i = 0; i < out.length; i++) out[i] = turn ^ (table[(values[i] as number) ^ middle] as number);
  return out;
}

/** Units of across x down luma samples, then one Cb and one Cr that all of them share. */
function yccImage(page: TiffPage, ycc: YccStorage, bytes: Uint8Array): DecodedImage {
  const { across, down } = ycc;
  const width = page.blockWidth;
  const unit = across * down + 2;
  const columns = Math.ceil(width / across);
  const height = Math.min(page.blockHeight, Math.floor(bytes.length / (columns * unit)) * down);
  const data = new Uint8ClampedArray(width * height * 3);
  const colour = colourMaker(ycc);
  for (let y = 0; y < height; y++) {
    const band = Math.floor(y / down) * columns * unit;
    for (let x = 0; x < width; x++) {
      const at = band + Math.floor(x / across) * unit;
      const luma = bytes[at + (y % down) * across + (x % across)] as number;
      colour(luma, bytes[at + unit - 2] as number, bytes[at + unit - 1] as number, data, (y * width + x) * 3);
    }
  }
  return { width, height, components: 3, data: new Uint8Array(data.buffer) };
}

type PutColour = (y: number, cb: number, cr: number, out: Uint8ClampedArray, at: number) => void;

/** The conversion of section 21: reference black and white first, then the luma shares. */
function colourMaker({ luma, reference }: YccStorage): PutColour {
  const [red = 0.299, green = 0.587, blue = 0.114] = luma;
  const [y0 = 0, y1 = 255, b0 = 128, b1 = 255, r0 = 128, r1 = 255] = reference;
  const span = (black: number, white: number): number => (white > black ? white - black : 1);
  return (y, cb, cr, out, at) => {
    const light = ((y - y0) * 255) / span(y0, y1);
    const r = light + (2 - 2 * red) * (((cr - r0) * 127) / span(r0, r1));
    const b = light + (2 - 2 * blue) * (((cb - b0) * 127) / span(b0, b1));
    out[at] = r;
    out[at + 1] = (light - blue * b - red * r) / green;
    out[at + 2] = b;
  };
}
