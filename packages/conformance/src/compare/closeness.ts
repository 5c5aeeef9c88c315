import { expectThat } from "../conformance-failure.js";

type Numbers = Float32Array | readonly number[];

/** What the numbers of a result are measured against: the largest finite one, but 1 at least. */
export function scaleOf(values: Numbers): number {
  return Array.from(values).reduce(
    (most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most),
    1,
  );
}

export function isClose(ours: number, truth: number, margin: number): boolean {
  return ours === truth || Math.abs(ours - truth) <= margin;
}

/** @throws ConformanceFailure naming the place that lies farthest off. */
export function expectClose(what: string, ours: Numbers | undefined, truth: Numbers, tolerance: number): void {
  expectThat(ours !== undefined, () => `${what}: asked for, not given`);
  expectThat(ours.length === truth.length, () => `${what}: ${ours.length} numbers, not ${truth.length}`);
  const margin = tolerance * scaleOf(truth);
  truth.forEach((expected, index) => {
    const value = ours[index] as number;
    expectThat(
      isClose(value, expected, margin),
      () => `${what}[${index}] is ${value}, the reference has ${expected} (margin ${margin})`,
    );
  });
}
