/**
 * "More like this" over the slides of a run: tiles and slides as standardised features, compared by cosine. A neighbour is evidence and
 * never a diagnosis, so every answer says how many vectors were compared, whether that was all of them, and how far the query lies from
 * what the archive holds.
 */
import { fail, type Outcome, ok } from "@nacre/core";
import type { Cells, OnCells } from "./cell-centres.ts";
import { type CellIndex, cellIndex } from "./cells.ts";
import { coarseLimit } from "./coarse.ts";
import { coarseIndex } from "./coarse-index.ts";
import { distanceTo, type Experience, experienceOf, LEAST_KNOWN, OUTSIDE } from "./experience.ts";
import { type Like, tileAt, tilesIn } from "./query-tiles.ts";
import { type RowRule, rowReader, startsOf } from "./row-reader.ts";
import { blank, distanceText, evenly, isBlank, meanOf } from "./search-text.ts";
import { standardise } from "./standardise.ts";
import { type Alike, type VectorIndex, vectorIndex } from "./vector-index.ts";
import type { StoredVectors } from "./vector-store.ts";

/** Numbers that are compared whole: 100,000 vectors of 1,024. Beyond, rows lie in cells. */
export const EXACT_NUMBERS = 100_000 * 1024;
/** Most tiles of one slide in an answer: near duplicates beside one another are one finding. */
export const PER_SLIDE = 3;
const ASKED_TILES = 64;
/** What a query of several tiles is judged by. */
const MEDIAN = "median of its tiles";

/** What is known of a slide, in the order of the store's parts. */
export interface Member {
  readonly patient: string;
  readonly site: string | null;
}

export interface Question {
  readonly like: Like;
  readonly k: number;
  /** Leaves out slides of the same patient; the query's own slide is left out always. */
  readonly otherPatients: boolean;
  /** Leaves out slides of the query's site, and those whose site is not known. */
  readonly otherSites: boolean;
  /** Slides that may answer; all where it is left out. */
  readonly accept?: (slide: number) => boolean;
}

export interface Neighbour {
  /** Part of the store. */
  readonly slide: number;
  /** Top-left corner and side of the tile, level-0 pixels; null where slides are compared. */
  readonly x: number | null;
  readonly y: number | null;
  readonly size: number | null;
  /** Cosine. */
  readonly similarity: number;
}

export interface SearchAnswer {
  readonly rows: readonly Neighbour[];
  readonly compared: number;
  readonly exact: boolean;
  readonly distance: number | null;
  readonly isOutside: boolean;
  /** What the distance means, and what was not compared. */
  readonly text: string;
}

export interface VectorSearch {
  alike(question: Question): Outcome<SearchAnswer>;
  readonly tiles: VectorIndex;
  readonly slides: VectorIndex;
  /** First row of each slide in `tiles`, and the end. */
  readonly starts: Int32Array;
  /** Row of the store behind a row of `tiles`: its slide is `tiles.groups`. */
  placeOf(row: number): { readonly x: number; readonly y: number; readonly side: number | null };
  /** Whether two slides are of one patient. */
  isSame(slide: number, other: number): boolean;
}

export interface SearchOptions {
  readonly members: readonly Member[];
  /** More numbers than these lie in cells. Default `EXACT_NUMBERS`. */
  readonly exactNumbers?: number;
  /** Asked for where rows lie in cells: those of an earlier opening, or null. */
  readonly cells?: (starts: Int32Array) => Cells | null;
  /** Told where rows join cells: on a large archive the first opening takes a minute. */
  readonly onProgress?: OnCells;
}

/** Coarse vectors lie in memory; others are read from the store, which must stay open as long as the search is asked. @throws RangeError where members and parts differ in number */
export function searchVectors(stored: StoredVectors, options: SearchOptions): VectorSearch {
  if (options.members.length !== stored.parts.length)
    throw new RangeError(`expected ${stored.parts.length} members, one a part, received ${options.members.length}`);
  return new Search(stored, options);
}

class Search implements VectorSearch {
  readonly tiles: VectorIndex | CellIndex;
  readonly slides: VectorIndex;
  readonly #stored: StoredVectors;
  readonly #members: readonly Member[];
  readonly #x: Int32Array;
  readonly #y: Int32Array;
  readonly #rule: RowRule;
  readonly #known = new Map<VectorIndex, Experience>();

  constructor(stored: StoredVectors, { members, exactNumbers = EXACT_NUMBERS, cells, onProgress }: SearchOptions) {
    const { parts, d } = stored;
    this.#stored = stored;
    this.#members = members;
    // What does not fit into one room is thinned evenly, and the answers say so.
    const stride = Math.max(1, Math.ceil(stored.n / coarseLimit(d)));
    this.#rule = { stride, starts: startsOf(parts, stride) };
    const { starts } = this.#rule;
    const n = starts.at(-1) as number;
    const groups = new Int32Array(n);
    this.#x = new Int32Array(n);
    this.#y = new Int32Array(n);
    parts.forEach((_, part) => {
      const [first, end] = [starts[part] as number, starts[part + 1] as number];
      groups.fill(part, first, end);
      const { x, y } = stored.partPlaces(part);
      for (let row = first; row < end; row++) {
        this.#x[row] = x[(row - first) * stride] as number;
        this.#y[row] = y[(row - first) * stride] as number;
      }
    });
    const table = { n, d, groups, read: rowReader(stored, this.#rule) };
    const known = n * d > exactNumbers ? (cells?.(starts) ?? null) : null;
    const asked = { ...(known === null ? {} : { known }), ...(onProgress === undefined ? {} : { onProgress }) };
    this.tiles = n * d > exactNumbers ? cellIndex(table, asked) : coarseIndex(table);
    this.slides = vectorIndex({
      n: parts.length,
      d,
      groups: Int32Array.from(parts.keys()),
      read: (part, into) => standardise(stored.partMean(part), stored, into),
    });
  }

  get starts(): Int32Array {
    return this.#rule.starts;
  }

  placeOf(row: number) {
    const side = this.#stored.parts[this.tiles.groups[row] as number]?.side ?? null;
    return { x: this.#x[row] as number, y: this.#y[row] as number, side };
  }

  isSame = (slide: number, other: number): boolean =>
    slide === other || this.#members[slide]?.patient === this.#members[other]?.patient;

  alike(question: Question): Outcome<SearchAnswer> {
    const { like } = question;
    if (!(like.slide >= 0 && like.slide < this.#members.length))
      throw new RangeError(`expected a slide of ${this.#members.length}, received ${like.slide}`);
    if (like.kind === "slide") return this.#likeSlide(question);
    const tiles = { rows: this.#rowsOf(like.slide), placeOf: (row: number) => this.placeOf(row) };
    const part = this.#stored.parts[like.slide] as StoredVectors["parts"][number];
    const rows = like.kind === "tile" ? tileAt(like, part, tiles) : tilesIn(like, part, tiles);
    return rows.ok ? this.#likeTiles(question, rows.value) : rows;
  }

  #likeSlide(question: Question): Outcome<SearchAnswer> {
    const { slide } = question.like;
    const query = this.slides.row(slide);
    const found = this.slides.search(query, { k: question.k, accept: this.#accept(question) });
    if (found.rows.length > 0 && isBlank(query)) return fail("bad-features", blank("slide"));
    const whole = this.#distance(this.slides, [query], slide);
    const told =
      whole.known >= LEAST_KNOWN
        ? { ...whole, by: "", among: "slides" as const }
        : { ...this.#distance(this.tiles, this.#someTiles(slide), slide), by: MEDIAN, among: "tiles" as const };
    return ok(this.#answer(found, this.slides, told));
  }

  #likeTiles(question: Question, rows: readonly number[]): Outcome<SearchAnswer> {
    const { like, k } = question;
    const unit = (row: number): Float32Array => this.tiles.row(row);
    const query = meanOf(rows, unit, this.tiles.d);
    const found = this.tiles.search(query, { k, perGroup: PER_SLIDE, accept: this.#accept(question) });
    if (found.rows.length > 0 && isBlank(query)) return fail("bad-features", blank(like.kind));
    const asked = evenly(rows, ASKED_TILES).map(unit);
    const by = rows.length === 1 ? "" : MEDIAN;
    const told = { ...this.#distance(this.tiles, asked, like.slide), by, among: "tiles" as const };
    return ok(this.#answer(found, this.tiles, told));
  }

  #accept({ like: { slide }, otherPatients, otherSites, accept }: Question): (other: number) => boolean {
    const site = this.#members[slide]?.site ?? null;
    return (other) => {
      if (other === slide || accept?.(other) === false) return false;
      if (otherPatients && this.isSame(slide, other)) return false;
      const own = this.#members[other]?.site ?? null;
      return !otherSites || (site !== null && own !== null && own !== site);
    };
  }

  /** Always against other patients of the whole archive: what was asked for does not change how far the query lies. */
  #distance(index: VectorIndex, queries: readonly Float32Array[], slide: number) {
    const experience = this.#experience(index);
    const isOwn = (other: number): boolean => this.isSame(slide, other);
    const nearest = index.searchMany(queries, () => ({ k: 1, accept: (other) => !isOwn(other) }));
    const distances = nearest.map(({ rows: [best] }) => distanceTo(experience, best?.similarity, isOwn));
    const sorted = distances.flatMap(({ distance }) => distance ?? []).sort((x, y) => x - y);
    return { distance: sorted[sorted.length >> 1] ?? null, known: distances[0]?.known ?? 0 };
  }

  #experience(index: VectorIndex): Experience {
    let known = this.#known.get(index);
    if (known === undefined) {
      known = experienceOf(index, { isSame: this.isSame });
      this.#known.set(index, known);
    }
    return known;
  }

  #answer(
    { rows, compared, exact }: Alike,
    index: VectorIndex,
    told: Omit<Parameters<typeof distanceText>[0], "isOutside">,
  ): SearchAnswer {
    const { distance, known } = told;
    const areTiles = index === this.tiles;
    const isOutside = known >= LEAST_KNOWN && distance !== null && distance > OUTSIDE;
    const what = areTiles ? "tiles" : "slides";
    const isWhole = exact && (this.#rule.stride === 1 || !areTiles);
    const recall = isCells(index)
      ? ` (${Math.round(1000 * index.recall) / 10}% of the ten nearest others found in a test)`
      : "";
    return {
      rows: rows.map(({ row, similarity }) => ({
        slide: index.groups[row] as number,
        similarity,
        ...(areTiles ? this.#tile(row) : { x: null, y: null, size: null }),
      })),
      compared,
      exact: isWhole,
      distance,
      isOutside,
      text: [
        ...(isWhole ? [] : [`${compared} ${what} were compared, not all${recall}.`]),
        distanceText({ ...told, isOutside }),
        "A neighbour is evidence, never a diagnosis.",
      ].join(" "),
    };
  }

  #tile(row: number) {
    const { x, y, side } = this.placeOf(row);
    const { hasPlaces } = this.#stored.parts[this.tiles.groups[row] as number] as { hasPlaces: boolean };
    return hasPlaces ? { x, y, size: side } : { x: null, y: null, size: null };
  }

  #rowsOf(slide: number): number[] {
    const first = this.starts[slide] as number;
    return Array.from({ length: (this.starts[slide + 1] as number) - first }, (_, i) => first + i);
  }

  #someTiles(slide: number): Float32Array[] {
    return evenly(this.#rowsOf(slide), ASKED_TILES).map((row) => this.tiles.row(row));
  }
}

function isCells(index: VectorIndex | CellIndex): index is CellIndex {
  return "recall" in index;
}
