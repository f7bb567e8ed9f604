import { describe, expect, it } from "vitest";
import { onceFor, remembered, stamp } from "../../src/metric/remembered.ts";

describe("a remembered function of weights", () => {
  const counted = () => {
    let calls = 0;
    const sum = remembered((w) => {
      calls++;
      return w.reduce((a, b) => a + b, 0);
    });
    return { sum, calls: () => calls };
  };

  it("is asked once about the same weights, and again when they have changed in place", () => {
    const { sum, calls } = counted();
    const weights = Float64Array.of(1, 2);
    expect([sum(weights), sum(weights), calls()]).toEqual([3, 3, 1]);
    weights[0] = 5;
    expect([sum(weights), calls()]).toEqual([7, 2]);
  });

  it("believes the stamp of who fills the array", () => {
    const { sum, calls } = counted();
    const weights = Float64Array.of(1, 2);
    stamp(weights);
    expect([sum(weights), sum(weights), calls()]).toEqual([3, 3, 1]);
    weights[1] = 0;
    stamp(weights);
    expect([sum(weights), calls()]).toEqual([1, 2]);
  });

  it("takes equal weights in another array for the same only by looking at them", () => {
    const { sum } = counted();
    const stamped = Float64Array.of(1, 2);
    stamp(stamped);
    expect([sum(stamped), sum(Float64Array.of(4, 4)), sum(stamped)]).toEqual([3, 8, 3]);
  });

  it("makes a thing once for each object", () => {
    let made = 0;
    const of = onceFor((_: object) => ++made);
    const [a, b] = [{}, {}];
    expect([of(a), of(a), of(b)]).toEqual([1, 1, 2]);
  });
});
