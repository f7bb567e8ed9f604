/** The TIFF tags that matter here, by their names in TIFF 6.0, its technical notes and the vendors' own. */
export const TAG = {
  newSubfileType: 254,
  imageWidth: 256,
  imageLength: 257,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  imageDescription: 270,
  make: 271,
  model: 272,
  stripOffsets: 273,
  samplesPerPixel: 277,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  xResolution: 282,
  yResolution: 283,
  planarConfiguration: 284,
  resolutionUnit: 296,
  software: 305,
  dateTime: 306,
  predictor: 317,
  colorMap: 320,
  tileWidth: 322,
  tileLength: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  subIfds: 330,
  sampleFormat: 339,
  jpegTables: 347,
  xmp: 700,
  iccProfile: 34675,
  ndpiMagic: 65420,
} as const;

/** Compression schemes by number, for messages and for the choice of a painter. */
export const COMPRESSION: Readonly<Record<number, string>> = {
  1: "none",
  2: "CCITT RLE",
  3: "CCITT fax 3",
  4: "CCITT fax 4",
  5: "LZW",
  6: "old-style JPEG",
  7: "JPEG",
  8: "deflate",
  32773: "PackBits",
  32946: "deflate",
  33003: "JPEG 2000 (Aperio YCbCr)",
  33004: "JPEG 2000 (33004)",
  33005: "JPEG 2000 (Aperio RGB)",
  34712: "JPEG 2000 (34712)",
  34887: "LERC",
  34892: "lossy DNG JPEG",
  34925: "LZMA",
  50000: "Zstandard",
  50001: "WebP",
  50002: "JPEG XL",
};

/** "JPEG (7)", or the bare number where nobody knows it. */
export function compressionName(code: number): string {
  const name = COMPRESSION[code];
  return name ? `${name}, compression ${code}` : `compression ${code}`;
}
