/** Secrets for slides, and the search for them in every shape in which a file can carry them. For tests only. */
import { expect } from "vitest";

export const SECRETS = [
  "BARCODE-77-A-4411",
  "Dr.Quincy.Zebedee",
  "2019-07-23T11:58",
  "biopsy_Smithers_K.svs",
  "6f9619ff-8b86-d011-b42d-00c04fc964ff",
  "SS1382CNTLR-9001",
] as const;

/** All secrets in one line. */
export const everySecret = SECRETS.join(" ");

const utf16 = (text: string, isLittle: boolean): Buffer => {
  const bytes = Buffer.from(text, "utf16le");
  return isLittle ? bytes : bytes.swap16();
};

/** base64 of a text inside a longer one depends on its place modulo three: the middle of each. */
function base64Shapes(text: string): string[] {
  return [0, 1, 2].map((shift) => {
    const whole = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)]).toString("base64");
    return whole.slice(4, -4);
  });
}

/** Every secret, in every shape, or a list of those that were found. */
export function secretsIn(bytes: Uint8Array): string[] {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lower = Buffer.from(file.toString("latin1").toLowerCase(), "latin1");
  return SECRETS.filter(
    (secret) =>
      file.includes(secret) ||
      lower.includes(secret.toLowerCase()) ||
      file.includes(utf16(secret, true)) ||
      file.includes(utf16(secret, false)) ||
      base64Shapes(secret).some((shape) => file.includes(shape)),
  );
}

/** That all were there before, and none is there after. */
export function expectGone(before: Uint8Array, after: Uint8Array): void {
  expect(secretsIn(before), "the original must carry every secret").toEqual([...SECRETS]);
  expect(secretsIn(after)).toEqual([]);
}

/** A JPEG stream with secrets in a comment, an EXIF segment and behind its end. */
export function jpegWithSecrets(jpeg: Uint8Array): Uint8Array {
  const segment = (code: number, text: string): number[] => {
    const bytes = [...Buffer.from(text)];
    return [0xff, code, (bytes.length + 2) >> 8, (bytes.length + 2) & 255, ...bytes];
  };
  const head = [...segment(0xfe, SECRETS[1]), ...segment(0xe1, `Exif\0\0${everySecret}`)];
  return Uint8Array.from([...jpeg.subarray(0, 2), ...head, ...jpeg.subarray(2), ...Buffer.from(everySecret)]);
}

/** A little-endian classic TIFF in which the text of a tag is another one, written behind its end. */
export function withText(tiff: Uint8Array, directory: number, tag: number, text: string): Uint8Array {
  const bytes = Buffer.from(text);
  const out = Buffer.concat([tiff, bytes, Buffer.from([0])]);
  const isNdpi = out.readUInt32LE(8) === 0 && out.readUInt32LE(4) !== 8;
  let at = out.readUInt32LE(4);
  for (let i = 0; i < directory; i++) at = out.readUInt32LE(at + 2 + out.readUInt16LE(at) * 12);
  const n = out.readUInt16LE(at);
  for (let i = 0; i < n; i++) {
    const entry = at + 2 + i * 12;
    if (out.readUInt16LE(entry) !== tag) continue;
    out.writeUInt32LE(bytes.length + 1, entry + 4);
    out.writeUInt32LE(tiff.length, entry + 8);
    return new Uint8Array(out);
  }
  throw new RangeError(`expected tag ${tag} in directory ${directory}${isNdpi ? " of an NDPI" : ""}, received none`);
}
