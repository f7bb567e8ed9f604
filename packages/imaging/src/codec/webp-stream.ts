/**
 * What the header of a WebP says (RFC 9649). Only the plain form is told of: one picture, no transparency, no profile. A browser shows its
 * pixels as every decoder gives them.
 */

const textAt = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));

/** The size of a plain WebP that ends with its bytes; null for any other. Never throws. */
export function plainWebp(bytes: Uint8Array): { readonly width: number; readonly height: number } | null {
  if (bytes.length < 30 || textAt(bytes, 0) !== "RIFF" || textAt(bytes, 8) !== "WEBP") return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(4, true) + 8 > bytes.length) return null;
  switch (textAt(bytes, 12)) {
    case "VP8 ":
      // a key frame: three bytes of its tag, the start code, then 14 bits of each side
      if ((view.getUint8(20) & 1) !== 0 || view.getUint8(23) !== 0x9d || view.getUint16(24, true) !== 0x2a01)
        return null;
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
    case "VP8L": {
      const word = view.getUint32(21, true);
      const [isTransparent, version] = [(word >>> 28) & 1, word >>> 29];
      if (view.getUint8(20) !== 0x2f || isTransparent !== 0 || version !== 0) return null;
      return { width: (word & 0x3fff) + 1, height: ((word >>> 14) & 0x3fff) + 1 };
    }
    default:
      return null;
  }
}
