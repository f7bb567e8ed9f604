/** Files by picker (which the keyboard opens) or dropped anywhere on the page; one at a time. */
import type { Failure } from "@nacre/core";
import { element } from "./element.ts";

/** Calls `take` with each file that is chosen, `refuse` where it is not exactly one. */
export function takeFiles(take: (file: File) => void, refuse: (failure: Failure) => void): void {
  const input = element("file", HTMLInputElement);
  const zone = element("drop", HTMLElement);
  const one = (files: FileList | null): void => {
    const [first] = files ?? [];
    if (first !== undefined && files?.length === 1) take(first);
    else if (files !== null) refuse(notOne(files.length));
  };
  input.addEventListener("change", () => {
    if (input.files?.length !== 0) one(input.files);
    // The same file may be chosen again after it was corrected.
    input.value = "";
  });
  addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) zone.classList.remove("over");
  });
  addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    one(event.dataTransfer?.files ?? null);
  });
}

function notOne(count: number): Failure {
  return {
    kind: "bad-usage",
    expected: "one table of predictions",
    received: count === 0 ? "something that is not a file" : `${count} files`,
    remedy: "drop one file at a time",
  };
}
