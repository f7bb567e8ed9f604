/** One numbered part of the report. */
import type { Markup } from "../html.ts";

export interface Section {
  /** Anchor, unique within the page. */
  readonly id: string;
  readonly title: string;
  readonly body: Markup;
}
