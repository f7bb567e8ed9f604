/**
 * Draws docs/images/demo.png out of a finished demo: a synthetic slide with the true outline of its tumour, the signed
 * contribution of each tile on it, and a slide without tumour on the same colour scale. `node docs/images/make.mjs [RUN]`.
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { colourOf } from "@nacre/imaging";
import { openSlideFile } from "@nacre/imaging/node";
import sharp from "sharp";

const [run = "nacre-demo", tumour = "site-c-011", benign = "site-c-012"] = process.argv.slice(2);
const SIDE = 400;
const GAP = 16;
const HEAD = 34;
const FOOT = 56;
const scale = JSON.parse(readFileSync(join(run, "scorecard.json"), "utf8")).heatmapScales.contribution;

const pictures = await Promise.all([outlined(tumour), heatmap(tumour), heatmap(benign)]);
const width = 3 * SIDE + 2 * GAP;
const height = HEAD + SIDE + FOOT;
await sharp({ create: { width, height, channels: 3, background: "white" } })
  .composite([
    ...pictures.map((input, i) => ({ input, left: i * (SIDE + GAP), top: HEAD })),
    { input: Buffer.from(words()), left: 0, top: 0 },
  ])
  .png({ palette: true, colours: 128, effort: 10 })
  .toFile(join(dirname(fileURLToPath(import.meta.url)), "demo.png"));

function heatmap(slide) {
  return sharp(join(run, "heatmaps", `${slide}.png`))
    .resize(SIDE, SIDE)
    .png()
    .toBuffer();
}

async function outlined(name) {
  const opened = await openSlideFile(join(run, "slides", `${name}.svs`));
  if (!opened.ok) throw new Error(opened.failure.received);
  const slide = opened.value;
  const { index, width: w, height: h, downsample } = slide.info.levels.at(-2);
  const pixels = await slide.read({ level: index, x: 0, y: 0, width: w, height: h });
  slide.close();
  if (!pixels.ok) throw new Error(pixels.failure.received);
  const truth = JSON.parse(readFileSync(join(run, "truth", `${name}.geojson`), "utf8"));
  const path = truth.features
    .flatMap((f) => f.geometry.coordinates)
    .map((ring) => `M${ring.map(([x, y]) => `${x / downsample},${y / downsample}`).join("L")}Z`)
    .join("");
  const line = `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}"><path d="${path}" fill="none" stroke="#0a7d32" stroke-width="8"/></svg>`;
  const whole = await sharp(pixels.value.data, { raw: { width: w, height: h, channels: 3 } })
    .composite([{ input: Buffer.from(line) }])
    .png()
    .toBuffer();
  return sharp(whole).resize(SIDE, SIDE).png().toBuffer();
}

function words() {
  const heads = ["truth: tumour outlined", "contribution of each tile", "no tumour, same scale"];
  const text = (x, y, t, more = "") =>
    `<text x="${x}" y="${y}" font-family="DejaVu Sans" font-size="16" ${more}>${t}</text>`;
  const top = heads.map((t, i) => text(i * (SIDE + GAP) + 4, 22, t));
  const bar = Array.from({ length: 200 }, (_, i) => {
    const colour = colourOf(((i - 99.5) / 99.5) * scale, { scale, kind: "signed" });
    return `<rect x="${width / 2 - 200 + i * 2}" y="${HEAD + SIDE + 14}" width="2" height="12" fill="rgb(${colour})"/>`;
  });
  const y = HEAD + SIDE + 46;
  const ends = [
    text(width / 2 + 216, y - 20, "log-odds a tile"),
    text(width / 2 - 200, y, `-${scale} against tumour`),
    text(width / 2 + 200, y, `+${scale} for`, 'text-anchor="end"'),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${[...top, ...bar, ...ends].join("")}</svg>`;
}
