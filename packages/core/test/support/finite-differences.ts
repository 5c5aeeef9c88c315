import type { OperationName, Operations, Tensor } from "../../src/index.js";
import { applied } from "./apply.js";
import { real } from "./tensors.js";

const step = 1e-5;

/**
 * The gradient of Σ dy · out with respect to one input of an operation, by central differences: wrong by some step² only.
 *
 * @param dy the gradient of the operation's first output
 */
export async function finiteDifferences<Name extends OperationName>(
  op: Name,
  inputs: readonly Tensor[],
  attributes: Operations[Name]["attributes"],
  dy: Tensor,
  input: number,
): Promise<number[]> {
  const at = inputs[input] as Tensor;
  const objective = async (element: number, change: number): Promise<number> => {
    const moved = real(at.shape, [...at.data]);
    moved.data[element] = (moved.data[element] as number) + change;
    const out = await applied(op, inputs.with(input, moved), attributes);
    return out.reduce((sum, value, i) => sum + value * (dy.data[i] as number), 0);
  };
  const gradient: number[] = [];
  for (let element = 0; element < at.data.length; element++) {
    gradient.push(((await objective(element, step)) - (await objective(element, -step))) / (2 * step));
  }
  return gradient;
}
