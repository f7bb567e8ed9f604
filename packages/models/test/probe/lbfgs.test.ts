import { describe, expect, it } from "vitest";
import { minimise, type Smooth } from "../../src/probe/lbfgs.ts";

/** Rosenbrock 1960 in n variables: a bent valley with its floor at (1, ..., 1). */
const rosenbrock: Smooth = (x, gradient) => {
  let value = 0;
  gradient.fill(0);
  for (let i = 0; i + 1 < x.length; i++) {
    const a = x[i] as number;
    const bend = (x[i + 1] as number) - a * a;
    value += 100 * bend * bend + (1 - a) ** 2;
    gradient[i] = (gradient[i] as number) - 400 * a * bend - 2 * (1 - a);
    gradient[i + 1] = (gradient[i + 1] as number) + 200 * bend;
  }
  return value;
};

/** Powell 1962: the second derivative is singular at the minimum, 0. */
const powell: Smooth = ([a = 0, b = 0, c = 0, d = 0], gradient) => {
  const [p, q, r, s] = [a + 10 * b, c - d, b - 2 * c, a - d];
  gradient.set([2 * p + 40 * s ** 3, 20 * p + 4 * r ** 3, 10 * q - 8 * r ** 3, -10 * q - 40 * s ** 3]);
  return p * p + 5 * q * q + r ** 4 + 10 * s ** 4;
};

describe("L-BFGS", () => {
  it.each([2, 10, 100])("finds the floor of Rosenbrock's valley in %d variables", (n) => {
    const start = Float64Array.from({ length: n }, (_, i) => (i % 2 === 0 ? -1.2 : 1));
    const found = minimise(rosenbrock, start, { tolerance: 1e-10 });
    expect(found.converged).toBe(true);
    // In 4 and more variables the valley has a second, shallow end near (-1, 1, ..., 1).
    expect(found.gradientSize).toBeLessThanOrEqual(1e-10);
    if (n === 2) for (const value of found.x) expect(value).toBeCloseTo(1, 9);
  });

  it("comes to rest where the second derivative is singular", () => {
    const found = minimise(powell, Float64Array.of(3, -1, 0, 1), { tolerance: 1e-9 });
    expect(found.converged).toBe(true);
    expect(found.value).toBeLessThan(1e-9);
  });

  it("solves a quadratic of condition 1e4 to the rounding of its gradient", () => {
    const n = 20;
    const bends = Float64Array.from({ length: n }, (_, i) => 10 ** ((4 * i) / (n - 1) - 2));
    const quadratic: Smooth = (x, gradient) => {
      let value = 0;
      for (let i = 0; i < n; i++) {
        const off = (x[i] as number) - i;
        gradient[i] = (bends[i] as number) * off;
        value += 0.5 * (bends[i] as number) * off * off;
      }
      return value;
    };
    const found = minimise(quadratic, new Float64Array(n), { tolerance: 1e-10 });
    expect(found.converged).toBe(true);
    for (let i = 0; i < n; i++)
      expect(Math.abs((found.x[i] as number) - i)).toBeLessThanOrEqual(1e-10 / (bends[i] as number));
  });

  it("says so when it ran out of steps, and leaves the start alone", () => {
    const start = Float64Array.of(-1.2, 1);
    expect(minimise(rosenbrock, start, { maxSteps: 3 })).toMatchObject({ converged: false, steps: 3 });
    expect([...start]).toEqual([-1.2, 1]);
  });

  it("refuses a start where the function is not finite", () => {
    expect(() => minimise(() => Number.NaN, Float64Array.of(1))).toThrow("expected a finite value at the start");
  });
});
