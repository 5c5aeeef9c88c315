import { compileKernels, instantiateKernels } from "../src/load-kernels.js";
import { Heap } from "../src/memory/heap.js";
import { ThreadPool } from "../src/threads/thread-pool.js";

/** Threads with a heap of their own. */
export async function startPool(threads: number): Promise<ThreadPool> {
  const module = await compileKernels({ shared: threads > 1 });
  const heap = new Heap(threads > 1);
  return ThreadPool.start(threads, instantiateKernels(module, heap.memory), heap, module);
}
