import { BackendFailedError } from "@anabranch/core";
import { type WorkerTask, workerSource } from "./worker-source.js";

/** A worker that serves plans. */
export interface PlanWorker {
  /** Settles when the worker can serve. @throws BackendFailedError when it cannot be started */
  readonly ready: Promise<void>;
  /** Ends it at once, whatever it does. */
  terminate(): Promise<void>;
}

/** Starts a worker of the platform that this is. */
export function startWorker(task: WorkerTask): PlanWorker {
  const threads = globalThis.process?.getBuiltinModule?.("node:worker_threads");
  return threads === undefined ? startWebWorker(task) : startNodeWorker(threads, task);
}

function startNodeWorker(threads: typeof import("node:worker_threads"), task: WorkerTask): PlanWorker {
  // No options of the process's own: `--input-type=module` would take the program for a module.
  const worker = new threads.Worker(workerSource, { eval: true, execArgv: [], name: `anabranch ${task.thread}` });
  const ready = new Promise<void>((resolve, reject) => {
    worker.once("message", () => {
      // A model that was not disposed keeps no process from ending.
      worker.unref();
      resolve();
    });
    worker.once("error", (cause) => reject(failed(cause)));
  });
  // After the start errors show in the plans that fail; without a listener they would end the process.
  worker.on("error", () => undefined);
  worker.postMessage(task);
  return {
    ready,
    async terminate() {
      await worker.terminate();
    },
  };
}

/** The little of a browser's workers that is used here; their types belong to the DOM. */
interface WebWorker {
  onmessage: (() => void) | null;
  onerror: ((event: { readonly message?: string }) => void) | null;
  postMessage(message: unknown): void;
  terminate(): void;
}

interface WebPlatform {
  readonly Worker: new (url: string) => WebWorker;
  readonly URL: { createObjectURL(blob: Blob): string; revokeObjectURL(url: string): void };
}

function startWebWorker(task: WorkerTask): PlanWorker {
  const { Worker, URL } = globalThis as unknown as WebPlatform;
  const url = URL.createObjectURL(new Blob([workerSource], { type: "text/javascript" }));
  const worker = new Worker(url);
  const ready = new Promise<void>((resolve, reject) => {
    worker.onmessage = () => {
      URL.revokeObjectURL(url);
      resolve();
    };
    worker.onerror = ({ message }) => reject(failed(new Error(message ?? "the worker did not start")));
  });
  worker.postMessage(task);
  return { ready, terminate: async () => worker.terminate() };
}

function failed(cause: Error): BackendFailedError {
  return new BackendFailedError(`A worker cannot run the kernels: ${cause.message}`, {
    subject: "threads",
    cure: "Load the backend with threads: 1.",
    cause,
  });
}
