/** The worker that judges a table of predictions, as the scorecard page does. */
import { listen, type WorkerScope } from "../../worker.ts";

listen(globalThis as unknown as WorkerScope);
