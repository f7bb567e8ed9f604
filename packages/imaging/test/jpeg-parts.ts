/** Makes of an ordinary JPEG what a TIFF stores: tables apart, no markers that say the colour transform. For tests only. */
export function splitJpeg(jpeg: Uint8Array): { tables: Uint8Array; block: Uint8Array } {
  const tables: number[] = [0xff, 0xd8];
  const block: number[] = [0xff, 0xd8];
  let at = 2;
  for (;;) {
    const marker = jpeg[at + 1] as number;
    const length = 2 + ((jpeg[at + 2] as number) << 8) + (jpeg[at + 3] as number);
    const segment = jpeg.subarray(at, at + length);
    if (marker === 0xdb || marker === 0xc4) tables.push(...segment);
    else if (marker < 0xe0 || marker > 0xef) block.push(...segment);
    at += length;
    if (marker === 0xda) break;
  }
  return { tables: new Uint8Array([...tables, 0xff, 0xd9]), block: new Uint8Array([...block, ...jpeg.subarray(at)]) };
}
