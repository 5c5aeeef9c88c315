import { END } from "../../assembly/step-codes.js";
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
  for (const step of steps) words.push(...stepWords(step, barriers.before(step), threads));
  words.push(END);
  const address = heap.allocate(4 * words.length);
  // Addresses above 2 GiB are negative as i32, and the same bits.
  heap.ints(address, words.length).set(words);
  return address;
}
