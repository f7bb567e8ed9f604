/** Checks a page without a browser: tags balance, ids are unique, every reference inside the page resolves. */

const VOID = new Set(["meta", "br", "img", "input", "link", "hr"]);

export interface Page {
  readonly ids: readonly string[];
  /** Anchors, labels and descriptions that point inside the page. */
  readonly references: readonly string[];
  /** Every address in src, href or url(). */
  readonly addresses: readonly string[];
}

/** @throws Error naming the first tag that does not balance */
export function readPage(page: string): Page {
  const body = page.replace(/<(style|script)>[\s\S]*?<\/\1>/g, "<$1></$1>");
  const open: string[] = [];
  for (const [, slash, name, rest] of body.matchAll(/<(\/?)([a-z][a-z0-9]*)((?:"[^"]*"|[^">])*)>/g)) {
    const isClosed = (rest ?? "").endsWith("/") || VOID.has(name ?? "");
    if (slash === "" && !isClosed) open.push(name ?? "");
    else if (slash === "/" && open.pop() !== name) throw new Error(`</${name}> closes nothing`);
  }
  if (open.length > 0) throw new Error(`<${open.at(-1)}> is never closed`);
  const all = (pattern: RegExp) => [...page.matchAll(pattern)].map((m) => m[1] ?? "");
  return {
    ids: all(/\sid="([^"]*)"/g),
    references: [...all(/href="#([^"]*)"/g), ...all(/aria-labelledby="([^"]*)"/g).flatMap((v) => v.split(" "))],
    addresses: [...all(/\s(?:src|href|action|data|poster|srcset)="([^"]*)"/g), ...all(/url\(([^)]*)\)/g)],
  };
}
