import { ACTIVATE, ADD, ADD_BIAS, LAYER_NORM, NORM, ROPE, SCALE } from "../../assembly/step-codes.js";
import { ACTIVATION_CODES } from "../kernels.js";
import { byNumber, byRow, type Located, type Lower, type Lowering } from "./lowering.js";
import { floatBits } from "./step.js";

/** Numbers that one thread takes together, so that two of them do not write to one cache line. */
const PIECE = 16;

export const lowerBias: Lower<"bias"> = ({ inputs: [x, bias], outputs: [out] }, at) => {
  const to = at.inPlace(x, out);
  const args = [to.address, numbersAt(at, bias), to.features, to.address];
  at.emit({ code: ADD_BIAS, args, units: to.rows, reads: [byRow(to)], writes: [byRow(to)] });
};

export const lowerNorm: Lower<"norm"> = ({ inputs: [x, weight], attributes: { epsilon }, outputs: [out] }, at) => {
  const [from, to] = [at.value(x), at.output(out)];
  const [features] = at.shape(weight) as readonly [number];
  const { features: stride } = from;
  const args = [from.address, stride, numbersAt(at, weight), features, stride / features, floatBits(epsilon)];
  const step = { code: NORM, args: [...args, to.address, stride], units: from.rows };
  at.emit({ ...step, reads: [byRow(from)], writes: [byRow(to)] });
};

export const lowerLayerNorm: Lower<"layerNorm"> = (node, at) => {
  const {
    inputs: [x, weight, bias],
    attributes: { epsilon },
    outputs: [out],
  } = node;
  const [from, to] = [at.value(x), at.output(out)];
  const numbers = [numbersAt(at, weight), numbersAt(at, bias)];
  const args = [from.address, ...numbers, from.features, floatBits(epsilon), to.address];
  at.emit({ code: LAYER_NORM, args, units: from.rows, reads: [byRow(from)], writes: [byRow(to)] });
};

export const lowerRope: Lower<"rope"> = ({ inputs: [x, positions], attributes, outputs: [out] }, at) => {
  const { headSize, frequencies, inverse, scale = 1 } = attributes;
  const table = at.ropeTable(positions, frequencies, scale);
  const to = at.inPlace(x, out);
  at.emit({
    code: ROPE,
    args: [
      ...[to.address, to.features, to.features / headSize, headSize, frequencies.length],
      ...[at.counting(to.rows), table.cosines, table.sines, inverse ? 1 : 0],
    ],
    units: to.rows,
    reads: [byRow(to)],
    writes: [byRow(to)],
  });
};

export const lowerGate: Lower<"gate"> = ({ inputs: [gate, up], attributes, outputs: [out] }, at) => {
  const [from, beside, to] = [at.value(gate), at.value(up), at.output(out)];
  const code = ACTIVATION_CODES[attributes.activation ?? "silu"];
  const args = [code, from.address, beside.address, from.features, from.features, to.address];
  at.emit({
    code: ACTIVATE,
    args,
    ...numbers(to),
    reads: [byNumber(from), byNumber(beside)],
    writes: [byNumber(to)],
  });
};

export const lowerActivate: Lower<"activate"> = ({ inputs: [x], attributes: { activation }, outputs: [out] }, at) => {
  const [from, to] = [at.value(x), at.output(out)];
  const args = [ACTIVATION_CODES[activation], from.address, 0, from.features, from.features, to.address];
  at.emit({ code: ACTIVATE, args, ...numbers(to), reads: [byNumber(from)], writes: [byNumber(to)] });
};

export const lowerAdd: Lower<"add"> = ({ inputs: [a, b], attributes: { scale }, outputs: [out] }, at) => {
  const [first, second, to] = [at.value(a), at.value(b), at.output(out)];
  const args = [first.address, second.address, floatBits(scale), to.address];
  at.emit({
    code: ADD,
    args,
    ...wholeRows(to),
    reads: [byNumber(first), byNumber(second)],
    writes: [byNumber(to)],
  });
};

export const lowerScale: Lower<"scale"> = ({ inputs: [x], attributes: { factor }, outputs: [out] }, at) => {
  const [from, to] = [at.value(x), at.output(out)];
  const args = [from.address, floatBits(factor), to.address];
  at.emit({ code: SCALE, args, ...numbers(to), reads: [byNumber(from)], writes: [byNumber(to)] });
};

/** Whole rows: so the norm behind an addition, and the quantization behind that, find their rows with the same thread. */
function wholeRows(to: Located): { units: number; piece: number } {
  return { units: to.rows * to.features, piece: to.features };
}

function numbers(to: Located): { units: number; piece: number } {
  return { units: to.rows * to.features, piece: PIECE };
}

/** A norm's weight or a bias, constant or not. */
function numbersAt(at: Lowering, name: string): number {
  return at.weight(name, "plain")?.address ?? at.value(name).address;
}
