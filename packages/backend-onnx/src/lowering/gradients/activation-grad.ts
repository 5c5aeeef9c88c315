import type { Activation, NodeOf } from "@anabranch/core";
import type { Lowering } from "../lowering.js";
import { int } from "../onnx-builder.js";

/** An activation's value and derivative at x, by their ONNX names. */
interface Activated {
  readonly value: string;
  slope(): string;
}

/** Makes nodes of ONNX one behind the other; numbers stand for constants. */
class Formula {
  constructor(
    readonly lowering: Lowering,
    readonly name: string,
  ) {}

  of(op: string, ...operands: readonly (string | number)[]): string {
    const { onnx } = this.lowering;
    const inputs = operands.map((operand) => (typeof operand === "number" ? onnx.float(operand) : operand));
    return onnx.step(`${this.name}/${op}`, op, inputs);
  }
}

const C = Math.sqrt(2 / Math.PI);
const CUBE = 0.044715;

const formulas: { readonly [Name in Activation]: (f: Formula, x: string) => Activated } = {
  /** With s = sigmoid(x), a = x s: slope s + a - s a. */
  silu: (f, x) => {
    const sigmoid = f.of("Sigmoid", x);
    const value = f.of("Mul", x, sigmoid);
    return { value, slope: () => f.of("Add", f.of("Mul", sigmoid, f.of("Sub", 1, value)), value) };
  },
  /** Φ(x) + x φ(x) */
  gelu: (f, x) => {
    const cumulative = f.of("Mul", f.of("Add", f.of("Erf", f.of("Mul", x, Math.SQRT1_2)), 1), 0.5);
    const density = () => f.of("Mul", f.of("Exp", f.of("Mul", f.of("Mul", x, x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return { value: f.of("Mul", x, cumulative), slope: () => f.of("Add", cumulative, f.of("Mul", x, density())) };
  },
  /** With t = tanh(c (x + k x³)): (1 + t) / 2 + x / 2 (1 - t²) c (1 + 3 k x²) */
  gelu_tanh: (f, x) => {
    const square = f.of("Mul", x, x);
    const t = f.of("Tanh", f.of("Mul", f.of("Mul", x, f.of("Add", f.of("Mul", square, CUBE), 1)), C));
    const half = f.of("Mul", f.of("Add", t, 1), 0.5);
    const bend = () =>
      f.of("Mul", f.of("Sub", 1, f.of("Mul", t, t)), f.of("Mul", f.of("Add", f.of("Mul", square, 3 * CUBE), 1), C / 2));
    return { value: f.of("Mul", x, half), slope: () => f.of("Add", half, f.of("Mul", x, bend())) };
  },
  relu: (f, x) => ({ value: f.of("Relu", x), slope: () => f.of("Max", f.of("Sign", x), 0) }),
};

/** dUp = dy activation(gate), dGate = dy up activation'(gate) */
export function lowerGateGrad(lowering: Lowering, node: NodeOf<"gateGrad">): void {
  const [gate, up, dy] = node.inputs.map((input) => lowering.name(input)) as [string, string, string];
  const [dGate, dUp] = node.outputs;
  const { activation = "silu" } = node.attributes;
  const { value, slope } = formulas[activation](new Formula(lowering, dGate), gate);
  if (lowering.wants(dUp)) lowering.emit(dUp, "Mul", [dy, value]);
  if (!lowering.wants(dGate)) return;
  const through = lowering.onnx.step(`${dGate}/d_activated`, "Mul", [dy, up]);
  lowering.emit(dGate, "Mul", [through, slope()]);
}

/** dx = dy activation'(x) */
export function lowerActivateGrad(lowering: Lowering, node: NodeOf<"activateGrad">): void {
  const [x, dy] = node.inputs.map((input) => lowering.name(input)) as [string, string];
  const [dx] = node.outputs;
  const { slope } = formulas[node.attributes.activation](new Formula(lowering, dx), x);
  lowering.emit(dx, "Mul", [dy, slope()]);
}

/** Sums over batch and rows. */
export function lowerBiasGrad(lowering: Lowering, node: NodeOf<"biasGrad">): void {
  const inputs = [lowering.name(node.inputs[1]), lowering.onnx.ints([0, 1])];
  lowering.emit(node.outputs[0], "ReduceSum", inputs, { attributes: { keepdims: int(0) } });
}
