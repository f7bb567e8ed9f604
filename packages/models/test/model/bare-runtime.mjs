// Runs a model file with ONNX Runtime alone: node bare-runtime.mjs MODEL FEATURES N, features as JSON numbers.
import ort from "onnxruntime-node";

const [model, features, n] = process.argv.slice(2);
const session = await ort.InferenceSession.create(model);
const values = Float32Array.from(JSON.parse(features));
const answers = await session.run({ features: new ort.Tensor("float32", values, [Number(n), values.length / n]) });
process.stdout.write(
  JSON.stringify(Object.fromEntries(Object.entries(answers).map(([name, v]) => [name, [...v.data]]))),
);
