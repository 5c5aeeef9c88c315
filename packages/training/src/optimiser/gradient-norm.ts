/** Euclidean norm of all gradients together; NaN or infinite when any of them is. */
export function gradientNorm(gradients: Iterable<Float32Array>): number {
  let sum = 0;
  for (const gradient of gradients) {
    const length = gradient.length;
    // Float64 throughout: the squares of many small numbers add up.
    for (let i = 0; i < length; i++) sum += (gradient[i] as number) * (gradient[i] as number);
  }
  return Math.sqrt(sum);
}
