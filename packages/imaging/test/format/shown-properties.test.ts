/** Secrets planted in every place where a format keeps text about people, slides and devices: none comes through a slide that was opened plainly. */
import { unwrap } from "@nacre/core";
import { beforeAll, describe, expect, it } from "vitest";
import {
  isSynthetic,
  memorySource,
  neighboursInMemory,
  type OpenOptions,
  openSlide,
  openSlideFolder,
  type SlideInfo,
} from "../../src/index.ts";
import { nodeCodecs } from "../../src/node.ts";
import { everySecret, SECRETS, secretsIn } from "../deid/planted.ts";
import { type BaseSlide, baseSlides } from "../hostile/base-slides.ts";
import { broken, type Edit } from "../hostile/edits.ts";
import { buildNdpi, stripWithRestarts } from "../ndpi-builder.ts";
import { picture } from "../picture.ts";
import { buildTiff, rawPage } from "../tiff-builder.ts";
import { buildDicom } from "./dicom-builder.ts";

const ascii = (text: string): readonly [2, readonly number[]] => [2, [...new TextEncoder().encode(`${text}\0`)]];
const text = everySecret;
const [barcode, person, date, file, uuid, serial] = SECRETS;

async function infoOf({ main, files }: BaseSlide, options: OpenOptions = {}): Promise<SlideInfo> {
  const neighbours = neighboursInMemory(
    new Map([...files].map(([name, bytes]) => [name, () => memorySource(bytes, name)])),
  );
  const slide = unwrap(
    main === ""
      ? await openSlideFolder("made", neighbours, nodeCodecs, options)
      : await openSlide(memorySource(files.get(main) as Uint8Array, main), nodeCodecs, { neighbours, ...options }),
  );
  slide.close();
  return slide.info;
}

const bases = new Map<string, BaseSlide>();
beforeAll(async () => {
  for (const base of await baseSlides()) bases.set(base.name, base);
});

/** What is written into a sound slide, by its name. */
const PLANTED: readonly (readonly [base: string, edits: readonly Edit[], file?: string])[] = [
  [
    "svs",
    [
      {
        directory: 0,
        tag: 270,
        piece: "|AppMag",
        with: `|User = ${person}|Filename = ${file}|Date = ${date}|ScanScope ID = ${serial}|Title = ${barcode}|Left = ${uuid}|${text}|AppMag`,
      },
    ],
  ],
  [
    "ome-tiff",
    [
      {
        directory: 0,
        tag: 270,
        piece: "<Image ",
        with: `<Experimenter ID="a" LastName="${text}"/><Image Name="${text}" `,
      },
    ],
  ],
  ["scn", [{ directory: 0, tag: 270, piece: "<barcode>", with: `<barcode>${text}` }]],
  ["philips", [{ directory: 0, tag: 270, piece: "PHILIPS<", with: `${text}<` }]],
  ["bif", [{ directory: 0, tag: 700, piece: "<iScan ", with: `<iScan BarCode1D="${text}" UnitNumber="${text}" ` }]],
  [
    "czi",
    [
      {
        text: "<Information>",
        with: `<Information><User><Name>${text}</Name></User><Application><Name>${text}</Name></Application>`,
      },
    ],
  ],
  ["zarr-0.4", [{ text: '"multiscales":[{', with: `"multiscales":[{"name":"${text}",` }], ".zattrs"],
];

describe("a slide that was opened plainly", () => {
  it.each(PLANTED.map((each) => [each[0], each] as const))(
    "tells no secret of a %s",
    async (name, [, edits, inner]) => {
      const base = bases.get(name) as BaseSlide;
      const longer =
        name === "czi"
          ? lengthened(base, edits)
          : broken(base, { name, base: name, edits, ...(inner ? { file: inner } : {}) });
      const info = await infoOf(longer);
      expect(secretsIn(Buffer.from(JSON.stringify(info)))).toEqual([]);
      expect(info.format).toBe((await infoOf(base)).format);
    },
  );

  it("tells no secret in the make, the model, the software or the date of a TIFF, an NDPI or a DICOM, and names their scanner", async () => {
    const raster = picture(96, 64);
    const tags = [271, 272, 305, 306].map((tag) => [tag, ...ascii(text)] as const);
    const tiff = buildTiff({ pages: [rawPage(raster, [32, 32], { description: text, tags })] });
    const strip = await stripWithRestarts(raster);
    const ndpi = buildNdpi([
      {
        ...{ width: 96, height: 64, strip: strip.bytes },
        tags: [
          [270, ...ascii(text)],
          [271, ...ascii("Hamamatsu")],
          [272, ...ascii(text)],
          [306, ...ascii(date)],
          [65421, 11, [20]],
          [65426, 4, strip.starts],
          [65442, ...ascii(serial)],
        ],
      },
    ]);
    const value = new TextEncoder().encode(text);
    const dicom = buildDicom({
      ...{ width: 96, height: 64, block: [96, 64], frames: [raster.data], mpp: 0.5 },
      more: [
        [0x00080080, "LO", value],
        [0x00100010, "PN", value],
        [0x00100020, "LO", value],
        [0x00181000, "LO", value],
        [0x00400512, "LO", value],
      ],
    });
    const shown: Record<string, string>[] = [];
    for (const [name, bytes] of [
      ["a.tif", tiff],
      ["a.ndpi", ndpi],
      ["a.dcm", dicom],
    ] as const) {
      const info = await infoOf({ name, main: name, files: new Map([[name, bytes]]) });
      expect(secretsIn(Buffer.from(JSON.stringify(info))), name).toEqual([]);
      shown.push(info.properties);
    }
    expect(shown[0]).toEqual({});
    expect(shown[1]).toEqual({ "tiff.Make": "Hamamatsu", "hamamatsu.SourceLens": "20" });
    expect(shown[2]?.["dicom.Manufacturer"]).toBe("Nacre tests");
  });

  it("tells the scale, the objective and the geometry that an Aperio description holds", async () => {
    const { properties } = await infoOf(bases.get("svs") as BaseSlide);
    expect(properties).toEqual({ "aperio.AppMag": "40", "aperio.MPP": "0.25" });
  });

  it("still says that a program drew it", async () => {
    const base = bases.get("svs") as BaseSlide;
    const title = { directory: 0, tag: 270, piece: "|AppMag", with: "|Title = synthetic slide, not a patient|AppMag" };
    const info = await infoOf(broken(base, { name: "", base: "svs", edits: [title] }));
    expect(isSynthetic(info)).toBe(true);
    expect(isSynthetic(await infoOf(base))).toBe(false);
  });
});

describe("a slide that was opened with identifiers", () => {
  it.each([
    ["svs", "tiff.ImageDescription"],
    ["ome-tiff", "tiff.ImageDescription"],
    ["scn", "tiff.ImageDescription"],
  ])("tells all that the reader found of a %s", async (name, key) => {
    const base = bases.get(name) as BaseSlide;
    const [, edits] = PLANTED.find(([each]) => each === name) as (typeof PLANTED)[number];
    const { properties } = await infoOf(broken(base, { name, base: name, edits }), { identifiers: true });
    expect(secretsIn(Buffer.from(properties[key] as string))).toEqual([...SECRETS]);
  });
});

/** A CZI whose metadata grow: they are moved behind the end, where their length can be another. */
function lengthened(base: BaseSlide, edits: readonly Edit[]): BaseSlide {
  const bytes = Buffer.from(base.files.get(base.main) as Uint8Array);
  const at = bytes.indexOf("ZISRAWMETADATA");
  const xml = bytes.readInt32LE(at + 32);
  const segment = Buffer.from(bytes.subarray(at, at + 32 + 256 + xml));
  const [edit] = edits as readonly [Extract<Edit, { text: string }>];
  const grown = Buffer.from(segment.toString("latin1").replace(edit.text, edit.with), "latin1");
  grown.writeInt32LE(grown.length - 32 - 256, 32);
  const out = Buffer.concat([bytes, grown]);
  out.writeBigUInt64LE(BigInt(bytes.length), 32 + 60);
  return { ...base, files: new Map([[base.main, new Uint8Array(out)]]) };
}
