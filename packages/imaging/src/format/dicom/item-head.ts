/** The heads of items and of the end of a sequence, as bytes (PS3.5, 7.5). */

const ITEM = 0xfffee000;
export const SEQUENCE_END = 0xfffee0dd;

/** A tag, little endian, and a length. */
export function itemHead(length: number, tag = ITEM): Uint8Array {
  const head = new DataView(new ArrayBuffer(8));
  head.setUint16(0, Math.floor(tag / 65536), true);
  head.setUint16(2, tag % 65536, true);
  head.setUint32(4, length, true);
  return new Uint8Array(head.buffer);
}
