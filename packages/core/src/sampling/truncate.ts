/** Sets all but the k largest scores to -Infinity; of equal ones the lowest ids stay. @param scores [vocabulary] */
export function keepTopK(scores: Float64Array, k: number): void {
  if (k >= scores.length) return;
  const least = kthLargest(scores, k);
  let ties = k;
  for (let token = 0; token < scores.length; token++) if ((scores[token] as number) > least) ties--;
  for (let token = 0; token < scores.length; token++) {
    const score = scores[token] as number;
    if (score < least || (score === least && ties-- <= 0)) scores[token] = Number.NEGATIVE_INFINITY;
  }
}

/**
 * Sets the weights to 0 of all but the fewest largest ones that make up `share` of `total`; of equal ones the lowest ids
 * stay. @param weights [vocabulary], the largest 1 @param total their sum
 */
export function keepTopP(weights: Float64Array, share: number, total: number): void {
  // Weights from this one on make up the share: only they need be sorted.
  let least = 1;
  while (sumFrom(weights, least) < share * total) least /= 8;
  const large: number[] = [];
  for (let token = 0; token < weights.length; token++) {
    if ((weights[token] as number) >= least) large.push(token);
    else weights[token] = 0;
  }
  large.sort((a, b) => (weights[b] as number) - (weights[a] as number) || a - b);
  let sum = 0;
  for (const token of large) {
    if (sum >= share * total) weights[token] = 0;
    else sum += weights[token] as number;
  }
}

/** The sum of the weights that are not below `least`. */
function sumFrom(weights: Float64Array, least: number): number {
  let sum = 0;
  for (let token = 0; token < weights.length; token++) {
    if ((weights[token] as number) >= least) sum += weights[token] as number;
  }
  return sum;
}

/** The k-th largest value, 1 <= k <= values: on a heap of the k largest so far, whose root is the least of them. */
function kthLargest(values: Float64Array, k: number): number {
  const heap = values.slice(0, k).sort();
  for (let index = k; index < values.length; index++) {
    const value = values[index] as number;
    if (value <= (heap[0] as number)) continue;
    let at = 0;
    for (let child = 1; child < k; child = 2 * at + 1) {
      if (child + 1 < k && (heap[child + 1] as number) < (heap[child] as number)) child++;
      if ((heap[child] as number) >= value) break;
      heap[at] = heap[child] as number;
      at = child;
    }
    heap[at] = value;
  }
  return heap[0] as number;
}
