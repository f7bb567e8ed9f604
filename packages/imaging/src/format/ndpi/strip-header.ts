/** The head of a JPEG strip, up to its entropy-coded data. ITU-T T.81, annex B. */

export interface StripHeader {
  /** Bytes from SOI to the end of the scan header. */
  readonly bytes: Uint8Array;
  readonly length: number;
  /** Units between two restart markers; 0: none. */
  readonly interval: number;
  readonly mcuWidth: number;
  readonly mcuHeight: number;
  /** Whether chroma is reduced downwards, so that rows of units look at their neighbours. */
  readonly isTallChroma: boolean;
  /** Byte at which height and width are written, two bytes each. NDPI writes 0 where they do not fit. */
  readonly sizeAt: number;
}

/** null where the head holds no baseline frame and scan. */
export function readStripHeader(head: Uint8Array): StripHeader | null {
  const word = (at: number): number => ((head[at] as number) << 8) | (head[at + 1] as number);
  if (head[0] !== 0xff || head[1] !== 0xd8) return null;
  let interval = 0;
  let frame: Pick<StripHeader, "mcuWidth" | "mcuHeight" | "isTallChroma" | "sizeAt"> | null = null;
  for (let at = 2; at + 4 <= head.length; ) {
    const marker = head[at + 1] as number;
    const end = at + 2 + word(at + 2);
    if (head[at] !== 0xff || end > head.length) return null;
    if (marker === 0xdd) interval = word(at + 4);
    if (marker === 0xc0 || marker === 0xc1) frame = frameAt(head, at, end);
    if (marker === 0xda) return frame && { ...frame, bytes: head.slice(0, end), length: end, interval };
    at = end;
  }
  return null;
}

function frameAt(head: Uint8Array, at: number, end: number): Omit<StripHeader, "bytes" | "length" | "interval"> | null {
  const n = head[at + 9] as number;
  if (n < 1 || n > 4 || at + 10 + 3 * n > end) return null;
  let [h, v] = [0, 0];
  for (let i = 0; i < n; i++) {
    const factors = head[at + 11 + 3 * i] as number;
    h = Math.max(h, factors >> 4);
    v = Math.max(v, factors & 15);
  }
  if (h < 1 || h > 4 || v < 1 || v > 4) return null;
  // a single component is never interleaved: its unit is one block, whatever its factors say
  const isSingle = n === 1;
  const mcuWidth = isSingle ? 8 : 8 * h;
  const mcuHeight = isSingle ? 8 : 8 * v;
  return { mcuWidth, mcuHeight, isTallChroma: !isSingle && v > 1, sizeAt: at + 5 };
}

/** Places of the restart markers RST0 to RST7 in entropy-coded bytes. */
export function* findMarkers(bytes: Uint8Array): Generator<number> {
  for (let at = bytes.indexOf(0xff); at >= 0 && at + 1 < bytes.length; at = bytes.indexOf(0xff, at + 1)) {
    if (((bytes[at + 1] as number) & 0xf8) === 0xd0) yield at;
  }
}
