/** What the first bytes of a file say it is, where it is not UTF-8 text. Nothing is converted: a wrong guess spoils names. */

export interface EncodingProblem {
  readonly expected: string;
  readonly received: string;
  readonly remedy: string;
}

const SAVE = "save the table as CSV UTF-8";
/** Above this a text no longer fits into one string on every engine. */
const MAX_BYTES = 400_000_000;

/** null for UTF-8 text, with or without its mark. */
export function encodingProblem(bytes: Uint8Array): EncodingProblem | null {
  const [a, b, c, d] = bytes;
  if (a === undefined)
    return said("a header and at least one row", "an empty file", "check that this is the right file");
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) return said("UTF-8 text", "UTF-16", SAVE);
  if (a === 0x50 && b === 0x4b && c === 3 && d === 4) return said("UTF-8 text", "a workbook or zip archive", SAVE);
  if (a === 0x1f && b === 0x8b) return said("UTF-8 text", "a gzip archive", "unpack the file first");
  if (looksLikeUtf16(bytes)) return said("UTF-8 text", "UTF-16 without its byte-order mark", SAVE);
  if (bytes.length > MAX_BYTES) {
    return said("a table of at most 400 MB", `${Math.round(bytes.length / 1e6)} MB`, "divide it into several tables");
  }
  return invalidByte(bytes);
}

/** Every other byte of the beginning is zero, as in ASCII letters of 16 bits. */
function looksLikeUtf16(bytes: Uint8Array): boolean {
  const length = Math.min(bytes.length, 512) & ~1;
  const zeros = [0, 0];
  for (let i = 0; i < length; i++) if (bytes[i] === 0) zeros[i & 1] = (zeros[i & 1] as number) + 1;
  const [even, odd] = zeros as [number, number];
  return length >= 4 && Math.max(even, odd) > length * 0.3 && Math.min(even, odd) < length * 0.05;
}

function invalidByte(bytes: Uint8Array): EncodingProblem | null {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return null;
  } catch {
    const before = new TextDecoder("utf-8").decode(bytes).split("\ufffd", 1)[0] as string;
    const line = before.split(/\r\n|\n|\r/).length;
    return said("UTF-8 text", `bytes that are not UTF-8 in line ${line}`, SAVE);
  }
}

function said(expected: string, received: string, remedy: string): EncodingProblem {
  return { expected, received, remedy };
}
