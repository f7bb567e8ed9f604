/** One reader of benchWorkers: its own thread, its own handle. */
import { parentPort, workerData } from "node:worker_threads";
import { unwrap } from "@nacre/core";
import { openSlideFile } from "@nacre/imaging/node";
import { readAll } from "./slide-rival.mjs";

const slide = unwrap(await openSlideFile(workerData.path));
parentPort.on("message", async (places) => parentPort.postMessage(await readAll(slide, workerData.size, places)));
parentPort.postMessage("open");
