/**
 * Bags to HDF5 in TRIDENT's layout: `features` float32 [n, d] and `coords` int64 [n, 2] (x, y of the top-left corner, level-0
 * pixels), with its attributes on both, so that its readers and CLAM's read the file. Departures: `savetodir` is empty (a path of
 * this machine means nothing elsewhere, and would make equal content unequal bytes); our own attributes stand on `features`; the
 * share of tissue is a third dataset, `tissue` float32 [n]. Uncompressed: gzip takes fifty times as long for an eighth of the size.
 */
import type { Bag } from "@nacre/core";
import { composeHdf5, type Hdf5 } from "./hdf5.ts";
import type { BagNotes } from "./meta.ts";

/** Version of our own attributes, written as `nacre_version`. */
export const STORE_VERSION = "1";

type Entity = NonNullable<ReturnType<Hdf5["create_dataset"]>>;

/** The bytes of the file. @throws RangeError when the arrays of the bag do not fit together */
export async function composeBag(bag: Bag, notes: BagNotes): Promise<Uint8Array> {
  checkLengths(bag, notes);
  return composeHdf5((file) => {
    const features = file.create_dataset({ name: "features", data: bag.features, shape: [bag.n, bag.d], dtype: "<f" });
    writeAttributes(features, featureAttributes(bag, notes));
    const coords = file.create_dataset({ name: "coords", data: places(bag), shape: [bag.n, 2], dtype: "<q" });
    writeAttributes(coords, coordAttributes(bag, notes));
    if (notes.tissue !== undefined)
      file.create_dataset({ name: "tissue", data: notes.tissue, shape: [bag.n], dtype: "<f" });
  });
}

function checkLengths(bag: Bag, notes: BagNotes): void {
  const { n, d, features, x, y } = bag;
  if (n < 1)
    throw new RangeError("expected a bag with at least one tile, received none: an empty bag is a failure, not a file");
  if (features.length !== n * d || x.length !== n || y.length !== n || (notes.tissue ?? x).length !== n) {
    throw new RangeError(
      `expected ${n} x ${d} features and ${n} places, received ${features.length} features, ${x.length} x and ${y.length} y`,
    );
  }
}

function places(bag: Bag): BigInt64Array {
  const places = new BigInt64Array(bag.n * 2);
  for (let i = 0; i < bag.n; i++) {
    places[2 * i] = BigInt(bag.x[i] as number);
    places[2 * i + 1] = BigInt(bag.y[i] as number);
  }
  return places;
}

type Attributes = Readonly<Record<string, { text: string } | { whole: number } | { real: number } | null>>;

const text = (value: string | undefined) => (value === undefined ? null : { text: value });
const whole = (value: number | null | undefined) => (value == null ? null : { whole: Math.round(value) });
const real = (value: number | undefined) => (value === undefined ? null : { real: value });

function featureAttributes(bag: Bag, notes: BagNotes): Attributes {
  return {
    name: text(notes.name),
    savetodir: text(""),
    encoder: text(notes.encoder ?? bag.space),
    nacre_version: text(STORE_VERSION),
    space: text(bag.space),
    key: text(notes.key),
    mpp: real(notes.mpp),
    decoder: text(notes.decoder),
    colour: text(notes.colour),
    stain: text(notes.stain),
  };
}

function coordAttributes(bag: Bag, notes: BagNotes): Attributes {
  const { mpp, size } = notes;
  const slideMpp = mpp !== undefined && size !== undefined && bag.side !== null ? (mpp * size) / bag.side : undefined;
  return {
    patch_size: whole(size),
    patch_size_level0: whole(bag.side),
    level0_magnification: whole(notes.objective ?? magnificationOf(slideMpp)),
    target_magnification: whole(magnificationOf(mpp)),
    overlap: whole(notes.overlap ?? 0),
    name: text(notes.name),
    savetodir: text(""),
    level0_width: whole(notes.width),
    level0_height: whole(notes.height),
  };
}

/** Upper bounds of the scale, um/px, under which TRIDENT calls a magnification so. */
const MAGNIFICATIONS = [
  [0.16, 80],
  [0.2, 60],
  [0.3, 40],
  [0.6, 20],
  [1.2, 10],
  [2.4, 5],
] as const;

/** The magnification TRIDENT gives a scale; beyond its table 10 / mpp, rounded to one decimal. For display, never for computing. */
export function magnificationOf(mpp: number | undefined): number | undefined {
  if (mpp === undefined) return undefined;
  return MAGNIFICATIONS.find(([limit]) => mpp < limit)?.[1] ?? Math.max(1, Math.round(10 / mpp));
}

function writeAttributes(entity: Entity, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null) continue;
    if ("text" in value) entity.create_attribute(name, value.text, null, "S");
    else if ("whole" in value) entity.create_attribute(name, value.whole, null, "<q");
    else entity.create_attribute(name, value.real, null, "<d");
  }
}
