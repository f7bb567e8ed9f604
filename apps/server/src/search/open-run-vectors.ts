/** The vectors of a run, kept in the first folder that can be written to: beside the features, else in the service's own folder. */
import { join } from "node:path";
import { type Failure, FailureError } from "@nacre/core";
import { type OpenVectorsOptions, openVectors, type StoredVectors } from "@nacre/features/node";
import type { SearchedRun } from "./search-work.ts";

const ELSEWHERE: readonly Failure["kind"][] = ["no-permission", "disk-full"];

export interface RunVectors {
  readonly stored: StoredVectors;
  /** Member of each part. */
  readonly members: readonly number[];
  readonly folder: string;
}

/** @throws FailureError as openVectors fails */
export async function openRunVectors(
  { members, folders }: SearchedRun,
  options: Pick<OpenVectorsOptions, "signal" | "onProgress"> = {},
): Promise<RunVectors> {
  const files = members.map(({ name, features }) => ({ name, path: features }));
  let failure: Failure | null = null;
  for (const folder of folders) {
    const opened = await openVectors({ files, path: join(folder, "vectors.bin"), ...options });
    if (opened.ok) {
      const at = new Map(members.map(({ name }, i) => [name, i]));
      const stored = opened.value;
      return { stored, folder, members: stored.parts.map(({ name }) => at.get(name) as number) };
    }
    failure = opened.failure;
    if (!ELSEWHERE.includes(failure.kind)) break;
  }
  throw new FailureError(failure ?? nowhere());
}

function nowhere(): Failure {
  return {
    kind: "no-permission",
    expected: "a folder to keep vectors in",
    received: "none",
    remedy: "name one",
  };
}
