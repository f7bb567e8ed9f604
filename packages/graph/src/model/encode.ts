/**
 * From tensors to the bytes of an ONNX model (opset 17). Only what the outputs need is written; inputs and parameters are
 * found on the way. The same program has the same bytes wherever and whenever it is built.
 */
import type { Attribute, ConstantNode, DType, Shape, Tensor } from "../tensor.ts";
import { type Program, programOf, type Step } from "./program.ts";
import { bytesField, flatten, floatField, integerField, messageField, type Rope, rope, textField } from "./protobuf.ts";
import {
  ATTRIBUTE,
  ATTRIBUTE_TYPE,
  DIM,
  ENTRY,
  elementCode,
  GRAPH,
  IR_VERSION,
  MODEL,
  NODE,
  OPSET,
  OPSET_ID,
  SHAPE,
  TENSOR,
  TENSOR_TYPE,
  TYPE,
  VALUE,
} from "./schema.ts";

export interface ModelSpec {
  /** The values of a run, by name. */
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** Name of the graph. */
  readonly name?: string;
  /** Text that travels with the model (metadata_props), written in order of its keys. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * An ONNX model as bytes.
 * @throws RangeError on names that clash and on outputs that are none
 */
export function encodeModel({ outputs, name = "graph", metadata = {} }: ModelSpec): Uint8Array {
  if (Object.keys(outputs).length === 0) throw new RangeError("expected at least one output, received none");
  const keys = Object.keys(metadata).sort();
  return flatten(
    rope(
      integerField(MODEL.irVersion, IR_VERSION),
      textField(MODEL.producerName, "nacre"),
      messageField(MODEL.graph, graphMessage(programOf(outputs), name)),
      messageField(MODEL.opset, rope(textField(OPSET_ID.domain, ""), integerField(OPSET_ID.version, OPSET))),
      ...keys.map((key) =>
        messageField(MODEL.metadata, rope(textField(ENTRY.key, key), textField(ENTRY.value, metadata[key] ?? ""))),
      ),
    ),
  );
}

function graphMessage({ inputs, constants, steps, outputs }: Program, name: string): Rope {
  return rope(
    ...steps.map((step) => messageField(GRAPH.node, nodeMessage(step))),
    textField(GRAPH.name, name),
    ...constants.map((c) => messageField(GRAPH.initializer, tensorMessage(c.name, c.node))),
    ...inputs.map((node) => messageField(GRAPH.input, valueMessage(node.name, node.dtype, node.shape))),
    ...outputs.map((o) => messageField(GRAPH.output, valueMessage(o.name, o.tensor.dtype, o.tensor.shape))),
  );
}

function nodeMessage({ op, attributes, inputs, outputs }: Step): Rope {
  return rope(
    ...inputs.map((name) => textField(NODE.input, name)),
    ...outputs.map((name) => textField(NODE.output, name)),
    textField(NODE.name, outputs[0] ?? op),
    textField(NODE.op, op),
    ...Object.keys(attributes)
      .sort()
      .map((name) => messageField(NODE.attribute, attributeMessage(name, attributes[name] as Attribute))),
  );
}

function attributeMessage(name: string, value: Attribute): Rope {
  const named = textField(ATTRIBUTE.name, name);
  const type = (code: number): Rope => integerField(ATTRIBUTE.type, code);
  if (typeof value === "number") {
    return rope(named, integerField(ATTRIBUTE.integer, value), type(ATTRIBUTE_TYPE.integer));
  }
  if (typeof value === "string") return rope(named, textField(ATTRIBUTE.text, value), type(ATTRIBUTE_TYPE.text));
  if ("float" in value) return rope(named, floatField(ATTRIBUTE.float, value.float), type(ATTRIBUTE_TYPE.float));
  return rope(named, ...value.map((v) => integerField(ATTRIBUTE.integers, v)), type(ATTRIBUTE_TYPE.integers));
}

function tensorMessage(name: string, { values, shape, dtype }: ConstantNode): Rope {
  return rope(
    ...shape.map((d) => integerField(TENSOR.dims, Number(d))),
    integerField(TENSOR.dtype, elementCode(dtype)),
    textField(TENSOR.name, name),
    bytesField(TENSOR.raw, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
  );
}

function valueMessage(name: string, dtype: DType, shape: Shape): Rope {
  const dim = (d: number | string): Rope =>
    typeof d === "number" ? integerField(DIM.value, d) : textField(DIM.name, d);
  const tensor = rope(
    integerField(TENSOR_TYPE.dtype, elementCode(dtype)),
    messageField(TENSOR_TYPE.shape, rope(...shape.map((d) => messageField(SHAPE.dim, dim(d))))),
  );
  return rope(textField(VALUE.name, name), messageField(VALUE.type, messageField(TYPE.tensor, tensor)));
}
