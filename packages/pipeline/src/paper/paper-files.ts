/** All texts for a paper with the names they get in a folder. Pure: whoever calls it writes them. */
import { claim } from "./claim.ts";
import { isSynthetic, type Known, SYNTHETIC } from "./known.ts";
import { modelCardText } from "./model-card-text.ts";
import { renderChecklist } from "./render-checklist.ts";
import { latexTable } from "./table/latex-table.ts";
import { markdownTable } from "./table/markdown-table.ts";
import { namedCard } from "./table/paper-table.ts";
import { tripodAi } from "./tripod-ai.ts";

export interface PaperFile {
  /** Path inside the folder. */
  readonly name: string;
  readonly text: string;
}

/** What `paperFiles` makes, for whoever must take old results away. */
export const PAPER_FILES = [
  "paper/table.tex",
  "paper/table.md",
  "paper/tripod-ai.md",
  "paper/claim.md",
  "model/model-card.md",
] as const;

/** Where the checklists are published. */
export const TRIPOD_SOURCE = "TRIPOD+AI: Collins et al. 2024, BMJ 385:e078378.";
export const CLAIM_SOURCE = "CLAIM, 2024 update: Tejani et al. 2024, Radiol Artif Intell 6:e240300.";

/** Table, checklists and model card of one study. */
export function paperFiles(known: Known): PaperFile[] {
  const notices = isSynthetic(known) ? [SYNTHETIC] : [];
  const card = namedCard(known);
  const checklist = (items: ReturnType<typeof claim>, name: string, source: string): string =>
    renderChecklist(items, `${name}: ${known.title}`, { notices, source }).markdown;
  const texts: Record<(typeof PAPER_FILES)[number], string> = {
    "paper/table.tex": latexTable(card, { notices }),
    "paper/table.md": markdownTable(card, { notices }),
    "paper/tripod-ai.md": checklist(tripodAi(known), "TRIPOD+AI", TRIPOD_SOURCE),
    "paper/claim.md": checklist(claim(known), "CLAIM 2024", CLAIM_SOURCE),
    "model/model-card.md": modelCardText(known),
  };
  return PAPER_FILES.map((name) => ({ name, text: texts[name] }));
}
