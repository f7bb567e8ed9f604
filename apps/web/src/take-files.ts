/** Files by picker (which the keyboard opens) or dropped anywhere on the page. */
import { element } from "./element.ts";

/** Calls `take` with the files of each choice; with none where something else was dropped. */
export function takeFiles(take: (files: readonly File[]) => void): void {
  const input = element("file", HTMLInputElement);
  const zone = element("drop", HTMLElement);
  input.addEventListener("change", () => {
    if (input.files?.length) take([...input.files]);
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
    if (event.dataTransfer !== null) take([...event.dataTransfer.files]);
  });
}
