// Runs model files with ONNX Runtime alone: node bare-models.mjs JOBS.json, a list of {model, feeds: {name: {values, dims}}}.
import { readFileSync } from "node:fs";
import ort from "onnxruntime-node";

const answers = [];
for (const { model, feeds } of JSON.parse(readFileSync(process.argv[2], "utf8"))) {
  const session = await ort.InferenceSession.create(model);
  const inputs = Object.entries(feeds).map(([name, { values, dims }]) => [
    name,
    new ort.Tensor("float32", Float32Array.from(values), dims),
  ]);
  const found = await session.run(Object.fromEntries(inputs));
  answers.push(Object.fromEntries(Object.entries(found).map(([name, { data }]) => [name, [...data]])));
}
process.stdout.write(JSON.stringify(answers));
