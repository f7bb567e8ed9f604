/** Overwrites bytes with zeros and counts those that changed. */
export function blank(bytes: Uint8Array, from: number, to: number): number {
  let changed = 0;
  for (let at = Math.max(0, from); at < Math.min(to, bytes.length); at++) {
    if (bytes[at] !== 0) changed++;
    bytes[at] = 0;
  }
  return changed;
}
