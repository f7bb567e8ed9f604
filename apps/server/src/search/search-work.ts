/** What is asked of search, and what it answers: plain values, so that they may pass between threads. Slides are numbers in the list of members. */
import type { MapPhase } from "@nacre/api";
import type { Like, SearchAnswer } from "@nacre/features/node";

export interface WorkMember {
  readonly name: string;
  readonly features: string;
  readonly patient: string | null;
  readonly site: string | null;
}

export interface SearchedRun {
  readonly members: readonly WorkMember[];
  /** Folders that the vectors may be kept in, the first that can be written to is used. */
  readonly folders: readonly string[];
}

export interface AlikeWork {
  readonly kind: "alike";
  readonly run: SearchedRun;
  readonly like: Like;
  readonly k: number;
  readonly otherPatients: boolean;
  readonly otherSites: boolean;
}

/** What points may be coloured by: an index into `names` for each member, -1 unknown. */
export interface MemberColumn {
  readonly name: string;
  readonly names: readonly string[];
  readonly values: readonly number[];
}

export interface MapWork {
  readonly kind: "map";
  readonly run: SearchedRun;
  readonly unit: "slide" | "tile";
  readonly points: number;
  readonly columns: readonly MemberColumn[];
  /** Folder that finished maps are kept in. */
  readonly kept: string;
}

/** How far a map is; each phase counts anew. */
export interface MapProgress {
  readonly phase: MapPhase;
  readonly done: number;
  readonly of: number;
}

export interface MapAnswer {
  readonly of: number;
  readonly method: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Member of each point. */
  readonly slide: readonly number[];
  readonly tileX: readonly number[];
  readonly tileY: readonly number[];
  readonly tileSize: number | null;
  readonly separation: readonly {
    readonly column: string;
    readonly auroc: number | null;
    readonly n: number;
    readonly text: string;
  }[];
}

/** What the first search of a run does before it compares: the features are read together, and of a large archive an index is built. Each phase counts anew. */
export type OnOpening = (phase: "reading" | "indexing", done: number, of: number) => void;

/** Slides are members again: those that could not be read are not among the answers. */
export type AlikeAnswer = SearchAnswer & { readonly leftOut: number };

export type SearchWork = AlikeWork | MapWork;
export interface SearchDone {
  readonly alike: AlikeAnswer;
  readonly map: MapAnswer;
}
