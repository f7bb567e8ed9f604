/** The three encoders that measurements on real tiles use: our own, and folders of the encoder contract around two networks of the test data. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const NETWORKS = {
  mobilenet: {
    file: "mobilenet_v2_1.0/mobilenet_v2_1.0_224.onnx",
    dim: 1280,
    mean: 0.5,
    std: 0.5,
    licence: "Apache-2.0",
  },
  shufflenet: { file: "shufflenet_msi/shufflenet_msi_224.onnx", dim: 544, mean: 0, std: 1 / 255, licence: "MIT" },
};

/** What `encoder:` of a study names, by a short name. @param data the folder of test data @param out where the folders are made */
export function encoderPlaces(data, out) {
  const made = Object.entries(NETWORKS).map(([name, network]) => [name, encoderFolder(name, network, data, out)]);
  return { texture: "texture", ...Object.fromEntries(made) };
}

function encoderFolder(name, { file: model, dim, mean, std, licence }, data, out) {
  const folder = resolve(out, "encoders", name);
  const file = resolve(data, "encoders", model);
  mkdirSync(folder, { recursive: true });
  if (!existsSync(join(folder, "model.onnx"))) symlinkSync(file, join(folder, "model.onnx"));
  const card = {
    name,
    file: "model.onnx",
    output: "features",
    dim,
    size: 224,
    mpp: null,
    mean: [mean, mean, mean],
    std: [std, std, std],
    channels: "rgb",
    licence,
    source: model,
    sha256: createHash("sha256").update(readFileSync(file)).digest("hex"),
  };
  writeFileSync(join(folder, "encoder.json"), `${JSON.stringify(card, null, 2)}\n`);
  return folder;
}
