/**
 * The ICC profile that a JPEG or a PNG carries: in APP2 segments, each with its number and how many there are (ICC.1, annex B.4), or in one
 * iCCP chunk, deflated (PNG specification, 11.3.3.3).
 */
import { joined } from "../bytes/join-bytes.ts";
import type { Codecs } from "../codec/codec.ts";
import { hostile, viewOf } from "./tiff-directory.ts";

const MAX_PROFILE = 2 ** 24;

/** A profile that was found; `read` unpacks it. */
export interface StoredProfile {
  /** @throws FailureError hostile-file where it is broken, unsupported-codec */
  read(codecs: Codecs, name: string): Promise<Uint8Array>;
}

/** null where the file holds none. Broken files are not refused here. */
export function storedProfile(bytes: Uint8Array, kind: "JPEG" | "PNG"): StoredProfile | null {
  return kind === "JPEG" ? inSegments(bytes) : inChunk(bytes);
}

const MARK = "ICC_PROFILE\0";
const startsWith = (bytes: Uint8Array, at: number, text: string): boolean =>
  [...text].every((letter, i) => bytes[at + i] === letter.charCodeAt(0));

function inSegments(bytes: Uint8Array): StoredProfile | null {
  const view = viewOf(bytes);
  const parts: { readonly number: number; readonly of: number; readonly data: Uint8Array }[] = [];
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1] as number;
    // fill bytes; then the scan, behind which no profile can be
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === 0xda || marker === 0xd9) break;
    const end = at + 2 + view.getUint16(at + 2);
    const from = at + 4;
    if (marker === 0xe2 && startsWith(bytes, from, MARK) && from + 14 <= end) {
      const [number = 0, of = 0] = bytes.subarray(from + 12, from + 14);
      parts.push({ number, of, data: bytes.subarray(from + 14, end) });
    }
    at = end;
  }
  if (parts.length === 0) return null;
  return {
    async read(_codecs, name) {
      parts.sort((a, b) => a.number - b.number);
      const isWhole = parts.every(({ number, of }, i) => number === i + 1 && of === parts.length);
      if (!isWhole) hostile(name, "all parts of its ICC profile");
      return joined(parts.map(({ data }) => data));
    },
  };
}

function inChunk(bytes: Uint8Array): StoredProfile | null {
  const view = viewOf(bytes);
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    if (startsWith(bytes, at + 4, "IDAT") || at + 12 + length > bytes.length) return null;
    if (startsWith(bytes, at + 4, "iCCP")) {
      const body = bytes.subarray(at + 8, at + 8 + length);
      return { read: (codecs, name) => inflated(body, codecs, name) };
    }
    at += 12 + length;
  }
  return null;
}

/** A name of at most 79 letters, a zero, the method (0), then the stream. */
async function inflated(body: Uint8Array, codecs: Codecs, name: string): Promise<Uint8Array> {
  const end = body.indexOf(0);
  if (end < 1 || end > 79 || body[end + 1] !== 0) hostile(name, "an ICC profile with its name");
  const unpacker = await codecs.inflate();
  const stream = body.slice(end + 2);
  try {
    return "now" in unpacker ? unpacker.now(stream, MAX_PROFILE) : await unpacker.later(stream, MAX_PROFILE);
  } catch {
    return hostile(name, `an ICC profile of at most ${MAX_PROFILE} bytes`);
  }
}
