import { unwrap } from "@nacre/core";
import { expect, it } from "vitest";
import { judgeAnswers } from "../../src/judge/judge-answers.ts";
import { judgeTable } from "../../src/judge/judge-table.ts";
import { renderAnswers } from "../../src/report/answers/render-answers.ts";
import { renderJudgement } from "../../src/report/render-judgement.ts";
import { parseTable } from "../../src/study/parse-table.ts";

const OPTIONS = { bootstrap: 0, seed: 1, subgroups: null, horizons: [] };
const page = { styleHash: "x" };

it("the page says who was predicted and not judged, for classes as for numbers", () => {
  const classes = "patient,label,p_a,p_b\nP1,a,.8,.2\nP2,b,.3,.7\nP3,,.5,.5\n";
  const judged = unwrap(judgeTable(unwrap(parseTable(classes, "c.csv")), { ...OPTIONS, positive: null }));
  const numbers = unwrap(parseTable("patient,label,prediction\nP1,2,3\nP2,4,4\nP3,,1\n", "n.csv"));
  const texts = [renderJudgement(judged, page), renderAnswers(unwrap(judgeAnswers(numbers, OPTIONS)), page)];
  for (const text of texts)
    expect(text.slice(text.indexOf("What was read"))).toMatch(/<li>Expected [^<]*label[^<]*received 1 /);
});
