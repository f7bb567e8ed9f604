/** Where the file of a cohort row lies. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type CohortRow, fail, type Outcome, ok, withoutExtension } from "@nacre/core";

/** A slide: its path inside the slides folder. Whether it is there is the inventory's question. */
export function locateSlide(root: string, row: CohortRow): Outcome<string> {
  return ok(join(root, row.path));
}

/** Features: `<slide>.h5` beside the name as written, with or without the extension of the slide. */
export function locateFeatures(root: string, row: CohortRow): Outcome<string> {
  const stem = withoutExtension(row.path);
  const names = [...new Set([row.path, `${row.path}.h5`, `${stem}.h5`, `${row.slide}.h5`, `${stem}.hdf5`])].filter(
    (n) => /\.(h5|hdf5)$/i.test(n),
  );
  const found = names.map((n) => join(root, n)).find((p) => existsSync(p));
  if (found !== undefined) return ok(found);
  if ([row.path, `${stem}.pt`].some((n) => n.endsWith(".pt") && existsSync(join(root, n)))) {
    return fail("unsupported-format", {
      expected: "features as HDF5",
      received: `${stem}.pt`,
      remedy:
        "use the h5 files that the same tool wrote beside it (CLAM: h5_files), which also hold the places of the tiles",
    });
  }
  return fail("missing-file", {
    expected: `features of ${row.slide}: ${names.join(" or ")}`,
    received: `none of them in ${root}`,
    remedy: "check the slide column and the features: folder of the study",
  });
}
