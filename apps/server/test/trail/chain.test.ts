import { describe, expect, it } from "vitest";
import { follow, ROOT, rowHash, type TrailRow } from "../../src/trail/chain.ts";

function chain(n: number): TrailRow[] {
  const rows: TrailRow[] = [];
  for (let seq = 1; seq <= n; seq++) {
    const row = {
      seq,
      at: `2026-01-05T08:00:${String(seq).padStart(2, "0")}.000Z`,
      actor: "local",
      action: "slide.seen",
      project: null,
      subject: seq.toString(16).padStart(16, "0"),
      details: "{}",
      previous: rows.at(-1)?.hash ?? ROOT,
    };
    rows.push({ ...row, hash: rowHash(row) });
  }
  return rows;
}

const START = { seq: 0, hash: ROOT };
const brokenAt = (rows: readonly TrailRow[]) => follow(START, rows).broken;

describe("A chain of hashes", () => {
  it("follows from its start to its head", () => {
    const rows = chain(9);
    expect(follow(START, rows)).toEqual({ end: { seq: 9, hash: rows.at(-1)?.hash }, broken: null });
    expect(follow(START, [])).toEqual({ end: START, broken: null });
  });

  it("breaks where any field of a row is changed, even by one letter", () => {
    const rows = chain(9);
    for (const field of ["at", "actor", "action", "subject", "details", "previous", "hash", "project"] as const) {
      const changed = rows.with(4, { ...(rows[4] as TrailRow), [field]: `${rows[4]?.[field] ?? ""}x` });
      expect(brokenAt(changed), field).toBe(5);
    }
  });

  it("breaks where a row is taken out, moved or put in", () => {
    const rows = chain(9);
    expect(brokenAt(rows.toSpliced(3, 1))).toBe(4);
    expect(brokenAt(rows.with(3, rows[5] as TrailRow).with(5, rows[3] as TrailRow))).toBe(4);
    expect(brokenAt(rows.toSpliced(3, 0, rows[2] as TrailRow))).toBe(4);
    expect(brokenAt(rows.toSpliced(0, 1))).toBe(1);
  });

  it("breaks where a changed row's hash is computed anew: the next row does not follow it", () => {
    const rows = chain(9);
    const forged = { ...(rows[4] as TrailRow), actor: "somebody else" };
    expect(brokenAt(rows.with(4, { ...forged, hash: rowHash(forged) }))).toBe(6);
  });

  it("cannot show that rows were cut off at its end: the head alone tells", () => {
    const rows = chain(9);
    const cut = follow(START, rows.slice(0, 7));
    expect(cut.broken).toBeNull();
    expect(cut.end.hash).not.toBe(rows.at(-1)?.hash);
  });

  it("does not take two fields for one: what moves from a field to the next changes the hash", () => {
    const [row] = chain(1) as [TrailRow];
    expect(rowHash({ ...row, actor: "ab", action: "c" })).not.toBe(rowHash({ ...row, actor: "a", action: "bc" }));
  });
});
