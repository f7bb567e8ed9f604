/**
 * Feature files of TRIDENT, CLAM, STAMP and our own as bags. Told apart by what they hold, not by their names: TRIDENT and CLAM
 * call the features `features`, STAMP `feats`; TRIDENT writes the tile's size at level 0 on `coords`, CLAM writes no attributes;
 * STAMP writes places in micrometres and says so in the attributes of the file; CLAM's pt files hold one tensor and nothing else. Sources: files written by TRIDENT v0.3 and CLAM as
 * described in their documentation, STAMP 2.4 (MIT), modeling/data.py and preprocessing. Values are taken as they are: checkBag
 * of core looks for NaN.
 */
import { attempt, type Bag, FailureError, type Outcome, raise, unwrap } from "@nacre/core";
import { readWeights } from "@nacre/graph";
import { attributesOf, datasetOf, type Hdf5, namesIn, numbersOf, parseHdf5 } from "./hdf5.ts";
import { matrixOf, type StoredArray } from "./matrix.ts";
import type { BagMeta } from "./meta.ts";
import { torchBag } from "./parse-torch-bag.ts";
import { type Attributes, placesOf } from "./places.ts";

type Dataset = NonNullable<ReturnType<typeof datasetOf>>;

const FEATURE_NAMES = ["features", "feats"] as const;

export interface ReadBagOptions {
  /** Scale of level 0, um/px: turns places in micrometres (STAMP) into level-0 pixels. */
  readonly mpp?: number;
}

/**
 * A bag from the bytes of a feature file; `where` names the file in messages. Fails with `truncated-file`, `bad-features` (not such a
 * file), `bad-weights` (a pt file that is broken, or imports something), `empty-bag`, or `dimension-mismatch` (places and features of different number).
 */
export function parseBag(
  bytes: Uint8Array,
  where: string,
  options: ReadBagOptions = {},
): Promise<Outcome<Bag & { readonly meta: BagMeta }>> {
  return attempt(() => {
    const archive = readWeights(bytes, where);
    if (archive.ok) return unwrap(torchBag(archive.value, where));
    const isOther = bytes.length === 0 || archive.failure.kind === "unsupported-format";
    if (!isOther) throw new FailureError(archive.failure);
    return parseHdf5(bytes, where, (file) => bagOf(file, where, options));
  });
}

function bagOf(file: Hdf5, where: string, options: ReadBagOptions): Bag & { readonly meta: BagMeta } {
  const name = FEATURE_NAMES.find((candidate) => datasetOf(file, candidate) !== null);
  if (name === undefined) return refuse(where, `a dataset named ${FEATURE_NAMES.join(" or ")}`, found(namesIn(file)));
  const features = unwrap(matrixOf(arrayOf(datasetOf(file, name) as Dataset), where));
  const coords = datasetOf(file, "coords");
  const attributes: Attributes = {
    file: attributesOf(file),
    features: attributesOf(datasetOf(file, name) as Dataset),
    coords: coords === null ? {} : attributesOf(coords),
  };
  const places = placesOf(coords, {
    n: features.n,
    isStamp: name === "feats",
    attributes,
    where,
    mpp: options.mpp ?? null,
  });
  const encoder = textOf(attributes.features.encoder) ?? textOf(attributes.file.extractor);
  return {
    ...features,
    x: places.x,
    y: places.y,
    side: places.side,
    space: textOf(attributes.features.space) ?? encoder ?? "unknown",
    meta: metaOf(file, attributes, {
      n: features.n,
      encoder,
      frame: places.frame,
      stride: places.stride,
      isStamp: name === "feats",
    }),
  };
}

function arrayOf(dataset: Dataset): StoredArray {
  return {
    shape: dataset.shape ?? [],
    values: () => {
      const values = numbersOf(dataset);
      return values instanceof Float32Array ? values : Float32Array.from(values);
    },
  };
}

interface Known {
  readonly n: number;
  readonly encoder: string | null;
  readonly frame: BagMeta["frame"];
  readonly stride: number | null;
  readonly isStamp: boolean;
}

function metaOf(file: Hdf5, { file: top, features, coords }: Attributes, known: Known): BagMeta {
  const tissue = datasetOf(file, "tissue");
  const shares = tissue === null ? null : numbersOf(tissue);
  const isOurs = features.nacre_version !== undefined;
  const isTrident = coords.patch_size_level0 !== undefined || features.encoder !== undefined;
  return {
    layout: isOurs ? "nacre" : known.isStamp ? "stamp" : isTrident ? "trident" : "clam",
    frame: known.frame,
    name: textOf(features.name) ?? textOf(coords.name),
    encoder: known.encoder,
    mpp: numberOf(features.mpp) ?? stampMpp(top),
    size: numberOf(coords.patch_size) ?? numberOf(top.tile_size_px),
    overlap: numberOf(coords.overlap),
    stride: known.stride,
    width: numberOf(coords.level0_width),
    height: numberOf(coords.level0_height),
    key: textOf(features.key),
    decoder: textOf(features.decoder),
    colour: textOf(features.colour),
    stain: textOf(features.stain),
    tissue: isOurs && shares?.length === known.n ? Float32Array.from(shares) : null,
  };
}

function stampMpp(top: Attributes["file"]): number | null {
  const microns = numberOf(top.tile_size_um);
  const pixels = numberOf(top.tile_size_px);
  return microns === null || pixels === null || pixels === 0 ? null : microns / pixels;
}

function textOf(value: string | number | undefined): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function numberOf(value: string | number | undefined): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

function found(names: readonly string[]): string {
  return names.length === 0 ? "an empty file" : names.join(", ");
}

function refuse(where: string, expected: string, received: string): never {
  return raise("bad-features", {
    expected: `${expected} in ${where}`,
    received,
    remedy: "give files written by CLAM, TRIDENT, STAMP or nacre encode",
  });
}
