import type { Tensor } from "../contract/index.js";
import { InvalidArgumentError } from "../errors/index.js";
import { formatShape, type Graph, type GraphValue, resolveDim, solveDim } from "../graph/index.js";
import { type ReferenceTensor, sizeOf } from "./tensor.js";

/** What the graph's symbols ("rows", "slots") stand for in one run. */
export type Symbols = Map<string, number>;

/**
 * The tensors that a run was given, as the interpreter takes them.
 *
 * @param expected names of all that must be given, and nothing else
 * @param symbols filled with the lengths that the shapes give
 * @throws InvalidArgumentError naming the input that is missing, surplus, of the wrong type or of the wrong shape
 */
export function checkInputs(
  graph: Graph,
  expected: readonly string[],
  given: Readonly<Record<string, Tensor>>,
  symbols: Symbols,
): Record<string, ReferenceTensor> {
  const known = new Set(expected);
  for (const name of Object.keys(given)) {
    if (!known.has(name)) throw wrong(name, `The graph ${graph.name} takes no input ${name} in a run.`);
  }
  const checked: Record<string, ReferenceTensor> = {};
  for (const name of expected) {
    const tensor = given[name];
    if (tensor === undefined) throw wrong(name, `The input ${name} of the graph ${graph.name} is missing.`);
    checked[name] = checkTensor(name, tensor, graph.values[name] as GraphValue, symbols);
  }
  return checked;
}

/** @throws InvalidArgumentError naming the input. */
export function checkTensor(name: string, tensor: Tensor, value: GraphValue, symbols: Symbols): ReferenceTensor {
  const { shape, data } = tensor;
  if (!fits(shape, value, symbols)) {
    const solved = [...symbols].map(([symbol, length]) => `${symbol} = ${length}`).join(", ");
    const where = solved === "" ? "" : ` where ${solved}`;
    throw wrong(name, `${name} has the shape ${formatShape(shape)}, not ${formatShape(value.shape)}${where}.`);
  }
  if (data.length !== sizeOf(shape)) {
    throw wrong(name, `${name} has ${data.length} numbers, its shape ${formatShape(shape)} has ${sizeOf(shape)}.`);
  }
  if (value.dtype === "i32") {
    if (!(data instanceof Int32Array)) throw wrong(name, `${name} holds whole numbers: give an Int32Array.`);
    return { shape, data };
  }
  if (data instanceof Int32Array) throw wrong(name, `${name} holds real numbers: give a Float32Array or Float64Array.`);
  return { shape, data: data instanceof Float64Array ? data : Float64Array.from(data) };
}

function fits(shape: readonly number[], value: GraphValue, symbols: Symbols): boolean {
  if (shape.length !== value.shape.length) return false;
  return value.shape.every((dim, axis) => {
    const length = shape[axis] as number;
    const wanted = resolveDim(dim, symbols);
    if (wanted !== undefined) return length === wanted;
    const solved = solveDim(dim, length);
    if (solved === undefined || !Number.isInteger(solved.value)) return false;
    symbols.set(solved.symbol, solved.value);
    return true;
  });
}

function wrong(subject: string, message: string): InvalidArgumentError {
  return new InvalidArgumentError(message, { subject });
}
