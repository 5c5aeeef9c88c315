import {
  formatShape,
  type Graph,
  type GraphValue,
  InvalidArgumentError,
  resolveDim,
  solveDim,
  type Tensor,
} from "@anabranch/core";

/**
 * Holds the tensors of one run against the graph: names, shapes (each symbol one length throughout) and types.
 *
 * @param symbols lengths known beforehand; filled with those that the shapes give
 * @throws InvalidArgumentError naming the input that is missing, surplus, or of the wrong shape or type.
 */
export function checkInputs(
  graph: Graph,
  expected: ReadonlySet<string>,
  given: Readonly<Record<string, Tensor>>,
  symbols: Map<string, number>,
): void {
  for (const name in given) {
    if (!expected.has(name)) throw wrong(name, `The graph ${graph.name} takes no input ${name} in a run.`);
  }
  for (const name of expected) {
    const tensor = given[name];
    if (tensor === undefined) throw wrong(name, `The input ${name} of the graph ${graph.name} is missing.`);
    checkTensor(name, tensor, graph.values[name] as GraphValue, symbols);
  }
}

/** @throws InvalidArgumentError naming the tensor. */
export function checkTensor(name: string, tensor: Tensor, value: GraphValue, symbols: Map<string, number>): void {
  const { shape, data } = tensor;
  if (!fits(shape, value, symbols)) {
    const solved = [...symbols].map(([symbol, length]) => `${symbol} = ${length}`).join(", ");
    const where = solved === "" ? "" : ` where ${solved}`;
    throw wrong(name, `${name} has the shape ${formatShape(shape)}, not ${formatShape(value.shape)}${where}.`);
  }
  let size = 1;
  for (const length of shape) size *= length;
  if (data.length !== size) {
    throw wrong(name, `${name} has ${data.length} numbers, its shape ${formatShape(shape)} has ${size}.`);
  }
  if (value.dtype === "i32" && !(data instanceof Int32Array)) {
    throw wrong(name, `${name} holds whole numbers: give an Int32Array.`);
  }
  if (value.dtype === "f32" && data instanceof Int32Array) {
    throw wrong(name, `${name} holds real numbers: give a Float32Array.`);
  }
}

function fits(shape: readonly number[], value: GraphValue, symbols: Map<string, number>): boolean {
  if (shape.length !== value.shape.length) return false;
  for (let axis = 0; axis < shape.length; axis++) {
    const length = shape[axis] as number;
    const dim = value.shape[axis] as number | string;
    const wanted = resolveDim(dim, symbols);
    if (wanted !== undefined) {
      if (length !== wanted) return false;
      continue;
    }
    const solved = solveDim(dim, length);
    if (solved === undefined || !Number.isInteger(solved.value)) return false;
    symbols.set(solved.symbol, solved.value);
  }
  return true;
}

function wrong(subject: string, message: string): InvalidArgumentError {
  return new InvalidArgumentError(message, { subject });
}
