/**
 * An ICC profile (ICC.1:2022) without what tells of its maker: colours stay, texts, dates, signatures of the device and the
 * profile's own hash become zeros. Bytes that no kept tag claims become zeros too, so nothing hides between tags.
 */
import { viewOf } from "../format/tiff-directory.ts";

const HEADER = 128;
const MAX_TAGS = 256;
/** Header fields by byte: date (24), device maker and model (48), creator (80), profile hash (84). */
const PRIVATE: readonly (readonly [number, number])[] = [
  [24, 36],
  [48, 56],
  [80, 100],
  [100, 128],
];
const COLOURS = new Set(
  [
    "wtpt",
    "bkpt",
    "rXYZ",
    "gXYZ",
    "bXYZ",
    "rTRC",
    "gTRC",
    "bTRC",
    "kTRC",
    "chad",
    "lumi",
    "gamt",
    "tech",
    "view",
    "meas",
  ].concat([
    "A2B0",
    "A2B1",
    "A2B2",
    "B2A0",
    "B2A1",
    "B2A2",
    "D2B0",
    "D2B1",
    "D2B2",
    "D2B3",
    "B2D0",
    "B2D1",
    "B2D2",
    "B2D3",
    "pre0",
    "pre1",
    "pre2",
    "cicp",
    "chrm",
  ]),
);
/** Types that hold numbers; what a tag of colours holds beside them is no colour. */
const NUMBERS = new Set([
  "XYZ ",
  "curv",
  "para",
  "sf32",
  "mft1",
  "mft2",
  "mAB ",
  "mBA ",
  "mpet",
  "sig ",
  "view",
  "meas",
  "chrm",
  "cicp",
]);

/** A cleaned copy of the same length, or null where the bytes are no profile. */
export function cleanIcc(profile: Uint8Array): Uint8Array | null {
  if (profile.length < HEADER + 4 || textAt(profile, 36) !== "acsp") return null;
  const view = viewOf(profile);
  const n = view.getUint32(HEADER);
  if (n > MAX_TAGS || HEADER + 4 + n * 12 > profile.length) return null;
  const out = new Uint8Array(profile.length);
  out.set(profile.subarray(0, HEADER + 4));
  for (const [from, to] of PRIVATE) out.fill(0, from, to);
  // entries of what goes are closed up: two empty ones would be a tag that stands twice
  let kept = 0;
  for (let i = 0; i < n; i++) {
    const at = HEADER + 4 + i * 12;
    const [offset, size] = [view.getUint32(at + 4), view.getUint32(at + 8)];
    if (offset + size > profile.length || size < 8 || offset < HEADER) return null;
    const name = textAt(profile, at);
    const type = textAt(profile, offset);
    const isColour = COLOURS.has(name) && NUMBERS.has(type);
    const isText = name === "desc" || name === "cprt";
    if (isColour || isText) out.set(profile.subarray(at, at + 12), HEADER + 4 + kept++ * 12);
    if (isColour) out.set(profile.subarray(offset, offset + size), offset);
    // readers ask for a description and a copyright: both stay, empty
    else if (isText && /^(desc|text|mluc)$/.test(type)) out.set(profile.subarray(offset, offset + 4), offset);
  }
  viewOf(out).setUint32(HEADER, kept);
  return out;
}

const textAt = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
