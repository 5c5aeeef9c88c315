/** Share of the peak learning rate at a step (from 0): rises linearly over `warmUp` steps, then falls to `floor` at the last. */
export function rateAt(step: number, steps: number, warmUp: number, floor = 0): number {
  if (step < warmUp) return (step + 1) / warmUp;
  return floor + (1 - floor) * Math.max(0, (steps - step) / Math.max(1, steps - warmUp));
}
