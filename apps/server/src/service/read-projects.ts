/** The served folders that somebody may see, and how much lies in each. */
import type { Person } from "@nacre/api";
import type { Services } from "../services.ts";

export async function readProjects({ archive, db }: Pick<Services, "archive" | "db">, who: Person) {
  const seen = archive.seenBy(who);
  const count = async (table: "slide" | "patient_case" | "run") => {
    const rows = await db
      .selectFrom(table)
      .select(({ fn }) => ["project", fn.countAll<string | number>().as("n")])
      .groupBy("project")
      .execute();
    return new Map(rows.map((row) => [row.project, Number(row.n)]));
  };
  const [slides, cases, runs] = await Promise.all([count("slide"), count("patient_case"), count("run")]);
  const madeUp = await db.selectFrom("slide").select("project").distinct().where("synthetic", "=", true).execute();
  const synthetic = new Set(madeUp.map((row) => row.project));
  return seen.map(({ key, name }) => ({
    key,
    name,
    slides: slides.get(key) ?? 0,
    cases: cases.get(key) ?? 0,
    runs: runs.get(key) ?? 0,
    synthetic: synthetic.has(key),
    scanning: archive.isScanning(key),
  }));
}
