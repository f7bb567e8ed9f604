/** The slides of a study as units of work. */
import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { attempt, canonicalJson, type Outcome, unwrap } from "@nacre/core";
import { RunEncoder, type Study } from "@nacre/pipeline";
import type { UnitOfWork } from "./queue.ts";

/** What a worker is told: the study with absolute paths, and the run's folder. Paths as the service sees them; `--map` translates. */
export interface EncodeWork {
  readonly kind: "encode";
  readonly study: Study;
  readonly out: string;
  /** s3://bucket/prefix where features are put; absent: the run's folder is on a disk that both see. */
  readonly store?: string;
}

/**
 * One unit a slide. The key depends on the slide's file (size and time; content is hashed by whoever encodes it), the encoder, the
 * tiles, and the folder where the features are wanted. Failures: of the study and its encoder.
 */
export function unitsOfRun(
  run: string,
  { study, out, store }: { readonly study: Study; readonly out: string; readonly store?: string },
): Promise<Outcome<UnitOfWork[]>> {
  return attempt(async () => {
    const encoder = unwrap(await RunEncoder.open(study));
    try {
      const { name } = encoder.encoding;
      const work: EncodeWork = { kind: "encode", study, out, ...(store === undefined ? {} : { store }) };
      return encoder.slides.map(({ slide, path }) => ({
        key: hashText(canonicalJson([slide, stampOf(path), encoder.encoding, out, store ?? null])),
        run,
        slide,
        encoder: name,
        work: { ...work },
      }));
    } finally {
      await encoder.close();
    }
  });
}

function stampOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? "absent" : `${stat.size} ${stat.mtimeMs}`;
}

function hashText(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}
