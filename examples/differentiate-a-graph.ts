/**
 * Training without a framework: a graph, its gradient and an Adam step become one ONNX file, and running that file is one
 * step of the fit. Here a straight line is fitted to points. Run: node examples/differentiate-a-graph.ts (Node 22.18 or later)
 */
import { pathToFileURL } from "node:url";
import {
  adam,
  adamScalars,
  encodeModel,
  gradients,
  input,
  linear,
  meanSquaredError,
  parameter,
  type TensorData,
} from "@nacre/graph";
import { openSession } from "@nacre/graph/node";

const tensor = (values: number[], dims = [values.length]): TensorData => ({ data: Float32Array.from(values), dims });

/** Fits y = slope * x + offset to 64 points on y = 3 x - 1. */
export async function fitLine(steps: number): Promise<{ slope: number; offset: number; loss: number }> {
  const weights = { slope: parameter("slope", [1, 1]), offset: parameter("offset", [1]) };
  const loss = meanSquaredError(linear(input("x", ["n", 1]), weights.slope, weights.offset), input("y", ["n", 1]));
  const scalars = { rate: input("rate", []), correction: input("correction", []) };
  const outputs: Record<string, typeof loss> = { loss };
  const state: Record<string, TensorData> = {};
  const slopes = gradients(loss, Object.values(weights));
  for (const [i, [name, weight]] of Object.entries(weights).entries()) {
    const shape = weight.shape as number[];
    const next = adam(weight, slopes[i] ?? loss, parameter(`${name}.m`, shape), parameter(`${name}.v`, shape), scalars);
    Object.assign(outputs, { [`${name}'`]: next.parameter, [`${name}.m'`]: next.m, [`${name}.v'`]: next.v });
    for (const part of [name, `${name}.m`, `${name}.v`]) state[part] = tensor([0], shape);
  }
  const session = await openSession(encodeModel({ outputs }));
  const xs = Array.from({ length: 64 }, (_, i) => i / 32 - 1);
  const points = {
    x: tensor(xs, [64, 1]),
    y: tensor(
      xs.map((x) => 3 * x - 1),
      [64, 1],
    ),
  };
  let last = Number.NaN;
  for (let step = 1; step <= steps; step++) {
    const { rate, correction } = adamScalars(step, 0.1);
    const result = await session.run({
      ...points,
      ...state,
      rate: tensor([rate], []),
      correction: tensor([correction], []),
    });
    for (const name of Object.keys(state)) state[name] = result[`${name}'`] ?? tensor([Number.NaN]);
    last = Number(result.loss?.data[0]);
  }
  await session.close();
  return { slope: Number(state.slope?.data[0]), offset: Number(state.offset?.data[0]), loss: last };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) console.log(await fitLine(300));
