/**
 * What the tables say of each fold. An account is one telling of one fold: a table, the rows of a table that name the fold, or
 * the files of one folder that hold its parts. Two accounts of a fold that agree count once.
 */
import { canonicalJson, fail, type Outcome, ok, type Role, type SlideId } from "@nacre/core";
import { partFileOf, programmeOf } from "./dialect/part-file.ts";
import type { Placement, SplitDialect, SplitTable } from "./dialect.ts";

export interface FoldAccount {
  readonly file: string;
  readonly fold: number;
  readonly parts: Readonly<Record<Role, SlideId[]>>;
}

/** A table whose dialect is known. */
export interface KnownTable {
  readonly table: SplitTable;
  readonly dialect: SplitDialect;
}

/** Where a table belongs: the key of its account and the number of its fold. */
export interface TablePlace {
  readonly key: string;
  readonly fold: number;
  /** A part file whose ids are of another programme than those of the training file beside it. */
  readonly isElsewhere: boolean;
}

/** The place of each table. Part files are grouped by folder; every other table is an account of its own. */
export function placeTables(tables: readonly KnownTable[]): TablePlace[] {
  const named = tables.map(({ table, dialect }) => (dialect === "part-file" ? partFileOf(table.file) : null));
  const keys = named.map((n, i) => (n === null ? `table ${i}` : `${n.group}#${n.fold ?? ""}`));
  const numbers = new Map<string, number | null>();
  named.forEach((n, i) => {
    if (n !== null) numbers.set(keys[i] as string, n.fold);
  });
  const wanted = [...numbers.values()];
  const areNumbered = wanted.every((n) => n !== null) && new Set(wanted).size === wanted.length;
  const order = [...numbers.keys()];
  const training = new Map<string, string>();
  named.forEach((n, i) => {
    if (n?.part === "train") training.set(keys[i] as string, programmeOf((tables[i] as KnownTable).table));
  });
  return tables.map(({ table, dialect }, i) => {
    const key = keys[i] as string;
    const n = named[i] ?? null;
    if (n === null) return { key, fold: foldNumber(table.file, dialect) ?? i, isElsewhere: false };
    const home = training.get(key);
    return {
      key,
      fold: areNumbered ? (n.fold as number) : order.indexOf(key),
      isElsewhere: n.part === "test" && n.suffix !== "" && home !== undefined && home !== programmeOf(table),
    };
  });
}

/** Sorts placements into folds. Rows without a fold belong to the first that the table names, or to the table's own. */
export function accountsOf(
  file: string,
  placements: readonly Placement[],
  number: number,
  resolve: (id: string) => readonly SlideId[],
): FoldAccount[] {
  const accounts = new Map<number, { readonly account: FoldAccount; readonly seen: Record<Role, Set<SlideId>> }>();
  const first = placements.find((p) => p.fold !== null)?.fold ?? number;
  for (const { id, part, fold } of placements) {
    const at = fold ?? first;
    const known = accounts.get(at) ?? {
      account: { file, fold: at, parts: { train: [], tune: [], test: [], external: [] } },
      seen: { train: new Set(), tune: new Set(), test: new Set(), external: new Set() },
    };
    accounts.set(at, known);
    for (const slide of resolve(id)) {
      if (known.seen[part].has(slide)) continue;
      known.seen[part].add(slide);
      known.account.parts[part].push(slide);
    }
  }
  return [...accounts.values()].map((a) => a.account);
}

/** One account of each fold, by number. Failure `bad-table`: two accounts of a fold that differ. */
export function agreed(accounts: readonly FoldAccount[]): Outcome<FoldAccount[]> {
  const folds = new Map<number, FoldAccount>();
  for (const account of accounts) {
    const earlier = folds.get(account.fold);
    if (earlier === undefined) folds.set(account.fold, account);
    else if (!isSame(earlier, account)) return twoAccounts(earlier, account);
  }
  return ok([...folds.values()].sort((a, b) => a.fold - b.fold));
}

/** CLAM: the last number in the name (splits_3_bool.csv is 3). Elsewhere only a number that stands alone at the end. */
function foldNumber(file: string, dialect: SplitDialect): number | null {
  const name = (file.split(/[/\\]/).at(-1) ?? "").replace(/\.[a-z]+$/i, "");
  const pattern = dialect.startsWith("clam") ? /(\d+)(?!.*\d)/ : /(?:^|[_\-=. ])(?:k|fold|splits?)?[_\-=]?(\d+)$/i;
  const digits = pattern.exec(name)?.[1];
  return digits === undefined || digits.length > 4 ? null : Number(digits);
}

function isSame(a: FoldAccount, b: FoldAccount): boolean {
  const sorted = (f: FoldAccount): string =>
    canonicalJson(Object.fromEntries(Object.entries(f.parts).map(([part, slides]) => [part, [...slides].sort()])));
  return sorted(a) === sorted(b);
}

function twoAccounts(a: FoldAccount, b: FoldAccount): Outcome<never> {
  return fail("bad-table", {
    expected: `one account of fold ${a.fold}`,
    received: `${a.file} and ${b.file}, which differ`,
    remedy: "give only one of them, or number the files by fold",
  });
}
