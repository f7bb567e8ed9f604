/** What was read of a judged table, how to get the same numbers from the command line, and what a table alone cannot show. */
import type { TableNote } from "../../judge/table-warning.ts";
import { html, type Markup } from "../html.ts";

export interface Origin {
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** The command that gives the same numbers. */
  readonly command: string;
  readonly notes: readonly TableNote[];
  /** A limit of this kind of answer. */
  readonly limit?: string;
}

/** The body of "What was read". */
export function originBody({ facts, command, notes, limit }: Origin): Markup {
  return html`<dl class="facts">${facts.map(([k, v]) => html`<dt>${k}</dt><dd>${v}</dd>`)}</dl>
${notes.length > 0 && html`<ul>${notes.map((n) => html`<li>Expected ${n.expected}; received ${n.received}. ${n.remedy}.</li>`)}</ul>`}
<p>The same numbers from the command line:</p><pre><code>${command}</code></pre>
<ul><li>Labels are taken as they stand in the table; errors in them limit every number here.</li>
${limit !== undefined && html`<li>${limit}</li>`}
<li>Whether these patients were kept apart from those the model was fitted on cannot be seen from a table of predictions alone; <code>nacre audit</code> looks at the splits.</li>
<li>Research use only. This is not a medical device, and nothing here supports a decision about a patient.</li></ul>`;
}

/** A word for a shell. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
