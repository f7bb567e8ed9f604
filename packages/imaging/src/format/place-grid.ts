/** The blocks of a table, placed somewhere on a larger level. */
import type { Rect } from "@nacre/core";
import type { Reading } from "../bytes/reading.ts";
import type { BlockTable } from "../slide/block-level.ts";
import type { PlacedBlock } from "../slide/placed-level.ts";

/** Row by row from `at`, clipped to the size of the image; missing blocks are left out where they are known. */
export function placeGrid(
  table: BlockTable,
  size: { readonly width: number; readonly height: number },
  at: { readonly x: number; readonly y: number },
  painter: number,
): PlacedBlock[] {
  const blocks: PlacedBlock[] = [];
  for (let row = 0; row < table.rows; row++) {
    for (let column = 0; column < table.columns; column++) {
      const x = column * table.blockWidth;
      const y = row * table.blockHeight;
      const width = Math.min(table.blockWidth, size.width - x);
      const height = Math.min(table.blockHeight, size.height - y);
      const block = placeBlock(
        table,
        row * table.columns + column,
        { x: at.x + x, y: at.y + y, width, height },
        { painter },
      );
      if (block) blocks.push(block);
    }
  }
  return blocks;
}

/** One block of a table at a place; null where it is known to be missing. */
export function placeBlock(
  table: BlockTable,
  number: number,
  place: Rect,
  more: Pick<PlacedBlock, "painter" | "from">,
): PlacedBlock | null {
  if (table.fill) return new LaterBlock(table, number, place, more);
  const length = table.lengths[number] as number;
  return length === 0 ? null : { ...place, ...more, offset: table.offsets[number] as number, length };
}

/** A block whose place in the file is read when it is wanted. */
class LaterBlock implements PlacedBlock {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly painter: number;
  readonly from?: Rect;
  readonly #table: BlockTable;
  readonly #number: number;

  constructor(
    table: BlockTable,
    number: number,
    place: Rect,
    { painter, from }: Pick<PlacedBlock, "painter" | "from">,
  ) {
    this.x = place.x;
    this.y = place.y;
    this.width = place.width;
    this.height = place.height;
    this.painter = painter ?? 0;
    if (from) this.from = from;
    this.#table = table;
    this.#number = number;
  }

  get offset(): number {
    return this.#table.offsets[this.#number] as number;
  }

  get length(): number {
    return this.#table.lengths[this.#number] as number;
  }

  *fill(): Reading<void> {
    yield* this.#table.fill?.(this.#number, this.#number) ?? [];
  }
}
