/** nacre board as a script sees it: one JSON document, and exit codes to branch on. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { boardFolder, madeTable } from "../../../packages/pipeline/test/board/board-folder.ts";
import { emptyFolder, nacre } from "../../../packages/pipeline/test/small-cohort.ts";

describe("nacre board", () => {
  it("prints what it writes to board.json", async () => {
    const folder = boardFolder();
    const ended = await nacre(["board", folder, "--json"]);
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.json).toEqual(JSON.parse(readFileSync(join(folder, "board", "board.json"), "utf8")));
  });

  it("ends with 1 where an entry failed, 2 without a board, 3 where patients differ or the seal was opened for others", async () => {
    const partial = boardFolder();
    writeFileSync(join(partial, "poor.csv"), "slide,patient\na,b\n");
    expect((await nacre(["board", partial, "--json"])).code).toBe(1);
    expect((await nacre(["board", emptyFolder(), "--json"])).code).toBe(2);
    const apart = boardFolder();
    writeFileSync(join(apart, "poor.csv"), madeTable(1, 2).replaceAll("TCGA-AA", "TCGA-BB"));
    expect((await nacre(["board", apart, "--json"])).code).toBe(3);
    const sealed = boardFolder({ sealed: { part: "external", log: "seal.log" } });
    expect((await nacre(["board", sealed, "--open-sealed", "final", "--json"])).code).toBe(0);
    writeFileSync(join(sealed, "poor.csv"), madeTable(3, 5));
    const again = await nacre(["board", sealed, "--open-sealed", "more", "--json"]);
    expect([again.code, again.json.error.kind]).toEqual([3, "refused"]);
    expect(again.json.error.expected).toContain('"final"');
  });
});
