/** The line through points, `xs` ascending: level before the first, on in the last direction beyond the last. */
export function interpolate(xs: readonly number[], ys: readonly number[], x: number): number {
  const first = xs[0] as number;
  if (xs.length === 1 || x <= first) return ys[0] as number;
  let right = 1;
  while (right < xs.length - 1 && (xs[right] as number) < x) right++;
  const [x0, x1] = [xs[right - 1] as number, xs[right] as number];
  const [y0, y1] = [ys[right - 1] as number, ys[right] as number];
  return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
}
