/** Texts to keep as files; they go from the page to the disk. */
import { element } from "./element.ts";

export interface Offer {
  /** The id of the link. */
  readonly button: string;
  readonly name: string;
  readonly type: string;
  readonly text: string;
}

let given: string[] = [];

/** Points the links at the texts, in place of those of the last result. */
export function offerDownloads(offers: readonly Offer[]): void {
  for (const url of given) URL.revokeObjectURL(url);
  given = offers.map(({ button, name, type, text }) => {
    const link = element(button, HTMLAnchorElement);
    link.href = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
    link.download = name;
    return link.href;
  });
}
