/** Above, the continued fraction converges in the terms that it is given; below, the series does in few. */
const FAR = 3;

/** The error function, to about 1e-15: a series near 0, a continued fraction (Lentz) in the tails. */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size > 6) return Math.sign(x);
  return Math.sign(x) * (size < FAR ? series(size) : 1 - complement(size));
}

/** 2 / sqrt(π) exp(-x²) Σ 2^n x^(2n+1) / (1 · 3 · … · (2n+1)): all terms positive, so that nothing cancels. */
function series(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; term > sum * Number.EPSILON; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** exp(-x²) / sqrt(π) / (x + (1/2) / (x + 1 / (x + (3/2) / (x + …)))) */
function complement(x: number): number {
  let fraction = x;
  for (let n = 60; n > 0; n--) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction;
}
