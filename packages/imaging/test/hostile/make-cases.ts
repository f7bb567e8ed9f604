/** Broken slides by construction: every field of every structure, at the values where readers fail. Says what is broken, not what must come of it. */
import type { BaseSlide } from "./base-slides.ts";
import type { Edit, HostileCase } from "./edits.ts";

/** All cases, in a fixed order. */
export function makeCases(bases: readonly BaseSlide[]): HostileCase[] {
  const sizes = new Map(bases.map(({ name, main, files }) => [name, files.get(main)?.length ?? 0]));
  return [
    ...["tiff", "bigtiff"].flatMap((base) => entryCases(base, sizes.get(base) ?? 0)),
    ...["tiff", "bigtiff", "ndpi"].flatMap((base) => chainCases(base, sizes.get(base) ?? 0)),
    ...["svs", "ndpi", "strips"].flatMap((base) => pixelCases(base)),
    ...truncations(bases),
    ...jpegCases(),
    ...bombs(),
    ...xmlCases(),
    ...dicomCases(),
    ...cziCases(),
    ...etsCases(),
    ...zarrCases(),
    ...dziCases(),
    ...imageCases(),
  ];
}

const one = (name: string, base: string, ...edits: Edit[]): HostileCase => ({ name: `${base}: ${name}`, base, edits });
const entry = (tag: number, part: "type" | "count" | "value", to: number, directory = 0): Edit => ({
  directory,
  tag,
  part,
  to,
});
const TAGS: Readonly<Record<number, string>> = {
  256: "width",
  257: "height",
  258: "bits",
  259: "compression",
  262: "photometric",
  277: "samples",
  322: "tile width",
  323: "tile height",
  324: "tile offsets",
  325: "tile lengths",
};
const numberName = (n: number): string =>
  n === 2 ** 31 ? "2^31" : n === 2 ** 53 ? "2^53" : n === 2 ** 32 - 1 ? "2^32-1" : String(n);

/** Type, count and value of each entry at 0, 1, 2^31, 2^53 and the size of the file. */
function entryCases(base: string, size: number): HostileCase[] {
  const isBig = base === "bigtiff";
  const cases: HostileCase[] = [];
  for (const [key, field] of Object.entries(TAGS)) {
    const tag = Number(key);
    const numbers = [0, 1, 2 ** 31, isBig ? 2 ** 53 : 2 ** 32 - 1];
    for (const to of [0, 2, 99]) cases.push(one(`${field} of type ${to}`, base, entry(tag, "type", to)));
    for (const to of [...numbers, size])
      cases.push(
        one(
          `${field} ${to === size ? "counted as the file is long" : `${numberName(to)} times`}`,
          base,
          entry(tag, "count", to),
        ),
      );
    for (const to of [...numbers, size])
      cases.push(
        one(`${field} field ${to === size ? "at the end of the file" : numberName(to)}`, base, entry(tag, "value", to)),
      );
  }
  return cases;
}

function chainCases(base: string, size: number): HostileCase[] {
  const link = (name: string, to: number, directory = 1): HostileCase =>
    one(name, base, { directory, part: "next", to });
  const first =
    base === "ndpi"
      ? []
      : [
          one("first directory at 0", base, {
            at: base === "bigtiff" ? 8 : 4,
            hex: base === "bigtiff" ? "0000000000000000" : "00000000",
          }),
          one("first directory beyond the end", base, {
            at: base === "bigtiff" ? 8 : 4,
            hex: base === "bigtiff" ? "00000000ffffffff" : "ffffff7f",
          }),
          one("first directory inside the header", base, {
            at: base === "bigtiff" ? 8 : 4,
            hex: base === "bigtiff" ? "0000000000000001" : "01000000",
          }),
        ];
  return [
    ...first,
    link("directories in a circle", base === "bigtiff" ? 16 : 8),
    link("a directory that follows itself", base === "bigtiff" ? 16 : 8, 0),
    link("next directory beyond the end", size + 2),
    link("next directory at the last byte", size - 1),
    ...[0, 1, 5000, 65535].map((to) =>
      one(`a directory of ${to} entries`, base, { directory: 0, part: "entries", to }),
    ),
    one("a cut header", base, { truncate: 6 }),
    one("another version", base, { at: 2, hex: "2c2c" }),
    one("byte orders that differ", base, { at: 0, hex: "494d" }),
  ];
}

/** Sizes and kinds of pixels that cannot be. */
function pixelCases(base: string): HostileCase[] {
  const isStrips = base !== "svs";
  const tags: [number, string, readonly number[]][] = [
    [256, "width", [0, 2 ** 24, 2 ** 24 + 1, 2 ** 31]],
    [257, "height", [0, 2 ** 24, 2 ** 31]],
    [259, "compression", [0, 6, 3, 34887, 50002, 65535]],
    [262, "photometric", [3, 5, 8, 65535]],
    [277, "samples", [0, 2, 5, 65535]],
    ...((isStrips
      ? [[278, "rows of a strip", [0, 1, 2 ** 31]]]
      : [
          [322, "tile width", [0, 7, 2 ** 24]],
          [323, "tile height", [0, 7, 2 ** 24]],
        ]) as [number, string, readonly number[]][]),
  ];
  return tags.flatMap(([tag, field, list]) =>
    list.map((to) => one(`${field} said to be ${numberName(to)}`, base, entry(tag, "value", to))),
  );
}

/** Copies that broke off: at the head, in the middle, before the last byte. */
function truncations(bases: readonly BaseSlide[]): HostileCase[] {
  return bases.flatMap(({ name, main, files }) => {
    const [key, bytes] =
      main === ""
        ? ([...files].sort((a, b) => a[1].length - b[1].length)[0] as [string, Uint8Array])
        : [main, files.get(main) as Uint8Array];
    const cuts = [0, 1, 3, 17, 140, Math.floor(bytes.length / 2), bytes.length - 1].filter((cut) => cut < bytes.length);
    return [...new Set(cuts)].map((truncate) => ({
      name: `${name}: cut after ${truncate} bytes`,
      base: name,
      file: key,
      edits: [{ truncate }],
    }));
  });
}

/** Headers of blocks that lie: the frame of a JPEG stream says another size, components, precision; tables are missing or wrong. */
function jpegCases(): HostileCase[] {
  const frame = (name: string, plus: number, hex: string): HostileCase[] =>
    ["svs", "dicom-jpeg", "jpeg"].map((base) => one(`JPEG frame with ${name}`, base, { find: "ffc00011", plus, hex }));
  return [
    ...frame("12 bits", 4, "0c"),
    ...frame("no rows", 5, "0000"),
    ...frame("65535 rows", 5, "ffff"),
    ...frame("no columns", 7, "0000"),
    ...frame("65535 columns", 7, "ffff"),
    ...frame("a column less", 7, "001f"),
    ...frame("no components", 9, "00"),
    ...frame("255 components", 9, "ff"),
    ...frame("a sampling factor of 0", 11, "00"),
    ...frame("a sampling factor of 15", 11, "ff"),
    ...frame("quantisation table 9", 12, "09"),
    ...frame("a length beyond the block", 2, "ffff"),
    ...frame("a lossless mark", 1, "c3"),
    ...frame("an arithmetic mark", 1, "c9"),
    one("tables that are no tables", "svs", { find: "ffdb0043", plus: 0, hex: "ffc00043" }),
    one("tables without an end", "svs", { find: "ffdb0043", plus: 2, hex: "ffff" }),
    one("a Huffman table of 255 codes a length", "svs", { find: "ffc4001f", plus: 5, hex: "ff".repeat(16) }),
    one("a scan of no component", "svs", { find: "ffda000c", plus: 4, hex: "00" }),
    one("a scan of an unknown component", "svs", { find: "ffda000c", plus: 5, hex: "ff" }),
    one("a scan header beyond the block", "svs", { find: "ffda000c", plus: 2, hex: "7fff" }),
    one("restart intervals of one unit", "ndpi", { find: "ffdd0004", plus: 4, hex: "0001" }),
    one("restart intervals of 65535 units", "ndpi", { find: "ffdd0004", plus: 4, hex: "ffff" }),
    one("restart intervals of no unit", "ndpi", { find: "ffdd0004", plus: 4, hex: "0000" }),
    one("a strip without its start", "ndpi", { find: "ffd8ffdd", plus: 0, hex: "0000" }),
    ...[
      ["size 2^31 x 2^31", 6, "8000000080000000"],
      ["size 0", 6, "0000000000000000"],
      ["tile size 0", 22, "0000000000000000"],
      ["tiles of one pixel", 22, "0000000100000001"],
      ["no components", 38, "0000"],
      ["16384 components", 38, "4000"],
      ["38 bits", 40, "25"],
      ["subsampling 0", 41, "00"],
    ].map(([name, plus, hex]) =>
      one(`JPEG 2000 ${name}`, "jpeg2000", { find: "ff51", plus: plus as number, hex: hex as string }),
    ),
    one("JPEG 2000 without its coding style", "jpeg2000", { find: "ff52", plus: 0, hex: "ff64" }),
    one("JPEG 2000 of 33 resolutions", "jpeg2000", { find: "ff52", plus: 9, hex: "21" }),
    one("JPEG 2000 with a tile part beyond the block", "jpeg2000", { find: "ff90", plus: 6, hex: "7fffffff" }),
    one("WebP with another size", "webp", { find: "57454250", plus: 12, hex: "ffffffff" }),
    one("WebP that is none", "webp", { find: "57454250", plus: 0, hex: "00000000" }),
  ];
}

/** Blocks that grow without end, and blocks that hold too little. */
function bombs(): HostileCase[] {
  const block = (name: string, base: string, hex: string): HostileCase => one(name, base, { directory: 0, block: hex });
  return [
    one("a deflate block of 64 MiB", "deflate", { directory: 0, deflatedZeros: 2 ** 26 }),
    one("a deflate block of 3073 bytes", "deflate", { directory: 0, deflatedZeros: 3073 }),
    one("a deflate block of 3071 bytes", "deflate", { directory: 0, deflatedZeros: 3071 }),
    one("a deflate block of 100 bytes", "deflate", { directory: 0, deflatedZeros: 100 }),
    block("a deflate block that is none", "deflate", "00".repeat(64)),
    // one frame, content size 2^40, one block of zeros repeated
    block("a Zstandard block that says 2^40 bytes", "zstd", "28b52ffde0000000000001000003000400"),
    block("a Zstandard block of 128 KiB in one byte", "zstd", "28b52ffda40000020002000000"),
    block("a Zstandard block of an unknown size", "zstd", "28b52ffd00580100000a"),
    block("a Zstandard block of noise", "zstd", "ab".repeat(64)),
    block("a Zstandard block of no byte but its mark", "zstd", "28b52ffd"),
    block("a JPEG 2000 block of noise", "jpeg2000", "ff4fff51".padEnd(128, "a5")),
    block("a JPEG block of its start alone", "svs", "ffd8"),
    block("a JPEG block of noise", "svs", "ffd8".padEnd(256, "5a")),
    block("a WebP block of noise", "webp", "52494646ffffffff57454250565038".padEnd(128, "5a")),
    block("an uncompressed block of one byte", "tiff", "7f"),
    one("a deflate block that turns to noise", "deflate", { find: "789c", plus: 8, hex: "ff".repeat(24) }),
    one("a Zstandard block that turns to noise", "zstd", { find: "28b52ffd", plus: 8, hex: "ff".repeat(24) }),
    one("LZW codes before they exist", "lzw", { at: 10, hex: "ff".repeat(24) }),
    one("LZW that clears for ever", "lzw", { at: 8, hex: "80".repeat(40) }),
    one("a description of 2^25 letters", "svs", { directory: 0, tag: 270, piece: "v1", with: "v1 x ", times: 2 ** 23 }),
    one("an MPP of nonsense", "svs", { text: "MPP = 0.25", with: "MPP = 1e99" }),
    one("an MPP of 0", "svs", { text: "MPP = 0.25", with: "MPP = 0.00" }),
  ];
}

/** XML that explodes, lies or does not end. */
function xmlCases(): HostileCase[] {
  const cases: HostileCase[] = [];
  const lies: Readonly<Record<string, readonly (readonly [name: string, text: string, by: string])[]>> = {
    scn: [
      ["no size of the glass", 'sizeX="100000" sizeY="75000"', 'sizeX="000000" sizeY="75000"'],
      ["a directory that is not there", 'ifd="1"', 'ifd="9"'],
      ["a size of nonsense", 'sizeX="48000"', 'sizeX="1e999"'],
      ["an area before the glass", 'offsetX="10000"', 'offsetX="-1000"'],
      ["an area far beyond the glass", 'offsetX="10000"', 'offsetX="9e999"'],
      ["no dimension", "<dimension", "<dimensiom"],
    ],
    philips: [
      ["no spacing", "DICOM_PIXEL_SPACING", "DICOM_PIXEL_SPACXXX"],
      ["a spacing of 0", '"0.00025" "0.00025"', '"0.00000" "0.00000"'],
      ["a spacing of nonsense", '"0.00025" "0.00025"', '"NaN0025" "NaN0025"'],
      ["spacings that shrink", '"0.0005" "0.0005"', '"0.0001" "0.0001"'],
    ],
    bif: [
      ["no version", 'Ver="2"', 'Vex="2"'],
      ["no area", "<ImageInfo", "<ImageInfx"],
      ["2^31 columns", 'NumCols="2"', 'NumCols="2147483648"'],
      ["an overlap of a whole tile", 'OverlapX="4"', 'OverlapX="32"'],
      ["an overlap of 1e9", 'OverlapX="4"', 'OverlapX="1000000000"'],
      ["a joint of one frame", 'Tile2="2"', 'Tile2="1"'],
      ["an unknown direction", 'Direction="RIGHT"', 'Direction="RIGXX"'],
      ["a frame of another size", 'Width="32"', 'Width="33"'],
      ["an origin between tiles", 'OriginX="0"', 'OriginX="5"'],
    ],
    "ome-tiff": [
      ["no pixels", "<Pixels", "<Pixelz"],
      ["a size of 2^40", 'SizeX="96"', 'SizeX="1099511627776"'],
      ["a size of 0", 'SizeX="96"', 'SizeX="00"'],
      ["another size", 'SizeX="96"', 'SizeX="95"'],
      ["2^31 channels", 'SizeC="3"', 'SizeC="2147483648"'],
      ["2^31 focal planes", 'SizeZ="1"', 'SizeZ="2147483648"'],
      ["an unknown order", "XYCZT", "XXXXX"],
      ["a directory that is not there", 'IFD="0"', 'IFD="7"'],
      ["an unknown type", "uint8", "complex"],
      ["a scale of nonsense", 'PhysicalSizeX="0.25"', 'PhysicalSizeX="-1e9"'],
    ],
  };
  for (const [base, list] of Object.entries(lies)) {
    const root = { scn: "<scn", philips: "<DataObject", bif: "<EncodeInfo", "ome-tiff": "<OME" }[base] as string;
    const where = base === "bif" ? { directory: 1, tag: 700 } : { directory: 0, tag: 270 };
    const grown = (name: string, piece: string, by: string, times = 1): HostileCase =>
      one(`XML with ${name}`, base, { ...where, piece, with: by, times });
    cases.push(
      ...list.map(([name, text, by]) => grown(name, text, by)),
      grown("a document type", root, `<!DOCTYPE a [<!ENTITY b "${"b".repeat(64)}">]>${root}`),
      grown("elements 100 deep", root, `<a>${root}`, 100),
      grown("a million elements", root, `<a/>${root}`, 2 ** 20),
      grown("a root that does not close", root, `${root.slice(0, -1)}<`),
      grown("no letter", root, ""),
    );
  }
  return cases;
}

/** The head of encapsulated pixel data; behind it the offset table at 12, its entries at 20, the first frame at 44. */
const PIXELS = "e07f10004f420000ffffffff";

/** The extended offset table, 12 bytes before its first value, and that of lengths. */
const EXTENDED = "e07f01004f560000";
const LENGTHS = "e07f02004f560000";

function dicomCases(): HostileCase[] {
  const element = (name: string, find: string, hex: string, base = "dicom"): HostileCase =>
    one(name, base, { find, plus: 8, hex });
  return [
    one("DICOM without its mark", "dicom", { at: 128, hex: "00000000" }),
    one("DICOM head of 2^32-1 bytes", "dicom", { at: 140, hex: "ffffffff" }),
    element("DICOM of no rows", "2800100055530200", "0000"),
    element("DICOM of 65535 rows", "2800100055530200", "ffff"),
    element("DICOM of no columns", "2800110055530200", "0000"),
    element("DICOM of no samples", "2800020055530200", "0000"),
    element("DICOM of 65535 samples", "2800020055530200", "ffff"),
    element("DICOM of 1 bit", "2800000155530200", "0100"),
    element("DICOM of 65535 bits", "2800000155530200", "ffff"),
    element("DICOM with a matrix of no column", "48000600554c0400", "00000000"),
    element("DICOM with a matrix of 2^32-1 columns", "48000600554c0400", "ffffffff"),
    element("DICOM with a matrix of 2^32-1 rows", "48000700554c0400", "ffffffff"),
    element("DICOM with a matrix one column wider", "48000600554c0400", "61000000"),
    element("DICOM of 2^31 focal planes", "48000303554c0400", "00000080"),
    element("DICOM of no frame", "2800080049530200", "3020"),
    element("DICOM of fewer frames", "2800080049530200", "3320"),
    element("DICOM of 99 frames", "2800080049530200", "3939"),
    element("DICOM of -1 frames", "2800080049530200", "2d31"),
    one("DICOM with a value beyond the end", "dicom", { find: "08007000", plus: 6, hex: "ffff" }),
    one("DICOM with an unknown representation", "dicom", { find: "280010005553", plus: 4, hex: "3030" }),
    one("DICOM with pixels of 2^32-2 bytes", "dicom", { find: "e07f10004f42", plus: 8, hex: "feffffff" }),
    one("DICOM with pixels of no byte", "dicom", { find: "e07f10004f42", plus: 8, hex: "00000000" }),
    one("DICOM with a sequence longer than the file", "dicom", { find: "480005015351", plus: 8, hex: "ffffff7f" }),
    one("DICOM with an unknown transfer syntax", "dicom", { text: "1.2.840.10008.1.2.1", with: "1.2.840.10008.9.9.9" }),
    one("DICOM in big endian", "dicom", { text: "1.2.840.10008.1.2.1", with: "1.2.840.10008.1.2.2" }),
    one("DICOM of another class", "dicom", { text: "77.1.6", with: "77.1.9" }),
    one("DICOM that is a label", "dicom", { text: "VOLUME", with: "LABEL " }),
    one("DICOM with an unknown colour", "dicom", { find: "280004004353", plus: 8, hex: "585858" }),
    one("DICOM with a frame beyond the end", "dicom-jpeg", { find: PIXELS, plus: 48, hex: "ffffff7f" }),
    one("DICOM with a frame of no length", "dicom-jpeg", { find: PIXELS, plus: 48, hex: "ffffffff" }),
    one("DICOM with a frame that is no item", "dicom-jpeg", { find: PIXELS, plus: 44, hex: "00000000" }),
    one("DICOM with an offset table beyond the end", "dicom-jpeg", { find: PIXELS, plus: 24, hex: "ffffff7f" }),
    one("DICOM with an offset table out of order", "dicom-jpeg", { find: PIXELS, plus: 24, hex: "01000000" }),
    one("DICOM with an odd offset table", "dicom-jpeg", { find: PIXELS, plus: 16, hex: "17000000" }),
    ...["ffffffffff000000", "ffffffffffffffff"].map((value) =>
      one(`DICOM with an extended offset of ${value}`, "dicom-extended", { find: EXTENDED, plus: 20, hex: value }),
    ),
    one("DICOM with an extended offset into a frame", "dicom-extended", { find: EXTENDED, plus: 20, hex: "05" }),
    one("DICOM with an extended length beyond the end", "dicom-extended", { find: LENGTHS, plus: 20, hex: "ffffff7f" }),
    one("DICOM with an extended table of no frame", "dicom-extended", { find: EXTENDED, plus: 8, hex: "00000000" }),
    one("DICOM frame at column 2^31", "dicom-sparse", { find: "48001e02534c0400", plus: 8, hex: "ffffff7f" }),
    one("DICOM frame before the first column", "dicom-sparse", { find: "48001e02534c0400", plus: 8, hex: "000000ff" }),
    one("DICOM sequence that does not end", "dicom-sparse", { find: "feffdde0", plus: 0, hex: "00000000" }),
    one("DICOM item that does not end", "dicom-sparse", { find: "feff0de0", plus: 0, hex: "00000000" }),
  ];
}

function cziCases(): HostileCase[] {
  const sub = "ZISRAWSUBBLOCK";
  const hex = (text: string): string => Buffer.from(text).toString("hex");
  return [
    one("CZI without its mark", "czi", { at: 0, hex: "00" }),
    one("CZI of another version", "czi", { at: 32, hex: "ff000000" }),
    ...["ffffffffffffff7f", "0000000000000000", "0100000000000000", "ffffffff00000000"].map((value) =>
      one(`CZI directory at ${value}`, "czi", { at: 84, hex: value }),
    ),
    one("CZI directory of 2^31 entries", "czi", { find: hex("ZISRAWDIRECTORY"), nth: 0, plus: 32, hex: "00000080" }),
    one("CZI directory of no entry", "czi", { find: hex("ZISRAWDIRECTORY"), nth: 0, plus: 32, hex: "00000000" }),
    ...["ffffffffffffff7f", "0100000000000000"].map((value) =>
      one(`CZI metadata at ${value}`, "czi", { at: 92, hex: value }),
    ),
    one("CZI subblock without its mark", "czi", { find: hex(sub), plus: 0, hex: "00" }),
    one("CZI subblock with 2^31 bytes of metadata", "czi", { find: hex(sub), plus: 32, hex: "00000080" }),
    one("CZI subblock with 2^63 bytes", "czi", { find: hex(sub), plus: 40, hex: "ffffffffffffff7f" }),
    one("CZI subblock of no byte", "czi", { find: hex(sub), plus: 40, hex: "0000000000000000" }),
    ...(
      [
        ["pixel type 99", 2, "63000000"],
        ["compression JPEG XR", 18, "04000000"],
        ["compression 99", 18, "63000000"],
        ["2^31 dimensions", 28, "00000080"],
        ["no dimension", 28, "00000000"],
        ["a place beyond the end", 6, "ffffffffffffff7f"],
        ["a place before the file", 6, "ffffffffffffffff"],
        ["a width of 2^31", 40, "ffffff7f"],
        ["a width of 0", 40, "00000000"],
        ["a negative width", 40, "ffffffff"],
        ["stored wider than it is", 48, "ffffff7f"],
      ] as const
    ).map(([name, plus, value]) => one(`CZI entry with ${name}`, "czi", { find: "4456", nth: 4, plus, hex: value })),
    one("CZI metadata with a document type", "czi", { text: "<ImageDocument", with: "<!DOCTYPE a><I" }),
    one("CZI metadata that do not close", "czi", { text: "</ImageDocument>", with: "<ImageDocument>>" }),
  ];
}

function etsCases(): HostileCase[] {
  return (
    [
      ["no mark", 0, "00"],
      ["2^31 dimensions", 12, "00000080"],
      ["no dimension", 12, "00000000"],
      ["a second head beyond the end", 16, "ffffffffffff0000"],
      ["tiles beyond the end", 32, "ffffffffffff0000"],
      ["2^31 tiles", 40, "00000080"],
      ["no tile", 40, "00000000"],
      ["a second head without its mark", 64, "00"],
      ["samples of type 9", 72, "09000000"],
      ["no component", 76, "00000000"],
      ["9 components", 76, "09000000"],
      ["compression 99", 84, "63000000"],
      ["a tile of no width", 92, "00000000"],
      ["a tile of 2^31 columns", 92, "00000080"],
      ["a tile of 2^31 rows", 96, "00000080"],
    ] as const
  ).map(([name, at, hex]) => one(`ETS with ${name}`, "ets", { at, hex }));
}

function zarrCases(): HostileCase[] {
  const change = (
    base: string,
    file: string,
    list: readonly (readonly [name: string, text: string, by: string])[],
  ): HostileCase[] =>
    list.map(([name, text, by]) => ({
      name: `${base}: ${file} with ${name}`,
      base,
      file,
      edits: [{ text, with: by }],
    }));
  return [
    ...change("zarr-0.4", "0/.zarray", [
      ["shape of 2^53", "96]", "9007199254740993]"],
      ["shape of 0", "96]", "0]"],
      ["a negative shape", "96]", "-96]"],
      ["chunks of 0", "32]", "0]"],
      ["chunks of 2^40", "32]", "1099511627776]"],
      ["an unknown codec", "blosc", "blork"],
      ["an unknown type", "|u1", "|Q9"],
      ["no JSON", "{", "["],
      ["another version", '"zarr_format":2', '"zarr_format":9'],
    ]),
    ...change("zarr-0.4", ".zattrs", [
      ["no picture", "multiscales", "multiscalez"],
      ["a level outside of the folder", '"path":"0"', '"path":"../.."'],
      ["an absolute level", '"path":"0"', '"path":"/etc"'],
      ["no JSON", "{", "}"],
      ["a scale of nonsense", "0.5", "-1e999"],
    ]),
    ...change("zarr-0.5", "zarr.json", [["another version", '"zarr_format":3', '"zarr_format":4']]),
    ...change("zarr-0.5", "0/zarr.json", [
      ["another version", '"zarr_format":3', '"zarr_format":2'],
      ["shape of 2^53", "96]", "9007199254740993]"],
      ["shape of 0", "96]", "0]"],
      ["chunks of 0", "32]", "0]"],
      ["an unknown codec", "zstd", "zzzz"],
      ["an unknown type", "uint8", "uint9"],
      ["no JSON", "{", "["],
    ]),
    ...change("zarr-0.5", "zarr.json", [
      ["no picture", "multiscales", "multiscalez"],
      ["a level outside of the folder", '"path":"0"', '"path":"../.."'],
      ["prototype pollution", '"path":"0"', '"__proto__":{"x":1},"path":"0"'],
    ]),
  ];
}

function dziCases(): HostileCase[] {
  const change = (name: string, text: string, by: string): HostileCase =>
    one(`Deep Zoom with ${name}`, "dzi", { text, with: by });
  return [
    change("no width", 'Width="96"', 'Width="0"'),
    change("a width of 2^53", 'Width="96"', 'Width="9007199254740993"'),
    change("a negative width", 'Width="96"', 'Width="-96"'),
    change("a tile of 0", 'TileSize="64"', 'TileSize="0"'),
    change("a tile of 2^31", 'TileSize="64"', 'TileSize="2147483648"'),
    change("an overlap of 2^31", 'Overlap="0"', 'Overlap="2147483648"'),
    change("a negative overlap", 'Overlap="0"', 'Overlap="-1"'),
    change("a format that leads elsewhere", 'Format="png"', 'Format="png/../../../x"'),
    change("a document type", "<Image", "<!DOCTYPE a><Image"),
    change("no size", "<Size", "<Siz"),
    change("no end", "</Image>", ""),
    {
      name: "dzi: Deep Zoom with a tile that is no picture",
      base: "dzi",
      file: "a_files/7/0_0.png",
      edits: [{ at: 0, hex: "0000" }],
    },
    {
      name: "dzi: Deep Zoom with a tile of another size",
      base: "dzi",
      file: "a_files/7/0_0.png",
      edits: [{ at: 16, hex: "00000010" }],
    },
  ];
}

function imageCases(): HostileCase[] {
  return [
    one("PNG of no width", "png", { at: 16, hex: "00000000" }),
    one("PNG of 2^31 columns", "png", { at: 16, hex: "7fffffff" }),
    one("PNG of 2^31 rows", "png", { at: 20, hex: "7fffffff" }),
    one("PNG of 3 bits", "png", { at: 24, hex: "03" }),
    one("PNG of colour type 9", "png", { at: 25, hex: "09" }),
    one("PNG with a wrong checksum", "png", { at: 29, hex: "00000000" }),
    one("PNG with a chunk of 2^31 bytes", "png", { at: 33, hex: "7fffffff" }),
    one("a file of other bytes", "png", { at: 0, hex: "00".repeat(16) }),
  ];
}
