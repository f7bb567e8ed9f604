/** Writes CZI files for tests: segments, subblocks, their directory, metadata, attachments. */
import { join, u16, u32 } from "./dicom-builder.ts";

export interface SubblockSpec {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Samples stored; default all. */
  readonly stored?: readonly [width: number, height: number];
  /** Index in other dimensions, by letter. */
  readonly at?: Readonly<Record<string, number>>;
  readonly pixelType?: number;
  readonly compression?: number;
  readonly data: Uint8Array;
  readonly filePart?: number;
}

export interface CziSpec {
  readonly subblocks: readonly SubblockSpec[];
  readonly xml?: string;
  readonly attachments?: readonly { readonly name: string; readonly type: string; readonly data: Uint8Array }[];
  readonly isUnfinished?: boolean;
}

export const PIXEL = { gray8: 0, gray16: 1, float: 2, bgr24: 3, bgr48: 4, bgra32: 9 } as const;

const i64 = (value: number): number[] => [...u32(value % 2 ** 32), ...u32(Math.floor(value / 2 ** 32))];
const letters = (text: string, length: number): number[] =>
  [...text.padEnd(length, "\0")].map((letter) => letter.charCodeAt(0));

function segment(name: string, body: Uint8Array): Uint8Array {
  const allocated = Math.ceil(body.length / 32) * 32;
  const out = new Uint8Array(32 + allocated);
  out.set([...letters(name, 16), ...i64(allocated), ...i64(body.length)]);
  out.set(body, 32);
  return out;
}

function entry(spec: SubblockSpec, position: number): Uint8Array {
  const [storedX, storedY] = spec.stored ?? [spec.width, spec.height];
  const dimension = (letter: string, start: number, size: number, stored: number): number[] => [
    ...letters(letter, 4),
    ...u32(start),
    ...u32(size),
    ...[0, 0, 0, 0],
    ...u32(stored),
  ];
  const others = Object.entries(spec.at ?? {});
  return Uint8Array.from([
    ...letters("DV", 2),
    ...u32(spec.pixelType ?? PIXEL.bgr24),
    ...i64(position),
    ...u32(spec.filePart ?? 0),
    ...u32(spec.compression ?? 0),
    ...[storedX < spec.width ? 1 : 0, 0, 0, 0, 0, 0],
    ...u32(2 + others.length),
    ...dimension("X", spec.x, spec.width, storedX),
    ...dimension("Y", spec.y, spec.height, storedY),
    ...others.flatMap(([letter, index]) => dimension(letter, index, 1, 1)),
  ]);
}

export function buildCzi(spec: CziSpec): Uint8Array {
  const parts: Uint8Array[] = [];
  let end = 32 + 512;
  const put = (part: Uint8Array): number => {
    parts.push(part);
    end += part.length;
    return end - part.length;
  };
  const entries: Uint8Array[] = [];
  for (const subblock of spec.subblocks) {
    const own = entry(subblock, end);
    entries.push(own);
    const head = new Uint8Array(Math.max(256, 16 + own.length));
    head.set([...u32(6), ...u32(0), ...i64(subblock.data.length)]);
    head.set(own, 16);
    put(segment("ZISRAWSUBBLOCK", join([head, new TextEncoder().encode("<META>"), subblock.data])));
  }
  const directory = put(
    segment("ZISRAWDIRECTORY", join([padTo(Uint8Array.from(u32(entries.length)), 128), ...entries])),
  );
  const xml = new TextEncoder().encode(spec.xml ?? "");
  const metadata =
    spec.xml === undefined
      ? 0
      : put(segment("ZISRAWMETADATA", join([padTo(Uint8Array.from(u32(xml.length)), 256), xml])));
  const attached = (spec.attachments ?? []).map(({ name, type, data }) => {
    const at = put(segment("ZISRAWATTACH", join([padTo(Uint8Array.from(u32(data.length)), 256), data])));
    const head = [
      ...letters("A1", 2),
      ...new Array<number>(10).fill(0),
      ...i64(at),
      ...u32(0),
      ...new Array<number>(16).fill(0),
    ];
    return Uint8Array.from([...head, ...letters(type, 8), ...letters(name, 80)]);
  });
  const list =
    attached.length === 0
      ? 0
      : put(segment("ZISRAWATTDIR", join([padTo(Uint8Array.from(u32(attached.length)), 256), ...attached])));
  const header = new Uint8Array(512);
  header.set([...u32(1), ...u32(0)]);
  header.set([...i64(directory), ...i64(metadata), ...u32(spec.isUnfinished ? 1 : 0), ...i64(list)], 52);
  return join([segment("ZISRAWFILE", header), ...parts]);
}

function padTo(bytes: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  out.set(bytes);
  return out;
}

/** RGB as CZI stores it. */
export function bgr(rgb: Uint8Array): Uint8Array {
  return rgb.map((_, i) => rgb[i + 2 - 2 * (i % 3)] as number);
}

/** Bytes as words: each value in the upper half, noise in the lower. */
export const words = (bytes: Uint8Array): Uint8Array =>
  Uint8Array.from([...bytes].flatMap((value) => u16(value * 256 + 77)));

/** Metadata with a scale, an objective and channels. */
export function metadataXml(mpp: number, channels: readonly string[] = [], bits = 8): string {
  const list = channels.map((name) => `<Channel Id="Channel:0" Name="${name}"/>`).join("");
  const distance = (id: string): string => `<Distance Id="${id}"><Value>${mpp * 1e-6}</Value></Distance>`;
  return (
    "<ImageDocument><Metadata>" +
    `<Scaling><Items>${distance("X")}${distance("Y")}</Items></Scaling>` +
    `<Information><Image><ComponentBitCount>${bits}</ComponentBitCount><Dimensions><Channels>${list}</Channels></Dimensions>` +
    '<ObjectiveSettings><ObjectiveRef Id="Objective:2"/></ObjectiveSettings></Image>' +
    '<Instrument><Objectives><Objective Id="Objective:1"><NominalMagnification>5</NominalMagnification></Objective>' +
    '<Objective Id="Objective:2"><NominalMagnification>20</NominalMagnification></Objective></Objectives></Instrument>' +
    "</Information></Metadata></ImageDocument>"
  );
}
