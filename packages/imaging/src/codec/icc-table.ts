/**
 * The colours of an ICC profile in sRGB, by lcms inside sharp: a picture of all points of the table is given the profile
 * as its own (a PNG with an iCCP chunk) and converted.
 */
import { crc32, deflateSync } from "node:zlib";

const MAX_PROFILE = 2 ** 24;

/** sRGB bytes [red][green][blue][3] of `points` x `points` x `points` colours. @throws Error for what is no RGB profile */
export async function iccTable(profile: Uint8Array, points: number): Promise<Uint8Array> {
  checkProfile(profile);
  const { default: sharp } = await import("sharp");
  const n = points ** 3;
  const data = new Uint8Array(n * 3);
  for (let i = 0; i < n; i++) {
    const shares = [Math.floor(i / points ** 2), Math.floor(i / points) % points, i % points];
    for (const [c, share] of shares.entries()) data[i * 3 + c] = Math.round((share * 255) / (points - 1));
  }
  const raw = { width: points, height: points ** 2, channels: 3 } as const;
  const plain = await sharp(data, { raw }).png({ compressionLevel: 0 }).toBuffer();
  const image = sharp(withProfile(new Uint8Array(plain), profile), { failOn: "warning" });
  const table = await image.toColourspace("srgb").raw().toBuffer({ resolveWithObject: true });
  if (table.info.channels !== 3 || table.data.length !== data.length) throw new Error("a profile that is not RGB");
  // The converter takes pixels of a profile that it cannot use for sRGB, and says nothing.
  if (table.data.equals(data) && !isSrgb(profile)) throw new Error("a profile that is broken");
  return new Uint8Array(table.data);
}

/** The header of ICC.1: size, device class, colour space "RGB ", signature "acsp". */
function checkProfile(profile: Uint8Array): void {
  const text = (at: number): string => String.fromCharCode(...profile.subarray(at, at + 4));
  if (profile.length < 132 || profile.length > MAX_PROFILE) throw new Error(`a profile of ${profile.length} bytes`);
  if (text(36) !== "acsp") throw new Error("a profile without its signature");
  if (text(16) !== "RGB ") throw new Error(`a profile for ${JSON.stringify(text(16))}, not RGB`);
}

/** Primaries of sRGB, as profiles write them (adapted to D50), and how far others may be from them. */
const PRIMARIES = { rXYZ: [0.436, 0.2225, 0.0139], gXYZ: [0.3851, 0.7169, 0.0971], bXYZ: [0.1431, 0.0606, 0.7141] };
const NEAR = 0.005;

/** Whether a profile has the primaries of sRGB, so that nothing is to be done. */
function isSrgb(profile: Uint8Array): boolean {
  const view = new DataView(profile.buffer, profile.byteOffset, profile.byteLength);
  const number = (at: number): number => (at + 4 <= view.byteLength ? view.getInt32(at) : Number.NaN);
  const tags = Math.min(number(128), Math.floor((view.byteLength - 132) / 12));
  return Object.entries(PRIMARIES).every(([name, xyz]) => {
    const code = [...name].reduce((sum, letter) => sum * 256 + letter.charCodeAt(0), 0);
    const tag = Array.from({ length: Math.max(0, tags) }, (_, i) => 132 + 12 * i).find((at) => number(at) === code);
    const from = tag === undefined ? Number.NaN : number(tag + 4);
    return xyz.every((value, c) => from >= 0 && Math.abs(number(from + 8 + 4 * c) / 65536 - value) < NEAR);
  });
}

/** A PNG with an iCCP chunk behind its header (PNG specification, 11.3.3.3). */
function withProfile(png: Uint8Array, profile: Uint8Array): Uint8Array {
  const headerEnd = 8 + 25;
  const body = new Uint8Array([...new TextEncoder().encode("iCCPicc\0\0"), ...deflateSync(profile)]);
  const chunk = new Uint8Array(body.length + 8);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, body.length - 4);
  chunk.set(body, 4);
  view.setUint32(body.length + 4, crc32(body));
  const out = new Uint8Array(png.length + chunk.length);
  out.set(png.subarray(0, headerEnd));
  out.set(chunk, headerEnd);
  out.set(png.subarray(headerEnd), headerEnd + chunk.length);
  return out;
}
