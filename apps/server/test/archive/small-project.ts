/** A served folder of its own for a test: a finished run of two synthetic slides, a slide that is broken, one that no table names. */
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { tilesGeoJson } from "@nacre/imaging";
import { writeSyntheticSlide } from "@nacre/imaging/node";

export interface SmallProject {
  readonly folder: string;
  write(path: string, content: string): void;
  remove(): void;
}

/** Side of the slides, level-0 pixels. */
export const SIDE = 1024;

export function emptyProject(): SmallProject {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "nacre-project-")));
  return {
    folder,
    write(path, content) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export const STUDY = `name: small
cohort: cohort.csv
slides: slides
task: { kind: classify, label: diagnosis, positive: tumour, classes: [benign, tumour] }
`;

export const COHORT = `slide,patient,site,diagnosis,scanner,stain,age
one.svs,P-01,site-a,tumour,scanner-1,batch-1,63
two.svs,P-02,site-b,benign,scanner-1,batch-1,NA
gone.svs,P-02,site-b,benign,scanner-1,batch-1,58
`;

export const SLIDES_CSV = `slide,path,patient,case,site,label,state,quality,failure,expected,received,remedy
one,one.svs,P-01,P-01,site-a,tumour,ready,pass,,,,
two,two.svs,P-02,P-02,site-b,benign,failed,blur pen,no-tissue,stained tissue,no piece of two.svs that large,look at the thumbnail
gone,gone.svs,P-02,P-02,site-b,benign,failed,,missing-file,a file,nothing,check the path
`;

export const PREDICTIONS = `slide,case,patient,site,part,fold,label,p_benign,p_tumour
one,P-01,P-01,site-a,test,0,tumour,0.1,0.9
two,P-02,P-02,site-b,test,1,benign,0.8,0.2
gone,P-02,P-02,site-b,test,1,benign,0.6,0.4
`;

/** Tiles of 256 px, the attention of each its place among all. */
export function heatmap(tiles: readonly (readonly [x: number, y: number])[]): string {
  const places = { x: Int32Array.from(tiles, ([x]) => x), y: Int32Array.from(tiles, ([, y]) => y), side: 256 };
  const total = (tiles.length * (tiles.length + 1)) / 2;
  const attention = Float32Array.from(tiles, (_, i) => (i + 1) / total);
  const contribution = Float32Array.from(tiles, (_, i) => i - 1);
  return tilesGeoJson(
    places,
    { attention, contribution },
    { attention: "share of the last pooling", contribution: "exact" },
  );
}

export const SCORECARD = JSON.stringify({
  task: { kind: "classify", label: "diagnosis", classes: ["benign", "tumour"], positive: "tumour" },
  internal: { n: 2, auroc: { value: 1, low: 0.2, high: 1, n: 2 }, ece: { value: 0.1, n: 2 }, folds: [] },
  external: null,
  heatmapScales: { attention: 3, contribution: 2 },
});

/** Writes the run into `run/`, and beside it what belongs to no run. Takes a second: the slides are drawn. */
export async function smallProject(): Promise<SmallProject> {
  const project = emptyProject();
  const { folder, write } = project;
  write("run/study.yaml", STUDY);
  write("run/cohort.csv", COHORT);
  write("run/slides.csv", SLIDES_CSV);
  write("run/predictions.csv", PREDICTIONS);
  write("run/scorecard.json", SCORECARD);
  write("run/.nacre/state.json", '{"state":"finished","layout":1}\n');
  write("run/.nacre/steps/extract-one.json", '{"key":"k","note":{"synthetic":true},"outputs":[]}');
  write(
    "run/heatmaps/one.geojson",
    heatmap([
      [0, 0],
      [256, 0],
      [512, 512],
    ]),
  );
  mkdirSync(join(folder, "run/slides"));
  await writeSyntheticSlide(join(folder, "run/slides/one.svs"), {
    seed: 1,
    width: SIDE,
    height: SIDE,
    tumourShare: 0.3,
  });
  copyFileSync(join(folder, "run/slides/one.svs"), join(folder, "run/slides/two.svs"));
  mkdirSync(join(folder, "loose"));
  copyFileSync(join(folder, "run/slides/one.svs"), join(folder, "loose/alone.svs"));
  write("loose/broken.svs", "this is no slide");
  return project;
}
