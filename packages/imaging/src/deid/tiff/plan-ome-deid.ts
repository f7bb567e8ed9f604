/**
 * OME-TIFF: the image that is the slide stays, with all its channels, focal planes, times and SubIFDs, and with the images that are its levels;
 * every other image (label, macro, thumbnail, further series) goes. The OME-XML is written anew and stands in the first directory of the copy.
 */
import type { Reading } from "../../bytes/reading.ts";
import { type OmeImage, readOmeImages } from "../../format/ome/ome-xml.ts";
import { isLevelOf } from "../../format/ome/plan-ome.ts";
import { readPage, type TiffPage } from "../../format/tiff-page.ts";
import { readSubDirectories, type TiffStart } from "../../format/tiff-start.ts";
import { TAG } from "../../format/tiff-tags.ts";
import { child, children, parseXml, type XmlNode } from "../../format/xml.ts";
import { refuseDeid } from "../report.ts";
import { type OmePlane, omeDescriptionOf, tellingElements } from "./allowed-ome.ts";
import type { DeidPlan, DroppedPicture, KeptDirectory } from "./plan.ts";

const SHAPE_TOLERANCE = 0.02;

export function* planOmeDeid(start: TiffStart): Reading<DeidPlan> {
  const { tiff, description } = start;
  const root = child(parseXml(description, tiff.name), "OME") as XmlNode;
  const images = readOmeImages(description, tiff.name, tiff.directories.length);
  const image = images.reduce((a, b) => (b.width * b.height > a.width * a.height ? b : a), images[0] as OmeImage);
  if (/label|macro|overview/i.test(image.name)) {
    refuseDeid("a scan", "a file whose largest image calls itself a label or a macro", "name the slide it belongs to");
  }
  const stays = [image, ...images.filter((each) => isLevelOf(image, each)).sort((a, b) => b.width - a.width)];
  const planes = stays.map((each) => planesOf(each, tiff.directories.length));
  const wanted = [...new Set(planes.flat().map(({ ifd }) => ifd))].sort((a, b) => a - b);
  const number = new Map(wanted.map((ifd, i) => [ifd, i]));
  const written = stays.map((each, i) => ({
    node: nodeOf(root, images.indexOf(each)),
    planes: (planes[i] as OmePlane[]).map((plane) => ({ ...plane, ifd: number.get(plane.ifd) as number })),
  }));
  const texts = new Map([[TAG.imageDescription, omeDescriptionOf(root, written)]]);
  const names = namesOf(images);
  const kept: KeptDirectory[] = [];
  const dropped: DroppedPicture[] = tellingElements(root).map((name) => ({
    where: "OME-XML",
    what: `elements ${name}`,
  }));
  for (const [i, directory] of tiff.directories.entries()) {
    const page = yield* readPage(tiff, directory);
    const where = `directory ${i}`;
    const below: KeptDirectory[] = [];
    let last = page;
    for (const [k, sub] of (yield* readSubDirectories(tiff, directory)).entries()) {
      const small = yield* readPage(tiff, sub);
      const inside = `SubIFD ${k} of ${where}`;
      const isLevel = number.has(i) && isReduced(page, last, small);
      if (!isLevel) dropped.push({ where: inside, what: `picture of ${small.width} x ${small.height} px` });
      else below.push({ directory: sub, page: small, where: inside, texts: new Map(), below: [] });
      if (isLevel) last = small;
    }
    if (!number.has(i))
      dropped.push({ where, what: `${names.get(i) ?? "picture"} of ${page.width} x ${page.height} px` });
    else kept.push({ directory, page, where, texts: kept.length === 0 ? texts : new Map(), below });
  }
  return { format: "ome-tiff", kept, dropped };
}

/** Directories of images that call themselves something a report may say. */
function namesOf(images: readonly OmeImage[]): Map<number | null, string> {
  return new Map(
    images.flatMap(({ name, directoryOf }) => {
      const word = /label|macro|overview|thumbnail/i.exec(name)?.[0].toLowerCase();
      return word ? [[directoryOf({ channel: 0, focalPlane: 0, time: 0 }), word] as const] : [];
    }),
  );
}

/** Every plane of the image, each in this file. */
function planesOf(image: OmeImage, directories: number): OmePlane[] {
  const planes: OmePlane[] = [];
  for (let time = 0; time < image.times; time++) {
    for (let channel = 0; channel < image.channels.length; channel++) {
      for (let focalPlane = 0; focalPlane < image.focalPlanes; focalPlane++) {
        const ifd = image.directoryOf({ channel, focalPlane, time });
        if (ifd === null || !(ifd >= 0 && ifd < directories)) {
          return refuseDeid(
            "an OME-TIFF that holds all its planes",
            `one whose channel ${channel}, focal plane ${focalPlane}, time ${time} lies in another file or nowhere`,
            "join the files first, for example: bfconvert -noflat IN OUT.ome.tif",
          );
        }
        planes.push({ channel, focalPlane, time, ifd });
      }
    }
  }
  return planes;
}

/** The element that an image was read from: those without pixels are not counted. */
const nodeOf = (root: XmlNode, index: number): XmlNode =>
  children(root, "Image").filter((each) => child(each, "Pixels"))[index] as XmlNode;

function isReduced(base: TiffPage, last: TiffPage, page: TiffPage): boolean {
  if (page.width >= last.width || page.height >= last.height) return false;
  const slack = Math.max(2 / page.width, 2 / page.height, SHAPE_TOLERANCE);
  return Math.abs((page.width / page.height) * (base.height / base.width) - 1) <= slack;
}
