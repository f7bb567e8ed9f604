import { changeCase, readCase, worklist } from "@nacre/api";
import { type Handled, handle } from "../serve/handle.ts";
import { applyCaseChange } from "./change-case.ts";
import { readCasePage } from "./read-case.ts";
import { readWorklist } from "./worklist.ts";

export const caseRoutes: readonly Handled[] = [
  handle(worklist, ({ query, who, services }) => readWorklist(services, who, query)),
  handle(readCase, ({ params, who, services }) => readCasePage(services, who, params.case)),
  handle(changeCase, ({ params, body, who, services }) =>
    applyCaseChange(services, who, { key: params.case, change: body }),
  ),
];
