/**
 * Which colours a JPEG stream holds. DICOM headers lie about it, so the stream is asked first: a JFIF or Adobe marker, then the names of its
 * components. Only where it says nothing is the header believed, and an Adobe marker is then put in front, since decoders would guess.
 */

/** `null`: grey, or nothing in the stream says it. */
export function colourOf(stream: Uint8Array): "RGB" | "YCbCr" | null {
  let at = 2;
  let marked: "RGB" | "YCbCr" | null = null;
  while (at + 9 < stream.length && stream[at] === 0xff) {
    const marker = stream[at + 1] as number;
    const length = ((stream[at + 2] as number) << 8) | (stream[at + 3] as number);
    if (marker === 0xe0 && spells(stream, at + 4, "JFIF")) marked ??= "YCbCr";
    if (marker === 0xee && spells(stream, at + 4, "Adobe")) marked ??= stream[at + 15] === 0 ? "RGB" : "YCbCr";
    if (marker >= 0xc0 && marker <= 0xc2) return (stream[at + 9] ?? 0) === 3 ? (marked ?? byNames(stream, at)) : null;
    if (marker === 0xda || marker === 0xd9) return null;
    at += 2 + length;
  }
  return null;
}

/** The letters R, G, B; or 1, 2, 3, which JFIF gives to YCbCr; or chroma of another size, which only YCbCr has. */
function byNames(stream: Uint8Array, frame: number): "RGB" | "YCbCr" | null {
  const names = [10, 13, 16].map((at) => stream[frame + at]);
  const sizes = [11, 14, 17].map((at) => stream[frame + at]);
  if (names.every((name, i) => name === "RGB".charCodeAt(i))) return "RGB";
  return names.every((name, i) => name === i + 1) || sizes[0] !== sizes[1] ? "YCbCr" : null;
}

function spells(stream: Uint8Array, at: number, word: string): boolean {
  return [...word].every((letter, i) => stream[at + i] === letter.charCodeAt(0));
}
