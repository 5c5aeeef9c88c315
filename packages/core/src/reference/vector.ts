/** A vector, often a view of a tensor's row. */
export type Vector = Float64Array | Int32Array;

/** Σ a_i b_i */
export function dot(a: Vector, b: Vector): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** target_i += scale * x_i */
export function addScaled(target: Float64Array, scale: number, x: Vector): void {
  for (let i = 0; i < x.length; i++) target[i] = (target[i] as number) + scale * (x[i] as number);
}

/** log Σ exp(x_i), with the largest taken out so that nothing overflows. */
export function logSumExp(x: Vector): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (const value of x) largest = Math.max(largest, value);
  let sum = 0;
  for (const value of x) sum += Math.exp(value - largest);
  return largest + Math.log(sum);
}

/** exp(x_i) / Σ exp(x_j) */
export function softmax(x: Vector): Float64Array {
  const total = logSumExp(x);
  return Float64Array.from(x, (value) => Math.exp(value - total));
}

/** 1 / (1 + exp(-x)) */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
