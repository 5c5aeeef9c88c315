import { END, STEP_HEADER } from "../../assembly/step-codes.js";
import type { Heap } from "../memory/heap.js";
import { Barriers } from "./barriers.js";
import { type Step, stepWords } from "./step.js";

/** What a plan is written for. */
export interface PlanSettings {
  readonly threads: number;
  /** Address and bytes a thread of room that kernels may scribble in. */
  readonly scratch?: { readonly address: number; readonly bytes: number };
}

/** Writes steps into memory as `runPlan` reads them. @returns the plan's address, a block of its own */
export function writeSteps(heap: Heap, steps: readonly Step[], { threads, scratch }: PlanSettings): number {
  const barriers = new Barriers(threads);
  const words = [scratch?.address ?? 0, scratch?.bytes ?? 0];
  const toNext = distances(steps);
  steps.forEach((step, index) => {
    words.push(...stepWords(step, barriers.before(step), threads, toNext[index] as number));
  });
  words.push(END);
  const address = heap.allocate(4 * words.length);
  // Addresses above 2 GiB are negative as i32, and the same bits.
  heap.ints(address, words.length).set(words);
  return address;
}

/** Words from each step to the next one that has weights, 0 where none has. */
function distances(steps: readonly Step[]): number[] {
  const found: number[] = [];
  // From the end to the front.
  let behind: number | undefined;
  for (const { args, weights } of [...steps].reverse()) {
    if (behind !== undefined) behind += STEP_HEADER + args.length;
    found.push(behind ?? 0);
    if (weights !== undefined) behind = 0;
  }
  return found.reverse();
}
