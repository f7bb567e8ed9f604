/** A page of a heading and a sentence, for when there is no app to show it: no script, no style. */
export function plainPage(title: string, text: string, link?: { readonly to: string; readonly text: string }): string {
  const way = link === undefined ? "" : `<p><a href="${escapeHtml(link.to)}">${escapeHtml(link.text)}</a></p>`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)} · Nacre</title></head><body><h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p>${way}<p>Research use only. Not a medical device.</p></body></html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
