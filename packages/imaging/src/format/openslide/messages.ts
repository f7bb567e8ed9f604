/** What a slide's process and its parent say to each other: one request at a time, one answer each. */
import type { AssociatedImage, Region } from "../../slide/slide.ts";

export type Request =
  | { readonly kind: "version" }
  /** Opens the slide whose path the process was started for. */
  | { readonly kind: "open" }
  | { readonly kind: "read"; readonly region: Region };

/** What OpenSlide says of a slide. */
export interface OpenSlideFacts {
  readonly vendor: string;
  readonly library: string;
  readonly version: string;
  readonly levels: readonly { readonly width: number; readonly height: number; readonly downsample: number }[];
  readonly properties: Readonly<Record<string, string>>;
  readonly associated: readonly AssociatedImage[];
}

export type Answer =
  | { readonly kind: "version"; readonly library: string; readonly version: string }
  | { readonly kind: "facts"; readonly facts: OpenSlideFacts }
  /** RGB, rows without gaps. */
  | { readonly kind: "pixels"; readonly data: Uint8Array }
  /** The library is not there. */
  | { readonly kind: "absent"; readonly message: string }
  /** OpenSlide knows no such format. */
  | { readonly kind: "unknown" }
  | { readonly kind: "error"; readonly message: string };
