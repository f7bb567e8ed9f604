/**
 * Which JPEG 2000 streams may go to a native decoder. What slides hold is plain: one tile, 8 bits, the default coding style. The
 * rest of ISO/IEC 15444-1, where most faults of decoders were found, stays in the WebAssembly build, which cannot leave its memory.
 * Bounds here also bound what a native decoder allocates: 2^22 pixels of four components of int32 are 64 MiB.
 */

const MOST_PIXELS = 2 ** 22;
/** The side of the tile, which may be larger than the image. */
const MOST_TILE = 2 ** 16;
const MOST_BYTES = 2 ** 25;
const MOST_DECOMPOSITIONS = 10;
const MOST_LAYERS = 64;
/** The smallest precinct, as a power of two: smaller ones make a table of millions out of a small stream. */
const LEAST_PRECINCT = 5;

const MARKER = { start: 0xff4f, size: 0xff51, coding: 0xff52, quantisation: 0xff5c, comment: 0xff64 } as const;
const TILE = { part: 0xff90, lengths: 0xff58, data: 0xff93 } as const;

/** The size of a plain stream, which begins at the first byte; null for any other. Never throws. */
export function plainCodestream(stream: Uint8Array): { readonly width: number; readonly height: number } | null {
  if (stream.length < 64 || stream.length > MOST_BYTES) return null;
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  if (view.getUint16(0) !== MARKER.start || view.getUint16(2) !== MARKER.size) return null;
  const size = plainSize(view);
  return size && hasPlainMarkers(view) ? size : null;
}

/** SIZ (A.5.1): one tile from 0, 0 that is the image, one to four components of 8 bits and full size. */
function plainSize(view: DataView): { width: number; height: number } | null {
  const [capabilities, width, height] = [view.getUint16(6), view.getUint32(8), view.getUint32(12)];
  const isFromOrigin = [16, 20, 32, 36].every((at) => view.getUint32(at) === 0);
  const isOneTile = [24, 28].every((at, i) => {
    const tile = view.getUint32(at);
    return tile >= (i === 0 ? width : height) && tile <= MOST_TILE;
  });
  const components = view.getUint16(40);
  if (capabilities > 2 || !isFromOrigin || !isOneTile || width * height > MOST_PIXELS || width * height === 0)
    return null;
  if (components < 1 || components > 4 || view.getUint16(4) !== 38 + 3 * components) return null;
  if (view.byteLength < 42 + 3 * components) return null;
  for (let c = 0; c < components; c++) {
    if (view.getUint8(42 + 3 * c) !== 7 || view.getUint16(43 + 3 * c) !== 0x0101) return null;
  }
  return { width, height };
}

/** The main header and those of all parts of the tile hold only what is known here, each in its place. */
function hasPlainMarkers(view: DataView): boolean {
  const seen = { coding: 0, quantisation: 0, parts: 0 };
  let isMain = true;
  let partEnd = 0;
  let at = 4 + view.getUint16(4);
  while (at + 4 <= view.byteLength) {
    const marker = view.getUint16(at);
    const length = view.getUint16(at + 2);
    if (isMain && marker === MARKER.coding) {
      if (!isPlainCoding(view, at, length)) return false;
      seen.coding++;
    } else if (isMain && marker === MARKER.quantisation) seen.quantisation++;
    else if (marker === TILE.part && (isMain || at === partEnd)) {
      if (length !== 10 || at + 12 > view.byteLength) return false;
      const end = at + view.getUint32(at + 6);
      const isNext = view.getUint16(at + 4) === 0 && view.getUint8(at + 10) === seen.parts;
      if (!isNext || end > view.byteLength) return false;
      partEnd = end === at ? view.byteLength : end;
      isMain = false;
      seen.parts++;
    } else if (!isMain && marker === TILE.data) {
      // behind the last part lies the end of the stream, or nothing
      if (partEnd <= at || seen.coding !== 1 || seen.quantisation !== 1) return false;
      if (partEnd + 4 > view.byteLength) return true;
      at = partEnd;
      continue;
    } else if (marker !== MARKER.comment && !(marker === TILE.lengths && !isMain)) return false;
    if (length < 2) return false;
    at += 2 + length;
  }
  return false;
}

/** COD (A.6.1): no markers between packets, code-blocks of 64 x 64 at most and of the default style, precincts that are not tiny. */
function isPlainCoding(view: DataView, at: number, length: number): boolean {
  if (length < 12 || at + 2 + length > view.byteLength) return false;
  const [style, order, layers] = [view.getUint8(at + 4), view.getUint8(at + 5), view.getUint16(at + 6)];
  const [mixing, decompositions] = [view.getUint8(at + 8), view.getUint8(at + 9)];
  const [wide, high, blockStyle, wavelet] = [10, 11, 12, 13].map((i) => view.getUint8(at + i)) as [
    number,
    number,
    number,
    number,
  ];
  if (style > 1 || order > 4 || layers < 1 || layers > MOST_LAYERS) return false;
  if (mixing > 1 || decompositions > MOST_DECOMPOSITIONS || wide > 4 || high > 4 || blockStyle !== 0 || wavelet > 1)
    return false;
  if (length !== (style === 0 ? 12 : 13 + decompositions)) return false;
  for (let i = 0; style === 1 && i <= decompositions; i++) {
    const precinct = view.getUint8(at + 14 + i);
    if ((precinct & 15) < LEAST_PRECINCT || precinct >> 4 < LEAST_PRECINCT) return false;
  }
  return true;
}
