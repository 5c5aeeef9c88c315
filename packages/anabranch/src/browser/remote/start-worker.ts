import { BackendFailedError } from "@anabranch/core";
import type { WorkerMessage } from "../messages/messages.js";
import { workerProgram } from "./worker-program.js";

/** Who hears of a worker. */
export interface WorkerListener {
  onMessage(message: WorkerMessage): void;
  /** It is of no use any more. */
  onDeath(cause: BackendFailedError): void;
}

/**
 * Starts the program in a worker of its own.
 *
 * @returns the worker, and how it is ended
 * @throws BackendFailedError where the page may not start one
 */
export function startWorker(listener: WorkerListener): { worker: Worker; end: () => void } {
  const url = URL.createObjectURL(new Blob([workerProgram()], { type: "text/javascript" }));
  const watch = new AbortController();
  const worker = makeWorker(url);
  const end = () => {
    URL.revokeObjectURL(url);
    watch.abort();
    worker.terminate();
  };
  let started = false;
  worker.onmessage = ({ data }: MessageEvent<WorkerMessage>) => {
    if (data.kind !== "started") return listener.onMessage(data);
    started = true;
    URL.revokeObjectURL(url);
    void watchLife(data.lock, watch.signal).then((over) => over && listener.onDeath(died("It ended by itself.")));
  };
  // Before the program runs, an event without a message means that the page's policy forbids it.
  worker.onerror = ({ message }: Partial<ErrorEvent>) =>
    listener.onDeath(started ? died(message ?? "") : forbidden(new Error(message ?? "the worker did not start")));
  worker.onmessageerror = () => listener.onDeath(died("A message could not be read."));
  return { worker, end };
}

function makeWorker(url: string): Worker {
  try {
    return new Worker(url, { name: "anabranch" });
  } catch (cause) {
    URL.revokeObjectURL(url);
    throw forbidden(cause);
  }
}

/** Waits for the lock that a worker holds while it lives. @returns whether the worker is dead; false when nobody cares */
async function watchLife(lock: string | undefined, signal: AbortSignal): Promise<boolean> {
  if (lock === undefined || signal.aborted) return false;
  return navigator.locks.request(lock, { signal }, () => true).catch(() => false);
}

function forbidden(cause: unknown): BackendFailedError {
  return new BackendFailedError("The page cannot start a worker for the model.", {
    subject: "worker",
    cure: "Allow blob: as worker-src in its Content-Security-Policy, or load with worker: false in a worker of your own.",
    cause,
  });
}

function died(why: string): BackendFailedError {
  return new BackendFailedError("The model's worker has died.", {
    subject: "worker",
    cure: "Load the model again; where memory was short, a smaller one or weights of fewer bits.",
    cause: new Error(why),
  });
}
