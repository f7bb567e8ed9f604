/**
 * Opens an OME-TIFF of one file or of several. Each file of a set names all of them; the wanted plane may lie in another one, and the OME-XML
 * itself in a companion (`BinaryOnly`). Files are known by their UUIDs, so a name that leads to another file is noticed.
 */
import { raise } from "@nacre/core";
import type { ByteSource } from "../../bytes/byte-source.ts";
import { type Neighbours, staysInside } from "../../bytes/neighbours.ts";
import { drive } from "../../bytes/reading.ts";
import type { Codecs } from "../../codec/codec.ts";
import type { Slide } from "../../slide/slide.ts";
import { type SlidePlan, slideOfPlan } from "../slide-plan.ts";
import { hostile, looksLikeTiff } from "../tiff-directory.ts";
import { readStart, type TiffStart } from "../tiff-start.ts";
import { attribute, child, parseXml } from "../xml.ts";
import { type OmeFile, readOmeImages } from "./ome-xml.ts";
import { absent, chooseOme, type OmeChoice, planOme } from "./plan-ome.ts";

const MAX_XML = 2 ** 24;

/** `start`: of `source`. The slide owns the source. @throws FailureError as `openTiffSlide`, and missing-file for one of the set */
export async function openOmeSlide(
  start: TiffStart,
  source: ByteSource,
  codecs: Codecs,
  signal?: AbortSignal,
): Promise<Slide> {
  const { options, tiff } = start;
  const { text, uuid } = await readDocument(start, signal);
  const choice = chooseOme(readOmeImages(text, source.name, tiff.directories.length, uuid), options, source.name);
  const away = choice.image.elsewhere(choice.plane);
  if (away) {
    const slide = await openAway(away.file, { start, choice, index: away.directory }, codecs, signal);
    source.close();
    return slide;
  }
  const index = choice.image.directoryOf(choice.plane) ?? absent(source.name, choice.plane);
  return slideOfPlan(await drive(planOme(start, choice, index), source, signal), source, codecs, options);
}

interface Wanted {
  /** Of the file that was named. */
  readonly start: TiffStart;
  readonly choice: OmeChoice;
  readonly index: number;
}

async function openAway(file: OmeFile, wanted: Wanted, codecs: Codecs, signal?: AbortSignal): Promise<Slide> {
  const { choice, index } = wanted;
  const { options } = wanted.start;
  const source = await openBeside(wanted.start, file.name);
  try {
    const start = await drive(readStart(source.name, source.size, options, source.isRemote), source, signal);
    const found = uuidOf(start);
    if (file.uuid !== "" && found !== "" && found !== file.uuid) anotherFile(source.name, file.uuid, found);
    const plan: SlidePlan = await drive(planOme(start, choice, index), source, signal);
    return await slideOfPlan(plan, source, codecs, options);
  } catch (error) {
    source.close();
    throw error;
  }
}

const uuidOf = ({ description, tiff }: TiffStart): string =>
  description === "" ? "" : attribute(child(parseXml(description, tiff.name), "OME"), "UUID");

function anotherFile(name: string, wanted: string, found: string): never {
  return raise("unsupported-format", {
    expected: `the file ${wanted} of an OME-TIFF in several files`,
    received: `${name}, which is ${found}`,
    remedy: "fetch all files of the slide again, under their own names",
  });
}

/** The OME-XML that speaks for the file, and the UUID of the file. */
async function readDocument(start: TiffStart, signal?: AbortSignal): Promise<{ text: string; uuid?: string }> {
  const { description, tiff } = start;
  const root = /<(\w+:)?BinaryOnly[\s/>]/.test(description) && child(parseXml(description, tiff.name), "OME");
  const companion = root && child(root, "BinaryOnly");
  if (!companion) return { text: description };
  const uuid = attribute(root, "UUID");
  const source = await openBeside(start, attribute(companion, "MetadataFile"));
  try {
    const head = await source.read(0, Math.min(4, source.size), signal);
    if (looksLikeTiff(head)) {
      const other = await drive(readStart(source.name, source.size, start.options, source.isRemote), source, signal);
      return { text: other.description, uuid };
    }
    if (source.size > MAX_XML) hostile(source.name, `OME-XML of at most ${MAX_XML} bytes`);
    return { text: new TextDecoder().decode(await source.read(0, source.size, signal)), uuid };
  } finally {
    source.close();
  }
}

/** A file of the set, which lies in the same folder. */
async function openBeside({ options, tiff }: TiffStart, name: string): Promise<ByteSource> {
  const { neighbours } = options;
  if (!staysInside(name) || name.includes("/")) hostile(tiff.name, "names of files in its own folder in its OME-XML");
  const source = await (neighbours ?? alone(tiff.name, name)).open(name);
  return (
    source ??
    raise("missing-file", {
      expected: `${name} beside ${tiff.name}, with which it is one OME-TIFF`,
      received: "none",
      remedy: "copy all files of the slide into one folder",
    })
  );
}

function alone(name: string, wanted: string): Neighbours {
  return raise("unsupported-format", {
    expected: "all files of an OME-TIFF in several files",
    received: `${name} alone, without ${wanted}`,
    remedy: "open it from its folder, or join the files, for example: bfconvert -noflat IN OUT.ome.tif",
  });
}
