/**
 * The page where one drops a table of predictions and gets its scorecard. One script plays two parts: with a document it
 * is the page, without one it is the worker that the page makes from its own text. Nothing is fetched and nothing is sent.
 */
import { startPage } from "./page.ts";
import { listen, type WorkerScope } from "./worker.ts";

if (typeof document === "undefined") listen(globalThis as unknown as WorkerScope);
else startPage(document.currentScript?.textContent ?? "");
