/**
 * A judgement as one page: contents at the side, numbered sections, one style sheet that the policy admits by its hash, no script,
 * nothing loaded. Free of Node: a page in the browser makes the same bytes as the command.
 */
import { html, type Markup, trusted } from "../html.ts";
import type { Section } from "../section/section.ts";
import { STYLE } from "../style.ts";

/** The whole page as text (UTF-8). `file` is the table that was judged; `styleHash` is `sha256-…` of the sheet, in base64. */
export function judgedPage(file: string, sections: readonly Section[], styleHash: string): string {
  const name = fileName(file);
  const policy = `default-src 'none'; style-src '${styleHash}'; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">
<title>${name}: judged</title><style>${trusted(STYLE)}</style></head>
<body><div class="page"><nav aria-label="Contents"><ol><li class="home">${name}</li>${sections.map(
    (s, i) => html`<li><a href="#${s.id}">${i + 1} ${s.title}</a></li>`,
  )}</ol></nav>
<main><p class="kicker">Judged predictions</p><h1>${name}</h1>
<p class="use"><strong>Research use only. Not a medical device.</strong> Nothing here may guide the care of a patient.</p>
${numbered(sections)}<footer>Made by Nacre. Research use only; not a medical device.</footer></main></div><div class="stamp">Research use only · not a medical device</div></body></html>
`.markup;
}

/** The sections under each other, numbered. */
export function numbered(sections: readonly Section[]): Markup {
  return html`${sections.map((s, i) => html`<section id="${s.id}"><h2><span class="no">${i + 1}</span>${s.title}</h2>${s.body}</section>\n`)}`;
}

/** The name of a file without its folders. */
function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
