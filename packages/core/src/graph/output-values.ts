import { InvalidGraphError } from "../errors/index.js";
import { type Dim, overDim, type Shape, timesDim } from "./dims.js";
import type { GraphValue } from "./graph.js";
import { type AttendAttributes, attendInputs, type GraphNode } from "./operations.js";

const f32 = (shape: Shape): GraphValue => ({ shape, dtype: "f32" });
const i32 = (shape: Shape): GraphValue => ({ shape, dtype: "i32" });

/** Axes of an activation. */
function axes(value: GraphValue, node: GraphNode): { batch: Dim; rows: Dim; features: Dim } {
  const [batch, rows, features] = value.shape;
  if (value.shape.length !== 3 || batch === undefined || rows === undefined || features === undefined) {
    throw new InvalidGraphError(
      `${node.op} wants an activation [batch, rows, features], not [${value.shape.join(", ")}].`,
    );
  }
  return { batch, rows, features };
}

function expect(condition: boolean, node: GraphNode, what: string): void {
  if (!condition) throw new InvalidGraphError(`${node.op} (${node.outputs[0]}): ${what}.`);
}

function divides(divisor: Dim | undefined, dim: Dim): boolean {
  return divisor === dim || (typeof divisor === "number" && typeof dim === "number" && dim % divisor === 0);
}

function sumOfDims(dims: readonly Dim[]): Dim {
  if (dims.every((dim) => typeof dim === "number")) return dims.reduce<number>((sum, dim) => sum + Number(dim), 0);
  return dims.filter((dim) => dim !== 0).join("+");
}

function attendValues(node: GraphNode, attributes: AttendAttributes, values: Lookup): GraphValue[] {
  const inputs = attendInputs(node.inputs, attributes);
  const query = axes(values(inputs.query), node);
  const width = attributes.heads * attributes.headSize;
  expect(query.features === width, node, `queries have ${query.features} features, heads * headSize is ${width}`);
  const positions = overDim(query.rows, attributes.members);
  const slots = inputs.sources.map((source) => {
    const shape = values(source.keys).shape;
    return shape[1] as Dim;
  });
  return [
    f32([query.batch, query.rows, width]),
    f32([query.batch, attributes.heads, positions, attributes.members, sumOfDims([...slots, attributes.ownLength])]),
  ];
}

type Lookup = (name: string) => GraphValue;

/**
 * Shapes and types of a node's outputs.
 * @throws InvalidGraphError when its inputs do not fit together.
 */
export function outputValues(node: GraphNode, values: Lookup): readonly GraphValue[] {
  switch (node.op) {
    case "embed": {
      const [table, tokens] = node.inputs;
      expect(values(tokens).dtype === "i32", node, "tokens are not i32");
      return [f32([...values(tokens).shape, values(table).shape[1] as Dim])];
    }
    case "linear": {
      const x = values(node.inputs[0]).shape;
      const [out, input] = values(node.inputs[1]).shape as readonly [Dim, Dim];
      const [from, to] = node.attributes.transposed ? [out, input] : [input, out];
      expect(x.at(-1) === from, node, `x has ${x.at(-1)} features, ${node.inputs[1]} wants ${from}`);
      return [f32([...x.slice(0, -1), to])];
    }
    case "norm":
    case "layerNorm":
    case "bias": {
      const [x, ...vectors] = node.inputs.map((name) => values(name).shape);
      const features = x?.at(-1) as Dim;
      for (const [index, vector] of vectors.entries()) {
        const fits =
          vector.length === 1 && (node.op === "norm" ? divides(vector[0], features) : vector[0] === features);
        expect(fits, node, `x has ${features} features, ${node.inputs[1 + index]} is [${vector}]`);
      }
      return [f32(x as Shape)];
    }
    case "rope":
    case "activate":
    case "scale":
      return [f32(values(node.inputs[0]).shape)];
    case "gate":
    case "add":
      expect(
        values(node.inputs[0]).shape.join() === values(node.inputs[1]).shape.join(),
        node,
        `shapes [${values(node.inputs[0]).shape}] and [${values(node.inputs[1]).shape}] differ`,
      );
      return [f32(values(node.inputs[0]).shape)];
    case "attend":
      return attendValues(node, node.attributes, values);
    case "select": {
      const x = axes(values(node.inputs[0]), node);
      return [f32([...values(node.inputs[1]).shape, x.features])];
    }
    case "insertStreams": {
      const start = axes(values(node.inputs[1]), node);
      const gamma = Number(values(node.inputs[2]).shape[0]);
      return [f32([start.batch, timesDim(start.rows, gamma + (node.attributes.keepMain ? 1 : 0)), start.features])];
    }
    case "pick":
    case "pickGrad": {
      const { members, from, to } = node.attributes;
      const x = axes(values(node.inputs[0]), node);
      const [before, after] = node.op === "pick" ? [members, to - from] : [to - from, members];
      return [f32([x.batch, timesDim(overDim(x.rows, before), after), x.features])];
    }
    case "argmax":
      return [i32(values(node.inputs[0]).shape.slice(0, -1))];
    case "topLogProbs": {
      const shape = [...values(node.inputs[0]).shape.slice(0, -1), node.attributes.k];
      return [f32(shape), i32(shape)];
    }
    case "logProb":
      return [f32(values(node.inputs[0]).shape.slice(0, -1))];
    case "outer":
      return [f32([values(node.inputs[0]).shape.at(-1) as Dim, values(node.inputs[1]).shape.at(-1) as Dim])];
    case "biasGrad":
    case "activateGrad":
    case "embedGrad":
    case "selectGrad":
    case "logProbGrad":
      return [f32(values(node.inputs[0]).shape)];
    case "normGrad":
    case "gateGrad":
      return [f32(values(node.inputs[0]).shape), f32(values(node.inputs[1]).shape)];
    case "layerNormGrad": {
      const [x, weight] = node.inputs.map((name) => f32(values(name).shape)) as [GraphValue, GraphValue, GraphValue];
      return [x, weight, weight];
    }
    case "insertStreamsGrad":
      return node.inputs.slice(0, 3).map((name) => f32(values(name).shape));
    case "attendGrad": {
      const inputs = attendInputs(node.inputs, node.attributes);
      const like = [inputs.query, ...inputs.sources.flatMap((source) => [source.keys, source.values])];
      if (inputs.own !== undefined) like.push(inputs.own.keys, inputs.own.values);
      return like.map((name) => f32(values(name).shape));
    }
  }
}
