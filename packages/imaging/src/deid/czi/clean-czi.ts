/** What a clean CZI consists of, and what was found beside that. */
import type { Subblock } from "../../format/czi/segments.ts";

export interface KeptSubblock {
  readonly subblock: Subblock;
  /** As it is written, with its new place in it. */
  readonly entry: Uint8Array;
  /** Where its pixels lie in the original. */
  readonly offset: number;
  readonly length: number;
}

/** What the original holds beside what stays, in words that a report may say. */
export interface CziFound {
  readonly attachments: readonly string[];
  readonly withMetadata: number;
  readonly withAttachments: number;
  readonly isXmlReduced: boolean;
  readonly hasGuids: boolean;
}

export interface CziPlan {
  readonly subblocks: readonly KeptSubblock[];
  readonly xml: Uint8Array;
  /** Where directory and metadata lie in the copy; 0 where there are none. */
  readonly directory: number;
  readonly metadata: number;
  readonly isUnfinished: boolean;
  readonly size: number;
  readonly found: CziFound;
}
