/** The blocks of a grid, placed somewhere on a larger level. */
import type { BlockTable } from "../slide/block-level.ts";
import type { PlacedBlock } from "../slide/placed-level.ts";

/** Row by row from `at`, clipped to the size of the image; missing blocks are left out. */
export function placeGrid(
  table: BlockTable,
  size: { readonly width: number; readonly height: number },
  at: { readonly x: number; readonly y: number },
  painter: number,
): PlacedBlock[] {
  const blocks: PlacedBlock[] = [];
  for (let row = 0; row < table.rows; row++) {
    for (let column = 0; column < table.columns; column++) {
      const block = row * table.columns + column;
      const length = table.lengths[block] as number;
      if (length === 0) continue;
      const x = column * table.blockWidth;
      const y = row * table.blockHeight;
      blocks.push({
        x: at.x + x,
        y: at.y + y,
        width: Math.min(table.blockWidth, size.width - x),
        height: Math.min(table.blockHeight, size.height - y),
        ...{ offset: table.offsets[block] as number, length, painter },
      });
    }
  }
  return blocks;
}
