/** What the first bytes of a file say it is, where it is not UTF-8 text. Nothing is converted: a wrong guess spoils names. */

export interface EncodingProblem {
  readonly expected: string;
  readonly received: string;
  readonly remedy: string;
}

const SAVE = "save the table as CSV UTF-8";
/** Above this a text no longer fits into one string on every engine. */
const MAX_BYTES = 400_000_000;

export interface DecodedText {
  /** Pieces of the text; ends where there is a problem. */
  readonly text: Iterable<string>;
  /** What stopped the text; to be asked when it has ended. */
  readonly problem: () => EncodingProblem | null;
}

/** UTF-8 text from bytes that come in chunks, cut anywhere. Read it once. */
export function decodeChunks(chunks: Iterable<Uint8Array>): DecodedText {
  let problem: EncodingProblem | null = null;
  function* pieces(): Generator<string> {
    // The mark stays in the text: the reader of records takes it away.
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    const lines = lineCounter();
    let size = 0;
    let tail = new Uint8Array(0);
    for (const bytes of chunks) {
      problem = size === 0 ? beginningProblem(bytes) : null;
      size += bytes.length;
      if (size > MAX_BYTES) {
        problem = said("a table of at most 400 MB", "more", "divide it into several tables");
      }
      const piece = problem === null ? decoded(decoder, bytes) : null;
      problem ??= piece === null ? notUtf8(lines.upTo(validBeginning(tail, bytes))) : null;
      if (piece === null || problem !== null) return;
      lines.add(piece);
      tail = bytes.slice(-3);
      yield piece;
    }
    if (size === 0)
      problem = said("a header and at least one row", "an empty file", "check that this is the right file");
    else if (decoded(decoder, null) === null) problem = notUtf8(lines.upTo(""));
  }
  return { text: pieces(), problem: () => problem };
}

/** The next piece, or what is left at the end (null for bytes); null where the bytes are not UTF-8. */
function decoded(decoder: InstanceType<typeof TextDecoder>, bytes: Uint8Array | null): string | null {
  try {
    return bytes === null ? decoder.decode() : decoder.decode(bytes, { stream: true });
  } catch {
    return null;
  }
}

function beginningProblem(bytes: Uint8Array): EncodingProblem | null {
  const [a, b, c, d] = bytes;
  if (a === undefined)
    return said("a header and at least one row", "an empty file", "check that this is the right file");
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) return said("UTF-8 text", "UTF-16", SAVE);
  if (a === 0x50 && b === 0x4b && c === 3 && d === 4) return said("UTF-8 text", "a workbook or zip archive", SAVE);
  if (a === 0x1f && b === 0x8b) return said("UTF-8 text", "a gzip archive", "unpack the file first");
  if (looksLikeUtf16(bytes)) return said("UTF-8 text", "UTF-16 without its byte-order mark", SAVE);
  return null;
}

/** Every other byte of the beginning is zero, as in ASCII letters of 16 bits. */
function looksLikeUtf16(bytes: Uint8Array): boolean {
  const length = Math.min(bytes.length, 512) & ~1;
  const zeros = [0, 0];
  for (let i = 0; i < length; i++) if (bytes[i] === 0) zeros[i & 1] = (zeros[i & 1] as number) + 1;
  const [even, odd] = zeros as [number, number];
  return length >= 4 && Math.max(even, odd) > length * 0.3 && Math.min(even, odd) < length * 0.05;
}

/** The text of `bytes` before the first that is not UTF-8; `tail` are the bytes before, in which a character may have begun. */
function validBeginning(tail: Uint8Array, bytes: Uint8Array): string {
  const start = tail.findIndex((b) => (b & 0xc0) !== 0x80);
  const before = start < 0 ? new Uint8Array(0) : tail.subarray(start);
  const whole = new Uint8Array(before.length + bytes.length);
  whole.set(before);
  whole.set(bytes, before.length);
  const seen = new TextDecoder("utf-8", { ignoreBOM: true }).decode(before, { stream: true });
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(whole);
  return (text.split("\ufffd", 1)[0] as string).slice(seen.length);
}

function notUtf8(line: number): EncodingProblem {
  return said("UTF-8 text", `bytes that are not UTF-8 in line ${line}`, SAVE);
}

/** Counts lines over pieces of a text; \r\n is one end, also where it is cut in two. */
function lineCounter(): { add: (piece: string) => void; upTo: (piece: string) => number } {
  let ends = 0;
  let isAfterReturn = false;
  const add = (piece: string): void => {
    for (let i = 0; i < piece.length; i++) {
      const code = piece.charCodeAt(i);
      if (code === 13 || (code === 10 && !isAfterReturn)) ends++;
      isAfterReturn = code === 13;
    }
  };
  return {
    add,
    upTo(piece) {
      add(piece);
      return ends + 1;
    },
  };
}

function said(expected: string, received: string, remedy: string): EncodingProblem {
  return { expected, received, remedy };
}
