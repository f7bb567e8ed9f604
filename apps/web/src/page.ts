/** The page: takes a file by drop, picker or keyboard, has it judged in a worker, shows the result or what is wrong with it. */
import type { Failure } from "@nacre/core";
import { element } from "./element.ts";
import type { JudgeReply, JudgeRequest } from "./judge-file.ts";
import { offerDownloads } from "./offer-downloads.ts";
import { broken, say, showFailure } from "./problem.ts";
import { takeFiles } from "./take-files.ts";

type Judged = Extract<JudgeReply, { kind: "judged" }>;

/** @param script the text of this bundle, of which the worker is made */
export function startPage(script: string): void {
  const source = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const positive = element("positive", HTMLSelectElement);
  const again = element("again", HTMLButtonElement);
  let file: File | null = null;
  let worker: Worker | null = null;

  const stop = (): void => {
    worker?.terminate();
    worker = null;
    element("working", HTMLElement).hidden = true;
  };
  const fail = (failure: Failure): void => {
    stop();
    showFailure(failure, "The table was not judged. The reason is written below.");
  };
  const run = async (chosen: File, positiveClass: string | null): Promise<void> => {
    stop();
    clear();
    file = chosen;
    again.disabled = false;
    element("file-name", HTMLElement).textContent = `${chosen.name}, ${sizeText(chosen.size)}`;
    element("working", HTMLElement).hidden = false;
    say(`Opening ${chosen.name}`);
    const bytes = await bytesOf(chosen);
    if (bytes === null) return fail(unreadable(chosen.name));
    if (file !== chosen) return;
    worker = new Worker(source);
    worker.onerror = (event) => fail(broken(event.message, "the command nacre evaluate gives the same numbers"));
    worker.onmessage = ({ data }: MessageEvent<JudgeReply>) => {
      if (data.kind === "stage") say(`${data.stage.charAt(0).toUpperCase()}${data.stage.slice(1)}`);
      else if (data.kind === "classes") offerClasses(positive, data, positiveClass);
      else if (data.kind === "failure") fail(data.failure);
      else {
        stop();
        if (data.positive !== null) positive.value = data.positive;
        showResult(chosen.name, data);
        // A new table moves the reader to its result; another option leaves the reader at the option.
        if (positiveClass === null) element("result-title", HTMLElement).focus();
      }
    };
    worker.postMessage(requestOf(chosen.name, bytes, positiveClass), [bytes.buffer]);
  };

  takeFiles((files) => {
    const [only] = files;
    if (only !== undefined && files.length === 1) return void run(only, null);
    clear();
    fail(notOne(files.length));
  });
  const rerun = (): void => {
    if (file !== null) void run(file, positive.value === "" ? null : positive.value);
  };
  positive.addEventListener("change", rerun);
  again.addEventListener("click", rerun);
  element("cancel", HTMLButtonElement).addEventListener("click", () => {
    stop();
    say("Stopped. Nothing was judged.");
  });
}

function requestOf(name: string, bytes: Uint8Array, positive: string | null): JudgeRequest {
  return {
    name,
    bytes,
    positive,
    bootstrap: wholeNumber("bootstrap", 0, 1_000_000),
    seed: wholeNumber("seed", 0, 4_294_967_295),
    styleHash: document.querySelector('meta[name="report-style"]')?.getAttribute("content") ?? "",
  };
}

/** The number in a field; one outside the bounds is set to the default it was written with. */
function wholeNumber(id: string, least: number, most: number): number {
  const field = element(id, HTMLInputElement);
  const value = field.valueAsNumber;
  if (!(Number.isInteger(value) && value >= least && value <= most)) field.value = field.defaultValue;
  return field.valueAsNumber;
}

async function bytesOf(file: File): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    return null;
  }
}

function offerClasses(
  select: HTMLSelectElement,
  { answer, classes }: Extract<JudgeReply, { kind: "classes" }>,
  chosen: string | null,
): void {
  if (answer !== "classify") {
    select.replaceChildren(new Option(NO_CLASSES[answer], ""));
    select.disabled = true;
    return;
  }
  select.replaceChildren(...classes.map((name) => new Option(name, name, false, name === (chosen ?? classes.at(-1)))));
  select.disabled = classes.length < 2;
}

const NO_CLASSES = {
  survive: "none: risks of an event",
  regress: "none: numbers",
  multilabel: "none: several labels",
} as const;

function clear(): void {
  element("problem", HTMLElement).hidden = true;
  element("result-area", HTMLElement).hidden = true;
}

function showResult(name: string, judged: Judged): void {
  element("result-title", HTMLElement).textContent = name;
  element("sections", HTMLElement).innerHTML = judged.sections;
  element("result-area", HTMLElement).hidden = false;
  offerDownloads([
    { button: "save-scorecard", name: "scorecard.json", type: "application/json", content: judged.scorecard },
    { button: "save-report", name: "report.html", type: "text/html;charset=utf-8", content: judged.report },
  ]);
  say(judged.summary);
}

function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function unreadable(name: string): Failure {
  return {
    kind: "unreadable-file",
    expected: "a file that can be read",
    received: `${name}, which is a folder, was changed or was moved since it was chosen`,
    remedy: "choose the file again",
  };
}

function notOne(count: number): Failure {
  return {
    kind: "bad-usage",
    expected: "one table of predictions",
    received: count === 0 ? "something that is not a file" : `${count} files`,
    remedy: "drop one file at a time",
  };
}
