/** What the main header of a JPEG 2000 codestream says of its pixels (ISO/IEC 15444-1: SIZ, A.5.1; COD, A.6.1). */

export interface Jpeg2000Frame {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  /** Every component has 8 unsigned bits and the size of the image. */
  readonly isPlain: boolean;
  /** The stream's own decoder turns its components into RGB. */
  readonly isTransformed: boolean;
  /** The 5/3 wavelet: reversible, though layers may have been cut off. */
  readonly isReversible: boolean;
}

const [START, SIZE, CODING, TILE] = [0xff4f, 0xff51, 0xff52, 0xff90];

/** The frame of a bare codestream, or null where it is none or its header ends early. */
export function jpeg2000Frame(bytes: Uint8Array): Jpeg2000Frame | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 44 || view.getUint16(0) !== START || view.getUint16(2) !== SIZE) return null;
  const components = view.getUint16(40);
  const width = view.getUint32(8) - view.getUint32(16);
  const height = view.getUint32(12) - view.getUint32(20);
  if (42 + 3 * components > bytes.length) return null;
  let isPlain = true;
  for (let i = 0; i < components; i++) {
    const at = 42 + 3 * i;
    isPlain &&= view.getUint8(at) === 7 && view.getUint8(at + 1) === 1 && view.getUint8(at + 2) === 1;
  }
  for (let at = 4 + view.getUint16(4); at + 14 <= bytes.length; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint16(at);
    if (marker === TILE) return null;
    if (marker !== CODING) continue;
    const [isTransformed, isReversible] = [view.getUint8(at + 8) === 1, view.getUint8(at + 13) === 1];
    return { width, height, components, isPlain, isTransformed, isReversible };
  }
  return null;
}
