import { expect, it } from "vitest";
import { gaussLegendre } from "../../src/explain/gauss-legendre.ts";

it.each([1, 2, 5, 8, 16, 64])("%i nodes integrate every power up to 2 m - 1 exactly", (m) => {
  const { nodes, weights } = gaussLegendre(m);
  for (let power = 0; power <= 2 * m - 1; power++) {
    const integral = nodes.reduce((sum, x, j) => sum + (weights[j] as number) * x ** power, 0);
    expect(Math.abs(integral - 1 / (power + 1))).toBeLessThan(1e-14);
  }
});

it("nodes grow, lie inside (0, 1) and mirror each other", () => {
  const { nodes } = gaussLegendre(9);
  for (const [j, x] of nodes.entries()) {
    expect(x).toBeGreaterThan(nodes[j - 1] ?? 0);
    expect(x + (nodes[8 - j] as number)).toBeCloseTo(1, 14);
  }
});

it("no nodes are no quadrature", () => {
  expect(() => gaussLegendre(0)).toThrow(RangeError);
});
