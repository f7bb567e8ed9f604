/** Texts and bytes to keep as files; they go from the page to the disk. */
import { element } from "./element.ts";

export interface Offer {
  /** The id of the link. */
  readonly button: string;
  readonly name: string;
  readonly type: string;
  readonly content: string | Uint8Array<ArrayBuffer>;
}

let given: string[] = [];

/** Points the links at the contents, in place of those of the last result. */
export function offerDownloads(offers: readonly Offer[]): void {
  for (const url of given) URL.revokeObjectURL(url);
  given = offers.map(({ button, name, type, content }) => {
    const link = element(button, HTMLAnchorElement);
    link.href = URL.createObjectURL(new Blob([content], { type }));
    link.download = name;
    return link.href;
  });
}
