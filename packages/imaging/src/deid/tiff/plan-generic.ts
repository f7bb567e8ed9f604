/** Aperio SVS and pyramids without a layout of their own: levels stay, and Aperio's thumbnail, which shows the scan alone. */
import type { Reading } from "../../bytes/reading.ts";
import { isAperio } from "../../format/aperio.ts";
import { findLevels } from "../../format/tiff-levels.ts";
import { readPage, type TiffPage } from "../../format/tiff-page.ts";
import { readPages, readSubDirectories, type TiffStart } from "../../format/tiff-start.ts";
import { TAG } from "../../format/tiff-tags.ts";
import { refuseDeid } from "../report.ts";
import { allowedAperio, allowedPlain } from "./allowed-text.ts";
import { type DeidPlan, type DroppedPicture, droppedName, isNamedAside, type KeptDirectory } from "./plan.ts";

const SHAPE_TOLERANCE = 0.02;

export function* planGenericDeid(start: TiffStart): Reading<DeidPlan> {
  const { tiff, first } = start;
  const main = yield* readPages(tiff);
  const below: TiffPage[] = [];
  for (const directory of yield* readSubDirectories(tiff, first)) below.push(yield* readPage(tiff, directory));
  const all = [...main, ...below];
  const { levels } = findLevels(all);
  const base = levels[0] as TiffPage;
  if (isNamedAside(base)) {
    refuseDeid(
      "a scan",
      "a file whose largest picture calls itself a label or a macro",
      "name the slide it belongs to",
    );
  }
  const isOfAperio = isAperio(base.description);
  const staysOf = (page: TiffPage): boolean =>
    levels.includes(page) || isPlaneOf(levels, page) || (isOfAperio && page === main[1] && isThumbnail(base, page));
  const kept = (page: TiffPage, where: string, inside: readonly KeptDirectory[] = []): KeptDirectory => {
    const text =
      isOfAperio && isAperio(page.description) ? allowedAperio(page.description) : allowedPlain(page.description);
    const texts = new Map<number, string>(text === "" ? [] : [[TAG.imageDescription, text]]);
    if (page === main[0] && isNamedJpeg2000(start, page)) texts.set(TAG.software, SOME_WRITER);
    return { directory: page.directory, page, where, texts, below: inside };
  };
  const dropped: DroppedPicture[] = [];
  const inside: KeptDirectory[] = [];
  for (const [i, page] of below.entries()) {
    if (staysOf(page)) inside.push(kept(page, `SubIFD ${i}`));
    else dropped.push({ where: `SubIFD ${i}`, what: droppedName(page) });
  }
  const chain: KeptDirectory[] = [];
  for (const [i, page] of main.entries()) {
    if (staysOf(page)) chain.push(kept(page, `directory ${i}`, i === 0 ? inside : []));
    else dropped.push({ where: `directory ${i}`, what: droppedName(page) });
  }
  if (inside.length > 0 && !staysOf(main[0] as TiffPage)) {
    refuseDeid(
      "levels below a picture that stays",
      "levels below a picture that goes",
      "convert the slide to a plain pyramid first",
    );
  }
  return { format: isOfAperio ? "aperio-svs" : "tiff", kept: chain, dropped };
}

/** What stands for the name of a writer, where the colours of JPEG 2000 (33004) depend on whether there is one. */
const SOME_WRITER = "Nacre";
const isNamedJpeg2000 = ({ software, description }: TiffStart, { compression }: TiffPage): boolean =>
  compression === 33004 && (software + description).trim() !== "";

/** Focal planes and channels: pictures of the size and the tiles of a level. */
function isPlaneOf(levels: readonly TiffPage[], page: TiffPage): boolean {
  if (!page.isTiled || isNamedAside(page)) return false;
  return levels.some(
    (level) =>
      level.isTiled &&
      level.width === page.width &&
      level.height === page.height &&
      level.blockWidth === page.blockWidth &&
      level.blockHeight === page.blockHeight,
  );
}

function isThumbnail(base: TiffPage, page: TiffPage): boolean {
  const shape = (page.width / page.height) * (base.height / base.width);
  return page.subfileType === 0 && !isNamedAside(page) && Math.abs(shape - 1) < SHAPE_TOLERANCE;
}
