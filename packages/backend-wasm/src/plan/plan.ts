import type { Heap } from "../memory/heap.js";
import type { RopeTable } from "./lowering.js";

/** An input that is copied into the plan's memory before each run. */
export interface CopiedInput {
  readonly name: string;
  readonly address: number;
  readonly dtype: "f32" | "i32";
}

/** An input that is read where it lies in the heap. */
export interface FollowedInput {
  readonly name: string;
  /** Addresses of the words that hold where it is. */
  readonly words: readonly number[];
  /** What they hold now. */
  address: number;
}

/** Where an output is among all of them. */
export interface PlannedOutput {
  readonly name: string;
  readonly shape: readonly number[];
  /** Numbers before it. */
  readonly offset: number;
  readonly length: number;
  readonly dtype: "f32" | "i32";
}

/** What a run leaves behind, until the next. */
export interface PlannedOutputs {
  readonly address: number;
  /** Numbers of 4 bytes. */
  readonly length: number;
  readonly parts: readonly PlannedOutput[];
}

/** A graph laid out for one set of shapes: made once, run again and again. */
export interface Plan {
  /** Where its steps are. */
  readonly steps: number;
  /** Addresses of its constants, each a block. */
  readonly constants: readonly number[];
  /** Bytes of the arena that it runs in. */
  readonly arenaBytes: number;
  readonly copied: readonly CopiedInput[];
  readonly followed: readonly FollowedInput[];
  readonly ropeTables: readonly RopeTable[];
  readonly outputs: PlannedOutputs;
}

export function freePlan(heap: Heap, { steps, constants }: Plan): void {
  heap.free(steps);
  for (const address of constants) heap.free(address);
}
