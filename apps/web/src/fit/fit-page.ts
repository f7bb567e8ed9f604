/**
 * The page that fits a model to the files dropped on it. A worker made of a text of the same folder does the work: made so it stands under
 * the policy of this page, which admits no address but that folder.
 */
import type { Failure } from "@nacre/core";
import type { Epoch } from "@nacre/models";
import { element } from "../element.ts";
import { offerDownloads } from "../offer-downloads.ts";
import { broken, say, showFailure } from "../problem.ts";
import { takeFiles } from "../take-files.ts";
import { HEIGHT, lossChart } from "./loss-chart.ts";
import type { FitAsk, FitReply, Fitted, LabelColumn, Looked, Note, Parts } from "./message.ts";

const [column, positive, compute] = ["column", "positive", "compute"].map((id) => element(id, HTMLSelectElement)) as [
  HTMLSelectElement,
  HTMLSelectElement,
  HTMLSelectElement,
];
const start = element("start", HTMLButtonElement);
const source = fetch(new URL("worker.js", location.href))
  .then((answer) => (answer.ok ? answer.blob() : Promise.reject(new Error(`worker.js: ${answer.status}`))))
  .then((code) => URL.createObjectURL(new Blob([code], { type: "text/javascript" })));

/** As in the style sheet. */
const NARROW = matchMedia("(max-width: 48rem)");

let files: readonly File[] = [];
let columns: readonly LabelColumn[] = [];
let history: Epoch[] = [];
let worker: Worker | null = null;
/** Whether the worker still knows the files: one that was stopped is replaced. */
let isReady = false;

function stop(): void {
  worker?.terminate();
  worker = null;
  isReady = false;
  isWorking(false);
}

function isWorking(yes: boolean): void {
  element("working", HTMLElement).hidden = !yes;
  start.disabled = yes || columns.length === 0;
}

function fail(failure: Failure): void {
  isWorking(false);
  showFailure(failure, "Nothing was fitted. The reason is written below.");
}

async function ask(question: FitAsk): Promise<void> {
  isWorking(true);
  try {
    if (worker === null) {
      worker = new Worker(await source, { type: "module" });
      worker.onerror = (event) => {
        stop();
        fail(broken(event.message, "the command nacre run fits the same models"));
      };
      worker.onmessage = ({ data }: MessageEvent<FitReply>) => hear(data);
    }
    worker.postMessage(question);
  } catch (error) {
    fail(broken(String(error), "serve the folder that holds it, not the page alone"));
  }
}

function hear(reply: FitReply): void {
  if (reply.kind === "stage") say(`${reply.stage.charAt(0).toUpperCase()}${reply.stage.slice(1)}`);
  else if (reply.kind === "looked") showLooked(reply);
  else if (reply.kind === "parts") showParts(reply);
  else if (reply.kind === "epoch") showEpoch(reply.epoch);
  else if (reply.kind === "fitted") showFitted(reply);
  else fail(reply.failure);
}

function showLooked(looked: Looked): void {
  isReady = true;
  columns = looked.columns;
  column.replaceChildren(...columns.map(({ name }) => new Option(name, name)));
  column.disabled = false;
  offerClasses();
  showNotes(looked.notes);
  isWorking(false);
  say(`${counted(looked.bags, "bag")} ready, ${looked.tiles.toLocaleString("en")} tiles of ${looked.d} features.`);
  if (pending) {
    pending = false;
    void begin();
  }
}

function offerClasses(): void {
  const classes = columns.find(({ name }) => name === column.value)?.classes ?? [];
  positive.replaceChildren(...classes.map((name) => new Option(name, name, false, name === classes.at(-1))));
  positive.disabled = classes.length < 2;
}

function showNotes(notes: readonly Note[]): void {
  element("notes", HTMLElement).replaceChildren(
    ...notes.map(({ title, text }) => {
      const [item, strong, line] = ["li", "strong", "p"].map((tag) => document.createElement(tag)) as [
        HTMLElement,
        HTMLElement,
        HTMLElement,
      ];
      strong.textContent = title;
      line.textContent = text;
      item.append(strong, line);
      return item;
    }),
  );
}

function showParts({ classes, train, tune }: Parts): void {
  const text = (counts: readonly number[]): string => counts.map((n, i) => `${n} ${classes[i]}`).join(", ");
  element("parts", HTMLElement).textContent =
    `Train slides: ${text(train)}. Tune slides: ${text(tune)}. No patient is in both.`;
}

function showEpoch(epoch: Epoch): void {
  history.push(epoch);
  if (epoch.epoch === 1) say("Fitting");
  draw(null);
  const tune = epoch.tuneLoss === null ? "" : `, tune ${epoch.tuneLoss.toFixed(4)}`;
  element("losses", HTMLElement).textContent = `Epoch ${epoch.epoch}: train ${epoch.trainLoss.toFixed(4)}${tune}`;
}

function draw(best: number | null): void {
  const width = NARROW.matches ? 400 : 720;
  element("chart", SVGSVGElement).setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
  element("drawing", SVGGElement).innerHTML = lossChart(history, { width, epochs: wholeNumber("epochs"), best });
}

function showFitted(fitted: Fitted): void {
  isWorking(false);
  draw(fitted.bestEpoch);
  const { value, low, high } = fitted.auroc;
  const number = (x: number | null): string => (x === null ? "not defined" : x.toFixed(3));
  const interval = low === null || high === null ? "no interval" : `95% interval ${number(low)} to ${number(high)}`;
  element("auroc", HTMLElement).textContent = `Tune AUROC ${number(value)}`;
  element("interval", HTMLElement).textContent =
    `${interval}, ${counted(fitted.patients, "patient")}, positive: ${fitted.positive}`;
  element("cost", HTMLElement).textContent =
    `Epoch ${fitted.bestEpoch} of ${fitted.epochs} is kept. ${fitted.parameters.toLocaleString("en")} weights, ${fitted.seconds.toFixed(1)} s, ${Math.round(fitted.tilesPerSecond).toLocaleString("en")} train tiles a second.`;
  offerDownloads([
    { button: "save-model", name: "model.onnx", type: "application/octet-stream", content: fitted.onnx },
    {
      button: "save-predictions",
      name: "predictions.csv",
      type: "text/csv;charset=utf-8",
      content: fitted.predictions,
    },
  ]);
  element("result-area", HTMLElement).hidden = false;
  say("Fitted. The result is below.");
  element("result-title", HTMLElement).focus();
}

/** Whether a fit begins as soon as the files are looked at again. */
let pending = false;

async function begin(): Promise<void> {
  if (!isReady) {
    pending = true;
    return ask({ kind: "look", files });
  }
  clear();
  history = [];
  draw(null);
  element("losses", HTMLElement).textContent = "No epoch yet";
  element("curve", HTMLElement).hidden = false;
  await ask({
    kind: "fit",
    column: column.value,
    positive: positive.value,
    epochs: wholeNumber("epochs"),
    seed: wholeNumber("seed"),
    provider: compute.value === "webgpu" ? "webgpu" : "cpu",
    wasm: new URL("runtime/", location.href).href,
  });
}

function take(chosen: readonly File[]): void {
  stop();
  clear();
  showNotes([]);
  element("curve", HTMLElement).hidden = true;
  [files, columns, pending] = [chosen, [], false];
  for (const select of [column, positive]) {
    select.replaceChildren(new Option("after the files", ""));
    select.disabled = true;
  }
  element("file-name", HTMLElement).textContent = counted(chosen.length, "file");
  say("Reading");
  void ask({ kind: "look", files });
}

function clear(): void {
  element("problem", HTMLElement).hidden = true;
  element("result-area", HTMLElement).hidden = true;
}

/** The number in a field; one outside its bounds is set to the default it was written with. */
function wholeNumber(id: string): number {
  const field = element(id, HTMLInputElement);
  if (!field.checkValidity() || field.value === "") field.value = field.defaultValue;
  return field.valueAsNumber;
}

function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

async function offerProviders(): Promise<void> {
  const { gpu } = navigator as { readonly gpu?: { requestAdapter(): Promise<unknown> } };
  const adapter = (await gpu?.requestAdapter().catch(() => null)) ?? null;
  const option = element("webgpu", HTMLOptionElement);
  option.disabled = adapter === null;
  option.textContent = adapter === null ? "graphics: none this browser can use" : "graphics (WebGPU)";
}

takeFiles(take);
column.addEventListener("change", offerClasses);
start.addEventListener("click", () => void begin());
element("cancel", HTMLButtonElement).addEventListener("click", () => {
  stop();
  say("Stopped. Nothing was kept; start begins again.");
});
void offerProviders();
