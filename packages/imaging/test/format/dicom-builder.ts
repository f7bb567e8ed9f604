/** Writes DICOM whole-slide instances for tests, by PS3.5 and PS3.3 A.32.8: explicit or implicit little endian, native or in items. */

export type Value = string | readonly number[] | Uint8Array;
/** A tag, its representation, and its value; a sequence holds items. */
export type Entry = readonly [tag: number, vr: string, value: Value | readonly (readonly Entry[])[]];

export interface InstanceSpec {
  readonly width: number;
  readonly height: number;
  readonly block: readonly [width: number, height: number];
  /** Encoded or plain frames, in the order of the file. */
  readonly frames: readonly Uint8Array[];
  /** Default: explicit little endian, plain. */
  readonly syntax?: string;
  /** Offset table of frames in items. */
  readonly table?: "none" | "basic" | "extended";
  /** Cuts each frame into this many fragments. */
  readonly fragments?: number;
  readonly kind?: "VOLUME" | "LABEL" | "OVERVIEW" | "THUMBNAIL";
  readonly photometric?: string;
  readonly samples?: number;
  readonly bits?: number;
  readonly stored?: number;
  readonly planar?: boolean;
  readonly uid?: string;
  readonly series?: string;
  /** Places of the frames, from 1; absent: TILED_FULL. */
  readonly positions?: readonly { column: number; row: number; path?: string; z?: number }[];
  /** null leaves DimensionOrganizationType out. */
  readonly organization?: string | null;
  readonly paths?: readonly string[];
  readonly focalPlanes?: number;
  readonly concatenation?: { readonly uid: string; readonly offset: number };
  /** Micrometres per pixel as PixelSpacing; absent: none. */
  readonly mpp?: number;
  /** Sequences and items of undefined length. */
  readonly openEnded?: boolean;
  /** Replaces or adds top-level elements. */
  readonly more?: readonly Entry[];
}

const SYNTAX = { implicit: "1.2.840.10008.1.2", explicit: "1.2.840.10008.1.2.1" } as const;
const LONG = ["OB", "OV", "OW", "SQ", "UN", "UT"];

export function buildDicom(spec: InstanceSpec): Uint8Array {
  const syntax = spec.syntax ?? SYNTAX.explicit;
  const writer = new Writer(syntax !== SYNTAX.implicit, spec.openEnded ?? false);
  const meta = new Writer(true, false);
  const body = meta.set([
    [0x00020002, "UI", WHOLE_SLIDE],
    [0x00020010, "UI", syntax],
  ]);
  const entries = new Map(elements(spec).map((entry) => [entry[0], entry]));
  for (const entry of spec.more ?? []) entries.set(entry[0], entry);
  const sorted = [...entries.values()].sort((a, b) => a[0] - b[0]);
  const isNative = syntax === SYNTAX.explicit || syntax === SYNTAX.implicit;
  const pixels = isNative ? writer.element([0x7fe00010, "OB", join(spec.frames)]) : itemised(spec);
  const head = new Uint8Array(132);
  head.set(new TextEncoder().encode("DICM"), 128);
  return join([head, meta.element([0x00020000, "UL", u32(body.length)]), body, writer.set(sorted), pixels]);
}

const WHOLE_SLIDE = "1.2.840.10008.5.1.4.1.1.77.1.6";

function elements(spec: InstanceSpec): Entry[] {
  const bits = spec.bits ?? 8;
  const samples = spec.samples ?? 3;
  const organization =
    spec.organization === undefined ? (spec.positions ? "TILED_SPARSE" : "TILED_FULL") : spec.organization;
  const list: Entry[] = [
    [0x00080008, "CS", `ORIGINAL\\PRIMARY\\${spec.kind ?? "VOLUME"}\\NONE`],
    [0x00080016, "UI", WHOLE_SLIDE],
    [0x00080018, "UI", spec.uid ?? `1.2.3.${spec.width}.${spec.kind ?? "VOLUME"}`],
    [0x00080070, "LO", "Nacre tests"],
    [0x00100010, "PN", "DOE^JANE"],
    [0x0020000e, "UI", spec.series ?? "1.2.3"],
    [0x00200013, "IS", "1"],
    [0x00200052, "UI", "1.2.3.9"],
    [0x00280002, "US", u16(samples)],
    [0x00280004, "CS", spec.photometric ?? "RGB"],
    [0x00280006, "US", u16(spec.planar ? 1 : 0)],
    [0x00280008, "IS", String(spec.frames.length)],
    [0x00280010, "US", u16(spec.block[1])],
    [0x00280011, "US", u16(spec.block[0])],
    [0x00280100, "US", u16(bits)],
    [0x00280101, "US", u16(spec.stored ?? bits)],
    [0x00280102, "US", u16((spec.stored ?? bits) - 1)],
    [0x00280103, "US", u16(0)],
    [0x00400512, "LO", "SLIDE 1"],
    [0x00480006, "UL", u32(spec.width)],
    [0x00480007, "UL", u32(spec.height)],
    [0x00480105, "SQ", (spec.paths ?? ["0"]).map(opticalPath)],
    [0x00480303, "UL", u32(spec.focalPlanes ?? 1)],
  ];
  if (organization !== null) list.push([0x00209311, "CS", organization]);
  if (spec.concatenation) {
    list.push([0x00209161, "UI", spec.concatenation.uid], [0x00209228, "UL", u32(spec.concatenation.offset)]);
  }
  if (spec.mpp) {
    const spacing = String(spec.mpp / 1000);
    list.push([0x52009229, "SQ", [[[0x00289110, "SQ", [[[0x00280030, "DS", `${spacing}\\${spacing}`]]]]]]]);
  }
  if (spec.positions) list.push([0x52009230, "SQ", spec.positions.map(frameGroup)]);
  if (spec.table === "extended") {
    const lengths = spec.frames.map((frame) => frame.length);
    list.push([0x7fe00001, "OV", u64(offsetsOf(spec))], [0x7fe00002, "OV", u64(lengths)]);
  }
  return list;
}

const opticalPath = (name: string): Entry[] => [
  [0x00480106, "SH", name],
  [0x00480112, "DS", "20"],
];

function frameGroup({ column, row, path, z }: NonNullable<InstanceSpec["positions"]>[number]): Entry[] {
  const plane: Entry[] = [
    [0x0040074a, "DS", String(z ?? 0)],
    [0x0048021e, "SL", u32(column)],
    [0x0048021f, "SL", u32(row)],
  ];
  const group: Entry[] = [[0x0048021a, "SQ", [plane]]];
  if (path !== undefined) group.unshift([0x00480207, "SQ", [[[0x00480106, "SH", path]]]]);
  return group;
}

/** Fragments of a frame; only the last may be odd before it is padded. */
function fragmentsOf(frame: Uint8Array, n: number): Uint8Array[] {
  const each = Math.ceil(frame.length / n / 2) * 2;
  return Array.from({ length: n }, (_, i) => frame.subarray(i * each, (i + 1) * each)).filter(
    (part) => part.length > 0,
  );
}

function offsetsOf(spec: InstanceSpec): number[] {
  const offsets: number[] = [];
  let at = 0;
  for (const frame of spec.frames) {
    offsets.push(at);
    for (const part of fragmentsOf(frame, spec.fragments ?? 1)) at += 8 + part.length + (part.length % 2);
  }
  return offsets;
}

function itemised(spec: InstanceSpec): Uint8Array {
  const table =
    spec.table === "basic" ? Uint8Array.from(offsetsOf(spec).flatMap((offset) => u32(offset))) : new Uint8Array();
  const head = Uint8Array.from([0xe0, 0x7f, 0x10, 0, 0x4f, 0x42, 0, 0, 255, 255, 255, 255]);
  const items = spec.frames.flatMap((frame) => fragmentsOf(frame, spec.fragments ?? 1).map(item));
  return join([head, item(table), ...items, Uint8Array.from([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0])]);
}

const item = (bytes: Uint8Array): Uint8Array => {
  const even = padded(bytes);
  return join([Uint8Array.from([0xfe, 0xff, 0x00, 0xe0, ...u32(even.length)]), even]);
};

class Writer {
  readonly #isExplicit: boolean;
  readonly #isOpenEnded: boolean;

  constructor(isExplicit: boolean, isOpenEnded: boolean) {
    this.#isExplicit = isExplicit;
    this.#isOpenEnded = isOpenEnded;
  }

  set(entries: readonly Entry[]): Uint8Array {
    return join(entries.map((entry) => this.element(entry)));
  }

  element([tag, vr, value]: Entry): Uint8Array {
    const isOpen = vr === "SQ" && this.#isOpenEnded;
    const bytes = vr === "SQ" ? this.#items(value as readonly (readonly Entry[])[]) : padded(plain(vr, value as Value));
    const length = isOpen ? [255, 255, 255, 255] : u32(bytes.length);
    const name = [...u16(Math.floor(tag / 65536)), ...u16(tag % 65536)];
    const letters = [vr.charCodeAt(0), vr.charCodeAt(1)];
    const head = !this.#isExplicit
      ? [...name, ...length]
      : LONG.includes(vr)
        ? [...name, ...letters, 0, 0, ...length]
        : [...name, ...letters, ...u16(bytes.length)];
    const end = isOpen ? [0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0] : [];
    return join([Uint8Array.from(head), bytes, Uint8Array.from(end)]);
  }

  #items(items: readonly (readonly Entry[])[]): Uint8Array {
    const start = [0xfe, 0xff, 0x00, 0xe0];
    const open = [...start, 255, 255, 255, 255];
    const end = Uint8Array.from([0xfe, 0xff, 0x0d, 0xe0, 0, 0, 0, 0]);
    return join(
      items.map((entries) => {
        const body = this.set(entries);
        if (this.#isOpenEnded) return join([Uint8Array.from(open), body, end]);
        return join([Uint8Array.from([...start, ...u32(body.length)]), body]);
      }),
    );
  }
}

function plain(vr: string, value: Value): Uint8Array {
  if (typeof value === "string") {
    const text = value.length % 2 === 1 ? value + (vr === "UI" ? "\0" : " ") : value;
    return new TextEncoder().encode(text);
  }
  return value instanceof Uint8Array ? value : Uint8Array.from(value);
}

const padded = (bytes: Uint8Array): Uint8Array => (bytes.length % 2 === 0 ? bytes : join([bytes, new Uint8Array(1)]));

export function join(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export const u16 = (value: number): number[] => [value & 255, value >> 8];
export const u32 = (value: number): number[] => [
  value & 255,
  (value >> 8) & 255,
  (value >> 16) & 255,
  (value >>> 24) & 255,
];
const u64 = (values: readonly number[]): number[] => values.flatMap((value) => [...u32(value), 0, 0, 0, 0]);
