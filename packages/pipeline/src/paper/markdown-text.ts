/** Text from tables as Markdown that stays text, at the start of a line too. */
import { escapeMarkdown } from "../report/render-summary.ts";

/** No markup, no table break, no formula, no list by accident. */
export function markdownText(text: string): string {
  return escapeMarkdown(text)
    .replace(/\$/g, "\\$&")
    .replace(/^(\d+)([.)])(?=\s|$)/, "$1\\$2")
    .replace(/^[-+](?=\s|$)/, "\\$&");
}
