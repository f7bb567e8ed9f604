/** The proposed split as files in the dialect that the user's tool reads. */
import { join } from "node:path";
import { type CohortRow, fail, type Outcome, ok } from "@nacre/core";
import { type Proposal, type WrittenDialect, writeSplit } from "@nacre/evaluation";
import { stringify } from "csv-stringify/sync";
import { writeWhole } from "../run/write-file.ts";

/** The paths written. Failures: bad-usage (there is no proposal). @throws FailureError disk-full, no-permission */
export function writeProposal(
  proposal: Proposal | null,
  rows: readonly CohortRow[],
  { folder, dialect }: { readonly folder: string; readonly dialect: WrittenDialect },
): Outcome<string[]> {
  if (proposal === null) {
    return fail("bad-usage", {
      expected: "a split to write",
      received: "no proposal: no label is known, or no division keeps two classes in every part",
      remedy: "name the label column with --label, or ask for another kind with --by",
    });
  }
  return ok(
    writeSplit(proposal.split, rows, dialect).map(({ name, header, rows: cells }) => {
      const path = join(folder, name);
      writeWhole(path, stringify([header, ...cells] as string[][], { delimiter: path.endsWith(".tsv") ? "\t" : "," }));
      return path;
    }),
  );
}
