/** Where the files of a run lie, and those of them that can be taken along. */
import { RUN_FILES, type RunPage, readRunFile } from "@nacre/api";
import type { ReactNode } from "react";
import { addressOf } from "../client/call.ts";
import { useProjects } from "../shell/project.tsx";

const SAYS: Readonly<Record<(typeof RUN_FILES)[number], string>> = {
  "predictions.csv": "the answer for each slide of test and external, with its fold",
  "tune-predictions.csv": "the same for tune: thresholds are learnt from it",
  "slides.csv": "what became of each slide, and why",
  "scorecard.json": "every number with interval, n and method",
  "table.md": "table of results",
  "table.tex": "the same for LaTeX",
  "tripod-ai.md": "TRIPOD+AI checklist, filled in as far as the run knows",
  "claim.md": "CLAIM checklist, likewise",
  "model-card.md": "model card",
  "summary.md": "the report in a page of text",
  "study.yaml": "the study as resolved: replays the run",
  "provenance.json": "versions, hashes, seed",
};

export function RunFiles({ run }: { readonly run: Pick<RunPage, "key" | "project" | "folder" | "files"> }): ReactNode {
  const { rows } = useProjects();
  const files = RUN_FILES.filter((file) => run.files?.includes(file));
  if (run.folder === undefined) return null;
  const place = [rows?.find(({ key }) => key === run.project)?.name, run.folder].filter(Boolean).join("/");
  return (
    <section className="card stack" aria-labelledby="files">
      <h2 id="files">Files</h2>
      <p className="soft">
        In the folder <code>{place}</code>, with the features, models and heatmaps. The figures stand in the full
        report.
      </p>
      {files.length === 0 ? null : (
        <ul className="run-files">
          {files.map((file) => (
            <li key={file}>
              <a href={addressOf(readRunFile, { params: { run: run.key, file } })} download>
                {file}
              </a>{" "}
              <span className="small soft">{SAYS[file]}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
