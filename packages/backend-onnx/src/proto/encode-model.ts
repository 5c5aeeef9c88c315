import { Writer } from "protobufjs/minimal.js";
import type {
  AttributeMessage,
  ModelMessage,
  NodeMessage,
  StoredPart,
  TensorMessage,
  ValueMessage,
} from "./messages.js";

const IR_VERSION = 10;
const OPSETS = [
  { domain: "", version: 21 },
  { domain: "com.microsoft", version: 1 },
] as const;

/** Wire types of protobuf. */
const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;

const tag = (field: number, wire: number): number => (field << 3) | wire;

/**
 * An ONNX model as bytes. Weights are copied exactly once, into the result: everything around them is encoded on its own,
 * and since a protobuf message is its fields one after the other, the pieces are then laid side by side.
 */
export function encodeModel(model: ModelMessage): Uint8Array {
  const graph: Uint8Array[] = [];
  const fields = new Writer();
  for (const node of model.nodes) nested(fields, 1, (writer) => writeNode(writer, node));
  fields.uint32(tag(2, BYTES)).string(model.name);
  for (const value of model.inputs) nested(fields, 11, (writer) => writeValue(writer, value));
  for (const value of model.outputs) nested(fields, 12, (writer) => writeValue(writer, value));
  graph.push(fields.finish());
  for (const tensor of model.initializers) graph.push(...tensorPieces(tensor));

  const head = new Writer();
  head.uint32(tag(1, VARINT)).int64(IR_VERSION);
  head.uint32(tag(2, BYTES)).string("anabranch");
  for (const { domain, version } of OPSETS) {
    nested(head, 8, (writer) => writer.uint32(tag(1, BYTES)).string(domain).uint32(tag(2, VARINT)).int64(version));
  }
  head.uint32(tag(7, BYTES)).uint32(totalLength(graph));
  return join([head.finish(), ...graph]);
}

function totalLength(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(totalLength(pieces));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function nested(writer: Writer, field: number, write: (writer: Writer) => void): void {
  writer.uint32(tag(field, BYTES)).fork();
  write(writer);
  writer.ldelim();
}

/** GraphProto.initializer, field 5. */
function tensorPieces(tensor: TensorMessage): Uint8Array[] {
  const about = new Writer();
  for (const dim of tensor.dims) about.uint32(tag(1, VARINT)).int64(dim);
  about.uint32(tag(2, VARINT)).int32(tensor.type);
  about.uint32(tag(8, BYTES)).string(tensor.name);
  if ("location" in tensor.parts) return [externalTensor(about, tensor.parts)];
  about.uint32(tag(9, BYTES)).uint32(totalLength(tensor.parts));
  const fields = about.finish();
  const head = new Writer().uint32(tag(5, BYTES)).uint32(fields.length + totalLength(tensor.parts));
  return [head.finish(), fields, ...tensor.parts];
}

/** TensorProto.external_data, field 13, and data_location EXTERNAL, field 14. */
function externalTensor(about: Writer, part: StoredPart): Uint8Array {
  for (const [key, value] of Object.entries(part)) {
    nested(about, 13, (entry) => entry.uint32(tag(1, BYTES)).string(key).uint32(tag(2, BYTES)).string(String(value)));
  }
  about.uint32(tag(14, VARINT)).int32(1);
  return new Writer().uint32(tag(5, BYTES)).bytes(about.finish()).finish();
}

function writeNode(writer: Writer, node: NodeMessage): void {
  for (const input of node.inputs) writer.uint32(tag(1, BYTES)).string(input);
  for (const output of node.outputs) writer.uint32(tag(2, BYTES)).string(output);
  writer.uint32(tag(3, BYTES)).string(node.name);
  writer.uint32(tag(4, BYTES)).string(node.op);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    nested(writer, 5, (inner) => writeAttribute(inner, name, attribute));
  }
  writer.uint32(tag(7, BYTES)).string(node.domain);
}

/** AttributeProto's own numbers for its types, field 20. */
const AttributeType = { float: 1, int: 2, text: 3, ints: 7 } as const;

function writeAttribute(writer: Writer, name: string, attribute: AttributeMessage): void {
  writer.uint32(tag(1, BYTES)).string(name);
  if ("float" in attribute) {
    writer.uint32(tag(2, FIXED32)).float(attribute.float);
    writer.uint32(tag(20, VARINT)).int32(AttributeType.float);
  } else if ("int" in attribute) {
    writer.uint32(tag(3, VARINT)).int64(attribute.int);
    writer.uint32(tag(20, VARINT)).int32(AttributeType.int);
  } else if ("text" in attribute) {
    writer.uint32(tag(4, BYTES)).string(attribute.text);
    writer.uint32(tag(20, VARINT)).int32(AttributeType.text);
  } else {
    for (const value of attribute.ints) writer.uint32(tag(8, VARINT)).int64(value);
    writer.uint32(tag(20, VARINT)).int32(AttributeType.ints);
  }
}

/** ValueInfoProto with a TypeProto.Tensor. */
function writeValue(writer: Writer, value: ValueMessage): void {
  writer.uint32(tag(1, BYTES)).string(value.name);
  nested(writer, 2, (type) =>
    nested(type, 1, (tensor) => {
      tensor.uint32(tag(1, VARINT)).int32(value.type);
      nested(tensor, 2, (shape) => {
        for (const dim of value.dims) nested(shape, 1, (axis) => writeDim(axis, dim));
      });
    }),
  );
}

function writeDim(writer: Writer, dim: number | string): void {
  if (typeof dim === "number") writer.uint32(tag(1, VARINT)).int64(dim);
  else writer.uint32(tag(2, BYTES)).string(dim);
}
