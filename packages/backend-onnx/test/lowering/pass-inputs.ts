import { type Graph, HIDDEN_BIAS, type Tensor } from "@anabranch/core";
import { random, randomFloats, randomInts, shapeOf } from "./random.js";

/** Lengths of the symbols of pass graphs, with `vocabulary` and `maxPositions` for the numbers in them. */
export interface PassSizes {
  readonly symbols: Readonly<Record<string, number>>;
  readonly vocabulary: number;
  readonly maxPositions: number;
}

/** Random inputs for a pass graph: whole numbers by their names, biases that hide a third of the slots, never the first. */
export function passInputs(
  graph: Graph,
  { symbols, vocabulary, maxPositions }: PassSizes,
  seed: number,
): Record<string, Tensor> {
  const next = random(seed);
  const inputs: Record<string, Tensor> = {};
  for (const name of graph.inputs) {
    const value = graph.values[name];
    if (value === undefined) throw new Error(`${name} has no shape.`);
    const shape = shapeOf(value, symbols);
    if (value.dtype === "i32")
      inputs[name] = randomInts(next, shape, limitOf(name, { symbols, vocabulary, maxPositions }));
    else if (name.startsWith("bias.")) inputs[name] = randomBias(next, shape);
    else inputs[name] = randomFloats(next, shape);
  }
  return inputs;
}

function limitOf(name: string, { symbols, vocabulary, maxPositions }: PassSizes): number {
  if (name === "tokens") return vocabulary;
  if (name.startsWith("positions.")) return maxPositions;
  if (name.startsWith("rows.")) return symbols["rows"] ?? 1;
  const set = name.slice("read.".length);
  return symbols[set === "main" ? "rows" : set] ?? symbols["rows"] ?? 1;
}

function randomBias(next: () => number, shape: readonly number[]): Tensor {
  const slots = shape.at(-1) as number;
  const { data } = randomFloats(next, shape, 0);
  for (let at = 0; at < data.length; at++) if (at % slots > 0 && next() < 0.3) data[at] = HIDDEN_BIAS;
  return { shape, data };
}
