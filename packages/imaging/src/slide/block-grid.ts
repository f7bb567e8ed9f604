/** The geometry of blocks: which ones a region touches, and what it needs of each. */
import type { Rect } from "@nacre/core";
import type { BlockLevel } from "./block-level.ts";

/** Columns and rows of blocks, both ends included. */
export interface BlockGrid {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The blocks that a region of level pixels touches, clipped to the level; empty when right < left or bottom < top. */
export function gridOf(level: BlockLevel, region: Rect): BlockGrid {
  // beyond the level there may still be padding of its last blocks
  if (region.x >= level.width || region.y >= level.height) return { left: 0, right: -1, top: 0, bottom: -1 };
  return {
    left: Math.max(0, Math.floor(region.x / level.blockWidth)),
    right: Math.floor((Math.min(region.x + region.width, level.width) - 1) / level.blockWidth),
    top: Math.max(0, Math.floor(region.y / level.blockHeight)),
    bottom: Math.floor((Math.min(region.y + region.height, level.height) - 1) / level.blockHeight),
  };
}

/** All blocks of a grid, row by row. */
export function* blocksOf({ left, right, top, bottom }: BlockGrid): Generator<{ column: number; row: number }> {
  for (let row = top; row <= bottom; row++) for (let column = left; column <= right; column++) yield { column, row };
}

/** What a region needs of one block: `crop` in block pixels, and where it goes in the answer. */
export interface BlockPart {
  readonly crop: Rect;
  readonly toX: number;
  readonly toY: number;
  /** All of the block that lies on the slide is wanted. */
  readonly isWhole: boolean;
}

/** What a region of level pixels needs of the block in `column`, `row`, which it must touch. */
export function partOf(level: BlockLevel, region: Rect, column: number, row: number): BlockPart {
  const blockX = column * level.blockWidth;
  const blockY = row * level.blockHeight;
  const endX = Math.min(blockX + level.blockWidth, level.width);
  const endY = Math.min(blockY + level.blockHeight, level.height);
  const x = Math.max(region.x, blockX);
  const y = Math.max(region.y, blockY);
  const width = Math.min(region.x + region.width, endX) - x;
  const height = Math.min(region.y + region.height, endY) - y;
  return {
    crop: { x: x - blockX, y: y - blockY, width, height },
    toX: x - region.x,
    toY: y - region.y,
    isWhole: width === endX - blockX && height === endY - blockY,
  };
}

/** Of a block, by number, what lies on the slide. */
export function blockSize(level: BlockLevel, block: number): { width: number; height: number } {
  const column = block % level.columns;
  const row = (block - column) / level.columns;
  const width = Math.min(level.blockWidth, level.width - column * level.blockWidth);
  const height = Math.min(level.blockHeight, level.height - row * level.blockHeight);
  return { width, height };
}
