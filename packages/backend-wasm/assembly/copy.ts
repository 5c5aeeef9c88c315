/** out[r] = x[r], rows of `features` numbers, with strides of their own. */
export function copyRows(
  x: usize,
  xStride: usize,
  features: usize,
  out: usize,
  outStride: usize,
  rowBegin: usize,
  rowEnd: usize,
): void {
  for (let row = rowBegin; row < rowEnd; row++) {
    memory.copy(out + row * outStride * 4, x + row * xStride * 4, features * 4);
  }
}
