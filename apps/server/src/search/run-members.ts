/** The slides of a run that have features: where those lie, who they are of, and what the tables say of them. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fail, type Outcome, ok, withoutExtension } from "@nacre/core";
import { readStudy, readTable } from "@nacre/pipeline";
import { readCohortCells, rowsOf } from "../archive/read-cells.ts";

export interface RunMember {
  /** The slide's id in tables. */
  readonly id: string;
  /** As the table names it, below the slides' folder. */
  readonly path: string;
  readonly features: string;
  readonly patient: string | null;
  readonly site: string | null;
  readonly label: string | null;
  readonly scanner: string | null;
  readonly stain: string | null;
  /** "pass" or "flagged"; null where quality was not looked at. */
  readonly quality: string | null;
}

export interface RunMembers {
  readonly members: readonly RunMember[];
  /** Folder of the slides; null where features were brought. */
  readonly slides: string | null;
  /** Folder of features that were brought; null where the run made them. */
  readonly brought: string | null;
}

const EXTENSIONS = [".h5", ".hdf5", ".pt", ".safetensors", ".npy", ".npz"];

/** @param folder of the run. Failures: those of the study file; nothing-usable where no slide has features */
export function readMembers(folder: string): Outcome<RunMembers> {
  const study = readStudy(join(folder, "study.yaml"));
  if (!study.ok) return study;
  const table = readTable(join(folder, "slides.csv"));
  const rows = table.ok ? rowsOf(table.value) : [];
  const cohort = new Map(readCohortCells(study.value.cohort)?.map((cells) => [cells.id, cells]));
  const brought = study.value.features ?? null;
  const members = rows.flatMap((row): RunMember[] => {
    const { slide: id = "", path = id } = row;
    const features = featuresOf(folder, brought, id, path);
    if (row.state !== "ready" || features === null) return [];
    const cells = cohort.get(id);
    return [
      {
        id,
        path,
        features,
        patient: row.patient || null,
        site: row.site || cells?.site || null,
        label: row.label || null,
        scanner: cells?.scanner ?? null,
        stain: cells?.stain ?? null,
        quality: row.quality ? (row.quality === "pass" ? "pass" : "flagged") : null,
      },
    ];
  });
  if (members.length > 0) return ok({ members, slides: study.value.slides ?? null, brought });
  return fail("nothing-usable", {
    expected: "slides with features in the run",
    received: "none",
    remedy: "let the run get as far as its features: nacre run STUDY.yaml --resume",
  });
}

function featuresOf(folder: string, brought: string | null, id: string, path: string): string | null {
  const own = join(folder, "features", `${id}.h5`);
  if (brought === null) return existsSync(own) ? own : null;
  const stems = [id, path, withoutExtension(path)];
  const named = EXTENSIONS.flatMap((extension) => stems.map((stem) => join(brought, stem + extension)));
  return (
    [join(brought, path), ...named].find((file) => EXTENSIONS.some((e) => file.endsWith(e)) && existsSync(file)) ?? null
  );
}
