import { describe, it } from "vitest";
import { expectRecordedAnswers } from "../answers-as-recorded.ts";
import { goldenCases } from "../golden.ts";

describe.each(goldenCases)("$aggregator: $name", (golden) => {
  it("answers as PyTorch in double precision does, output by output", () => expectRecordedAnswers(golden));
});
