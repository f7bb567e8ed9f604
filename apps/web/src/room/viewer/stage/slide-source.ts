/**
 * A slide for OpenSeadragon: native blocks of native levels. Blocks are fetched here, so that a refusal's reason reaches the page and a
 * channel gets its colour before it is drawn.
 */

import OpenSeadragon from "openseadragon";
import { failureOf } from "../../client/call.ts";
import { blockAddress, blockPlace, blockSize, blocksOf, levelAt, type Plane, type Pyramid } from "./pyramid.ts";

export interface Layer extends Plane {
  /** Grey becomes this colour, as CSS writes it; null: colours of the file. */
  readonly colour: string | null;
}

/** Side of what stands for a block that is not in the file: nothing is drawn of it. */
const NOTHING = 1;

export class SlideSource extends OpenSeadragon.TileSource {
  readonly #pyramid: Pyramid;
  readonly #layer: Layer;

  constructor(pyramid: Pyramid, layer: Layer) {
    const { width, height, levels } = pyramid;
    const finest = levels[0];
    super({
      width,
      height,
      tileWidth: finest?.blockWidth ?? width,
      tileHeight: finest?.blockHeight ?? height,
      minLevel: 0,
      maxLevel: levels.length - 1,
    });
    this.#pyramid = pyramid;
    this.#layer = layer;
  }

  override getLevelScale(level: number): number {
    return 1 / levelAt(this.#pyramid, level).downsample;
  }
  override getTileWidth(level: number): number {
    return levelAt(this.#pyramid, level).blockWidth;
  }
  override getTileHeight(level: number): number {
    return levelAt(this.#pyramid, level).blockHeight;
  }
  override getNumTiles(level: number): OpenSeadragon.Point {
    const { columns, rows } = blocksOf(levelAt(this.#pyramid, level));
    return new OpenSeadragon.Point(columns, rows);
  }
  override getTileAtPoint(level: number, point: OpenSeadragon.Point): OpenSeadragon.Tile {
    const at = levelAt(this.#pyramid, level);
    const { columns, rows } = blocksOf(at);
    const find = (share: number, block: number, count: number): number =>
      Math.min(count - 1, Math.max(0, Math.floor((share * this.#pyramid.width) / (block * at.downsample))));
    // The library declares a tile here and gives a point of column and row.
    return new OpenSeadragon.Point(
      find(point.x, at.blockWidth, columns),
      find(point.y, at.blockHeight, rows),
    ) as unknown as OpenSeadragon.Tile;
  }
  override getTileBounds(level: number, column: number, row: number, isSource = false): OpenSeadragon.Rect {
    const at = levelAt(this.#pyramid, level);
    if (isSource) {
      const { width, height } = blockSize(at, column, row);
      return new OpenSeadragon.Rect(0, 0, width, height);
    }
    const { x, y, width, height } = blockPlace(at, column, row);
    const unit = this.#pyramid.width;
    return new OpenSeadragon.Rect(x / unit, y / unit, width / unit, height / unit);
  }
  override getTileUrl(level: number, column: number, row: number): string {
    const { colour: _, ...plane } = this.#layer;
    return blockAddress(this.#pyramid, { coarse: level, column, row }, plane);
  }
  override getTileHashKey(_level: number, _x: number, _y: number, url: string): string {
    return `${url} ${this.#layer.colour ?? ""}`;
  }
  override tileExists(level: number, column: number, row: number): boolean {
    const number = this.#pyramid.levels.length;
    if (level < 0 || level >= number) return false;
    const { columns, rows } = blocksOf(levelAt(this.#pyramid, level));
    return column >= 0 && row >= 0 && column < columns && row < rows;
  }

  override downloadTileStart(job: OpenSeadragon.ImageJob): void {
    const end = new AbortController();
    job.userData.end = end;
    this.#fetch(job.src, end.signal).then(
      (drawn) => job.finish(drawn, null, "context2d"),
      (cause) => end.signal.aborted || job.fail(cause instanceof Error ? cause.message : String(cause), null),
    );
  }
  override downloadTileAbort(job: OpenSeadragon.ImageJob): void {
    (job.userData.end as AbortController | undefined)?.abort();
  }

  async #fetch(address: string, signal: AbortSignal): Promise<CanvasRenderingContext2D> {
    const response = await patiently(address, signal);
    if (response.status === 204) return blank(NOTHING, NOTHING);
    if (!response.ok) {
      const { failure } = await failureOf(response);
      throw new Error(`${failure.kind}: expected ${failure.expected}, received ${failure.received}. ${failure.remedy}`);
    }
    const picture = await createImageBitmap(await response.blob());
    const drawn = blank(picture.width, picture.height);
    drawn.drawImage(picture, 0, 0);
    picture.close();
    return this.#layer.colour === null ? drawn : tinted(drawn, this.#layer.colour);
  }
}

/** Waits before a block is asked for again, milliseconds. */
const WAITS_MS = [500, 1500, 4000] as const;

/** Asks again where the service is not there or has too much to do; what it refuses is refused. */
async function patiently(address: string, signal: AbortSignal): Promise<Response> {
  for (const waitMs of WAITS_MS) {
    const response = await fetch(address, { credentials: "same-origin", signal }).catch((cause: unknown) => {
      if (signal.aborted) throw cause;
      return null;
    });
    if (response !== null && response.status !== 429 && response.status !== 503) return response;
    await new Promise((done) => setTimeout(done, waitMs));
    signal.throwIfAborted();
  }
  return fetch(address, { credentials: "same-origin", signal });
}

function blank(width: number, height: number): CanvasRenderingContext2D {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("expected a canvas to draw on, received none; close other pages");
  return context;
}

/** Grey times a colour. */
function tinted(drawn: CanvasRenderingContext2D, colour: string): CanvasRenderingContext2D {
  drawn.globalCompositeOperation = "multiply";
  drawn.fillStyle = colour;
  drawn.fillRect(0, 0, drawn.canvas.width, drawn.canvas.height);
  drawn.globalCompositeOperation = "source-over";
  return drawn;
}
