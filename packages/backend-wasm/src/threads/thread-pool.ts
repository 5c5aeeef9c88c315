import { BackendFailedError } from "@anabranch/core";
import { FAILED, SYNC_WORDS } from "../../assembly/step-codes.js";
import type { Kernels } from "../kernels.js";
import type { Heap } from "../memory/heap.js";
import { probeFeatures } from "../probe-features.js";
import type { WasmModule } from "../web-assembly.js";
import { type PlanWorker, startWorker } from "./start-worker.js";

/**
 * How many times a thread looks whether it may go on before it sleeps: about a tenth of a millisecond, longer than a step takes that
 * only one thread has work in, or than a virtual machine's host lends its processor to others most times. Waking a thread takes as long.
 */
const PATIENCE = 100_000;

/** Threads that run plans together: whoever calls `run`, and workers. */
export class ThreadPool {
  readonly #workers: readonly PlanWorker[];
  readonly #sync: number;
  readonly #patience: number;
  /** What the first kernel that trapped threw. */
  #cause: unknown;

  private constructor(
    readonly threads: number,
    readonly kernels: Kernels,
    readonly heap: Heap,
    module: WasmModule,
  ) {
    this.#sync = heap.allocate(4 * SYNC_WORDS);
    heap.ints(this.#sync, SYNC_WORDS).fill(0);
    this.#patience = maySleep() ? PATIENCE : -1;
    const { weightOffset } = probeFeatures();
    this.#workers = Array.from({ length: threads - 1 }, (_, index) =>
      startWorker({
        module,
        memory: heap.memory,
        weightOffset,
        sync: this.#sync,
        failed: this.#sync / 4 + FAILED,
        thread: index + 1,
        threads,
        patience: PATIENCE,
      }),
    );
  }

  /**
   * Starts workers, and waits until all of them can serve.
   *
   * @param threads the caller's among them; 1 where the heap is not shared
   * @throws BackendFailedError when one cannot be started: then none is left
   */
  static async start(threads: number, kernels: Kernels, heap: Heap, module: WasmModule): Promise<ThreadPool> {
    const pool = new ThreadPool(threads, kernels, heap, module);
    try {
      await Promise.all(pool.#workers.map(({ ready }) => ready));
    } catch (error) {
      await pool.stop();
      throw error;
    }
    return pool;
  }

  /**
   * Runs a plan; back when it is done.
   *
   * @param plan its address
   * @throws BackendFailedError when a kernel trapped, in whatever thread, in this run or an earlier one
   */
  run(plan: number): void {
    // Threads that failed have left the barrier half crossed: nobody would wait for them there.
    if (this.#cause !== undefined) throw failed(this.#cause);
    try {
      this.kernels.runOnAll(plan, this.#sync, this.threads, this.#patience);
    } catch (cause) {
      this.#cause = cause;
      this.heap.ints(this.#sync, SYNC_WORDS)[FAILED] = 1;
      throw failed(cause);
    }
  }

  /** Lets workers end by themselves, and ends those that cannot. */
  async stop(): Promise<void> {
    this.kernels.giveOut(0, this.#sync, this.threads);
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
    this.heap.free(this.#sync);
  }
}

function failed(cause: unknown): BackendFailedError {
  return new BackendFailedError("A kernel of the WebAssembly backend failed.", {
    subject: "wasm",
    cure: "Load the model again; this is a fault of the backend.",
    cause,
  });
}

/** A page's own thread may not: it spins until the others are done. */
function maySleep(): boolean {
  try {
    if (typeof SharedArrayBuffer === "function") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
    return true;
  } catch {
    return false;
  }
}
