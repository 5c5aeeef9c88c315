import { readdirSync } from "node:fs";
import { memoryUsage } from "node:process";
import { setImmediate } from "node:timers/promises";
import type { Heap } from "../src/memory/heap.js";

/** What a process holds at one moment, after its garbage was collected. Bytes, but for `threads`. */
export interface MemorySample {
  readonly rss: number;
  /** JavaScript's own. */
  readonly heapUsed: number;
  readonly external: number;
  readonly arrayBuffers: number;
  /** WebAssembly memory of the model that stays, which never shrinks. */
  readonly wasm: number;
  /** What of it is given out, while no text is open. */
  readonly blocks: number;
  /** Of the operating system; 0 where it does not say. */
  readonly threads: number;
}

const MIB = 2 ** 20;

/**
 * How much more may be held at the end.
 *
 * What must not pass: a small model is 7 MiB and its worker 5, a sequence's keys and values up to 6, and of each a hundred and more
 * come and go between the two fifths; 64 bytes left behind by each row are 38 MiB in that part of a million rows.
 *
 * What must: where malloc and V8 happen to lay things out (RSS moved by 6 MiB in runs of minutes), code that is compiled late, plans
 * that are kept of whatever shapes came last, and WebAssembly memory, which grows by an eighth of its 100 MiB when longer texts
 * are open together than ever before: that may happen late, though hardly three times. A thread is there or not.
 */
const MARGINS: Readonly<Record<keyof MemorySample, number>> = {
  rss: 32 * MIB,
  heapUsed: 3 * MIB,
  external: 3 * MIB,
  arrayBuffers: 3 * MIB,
  wasm: 32 * MIB,
  blocks: 3 * MIB,
  threads: 0,
};

/**
 * @param heap of the model that stays
 * @throws Error without --expose-gc
 */
export async function sampleMemory(heap: Heap): Promise<MemorySample> {
  if (globalThis.gc === undefined) throw new Error("Start node with --expose-gc.");
  // Memory is given back by tasks that a collection leaves behind, and what they let go of by the next.
  for (let again = 0; again < 3; again++) {
    globalThis.gc();
    await setImmediate();
  }
  const { rss, heapUsed, external, arrayBuffers } = memoryUsage();
  return {
    rss,
    heapUsed,
    external,
    arrayBuffers,
    wasm: heap.buffer.byteLength,
    blocks: heap.used,
    threads: countThreads(),
  };
}

/** The threads of this process, on Linux; 0 elsewhere. */
export function countThreads(): number {
  return process.platform === "linux" ? readdirSync("/proc/self/task").length : 0;
}

/** A number in each of two fifths of a run. */
export interface Trend {
  readonly what: keyof MemorySample;
  /** Medians. */
  readonly second: number;
  readonly last: number;
  readonly margin: number;
  readonly grew: boolean;
}

/** Fewer samples say nothing. */
const FEWEST = 15;

/**
 * Compares the last fifth of a run with its second: in the first, pools grow and code is compiled.
 *
 * @throws Error for a run that is too short to tell
 */
export function memoryTrends(samples: readonly MemorySample[]): readonly Trend[] {
  if (samples.length < FEWEST) throw new Error(`${samples.length} samples are too few to tell; soak for longer.`);
  const fifth = Math.floor(samples.length / 5);
  return (Object.keys(MARGINS) as (keyof MemorySample)[]).map((what) => {
    const numbers = samples.map((sample) => sample[what]);
    const [second, last] = [median(numbers.slice(fifth, 2 * fifth)), median(numbers.slice(-fifth))];
    const margin = MARGINS[what];
    return { what, second, last, margin, grew: last - second > margin };
  });
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}
