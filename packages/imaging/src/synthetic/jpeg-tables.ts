/**
 * JPEG streams taken apart for TIFF (TIFF Technical Note 2): the quantisation and Huffman tables that all blocks share go
 * once into the JPEGTables tag, and each block keeps the rest. ITU-T T.81, annex B.
 */

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const DQT = 0xdb;
const DHT = 0xc4;
const isApplication = (marker: number): boolean => marker >= 0xe0 && marker <= 0xef;

export interface SplitJpeg {
  /** SOI, tables, EOI. */
  readonly tables: Uint8Array;
  /** SOI, frame, scan, EOI. */
  readonly block: Uint8Array;
}

/** Takes a complete baseline stream apart. @throws RangeError where it is not one */
export function splitJpeg(stream: Uint8Array): SplitJpeg {
  const tables: number[] = [0xff, SOI];
  const head: number[] = [0xff, SOI];
  for (let at = 2; at + 4 <= stream.length; ) {
    const marker = stream[at + 1] as number;
    const end = at + 2 + (((stream[at + 2] as number) << 8) | (stream[at + 3] as number));
    if (stream[at] !== 0xff || end > stream.length) break;
    if (marker === SOS) {
      const block = new Uint8Array(head.length + stream.length - at);
      block.set(head);
      block.set(stream.subarray(at), head.length);
      return { tables: Uint8Array.from([...tables, 0xff, EOI]), block };
    }
    if (marker === DQT || marker === DHT) tables.push(...stream.subarray(at, end));
    else if (!isApplication(marker)) head.push(...stream.subarray(at, end));
    at = end;
  }
  throw new RangeError("expected a baseline JPEG stream with a scan, received none; check the encoder");
}
