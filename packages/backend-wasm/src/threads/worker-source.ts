import { NAP } from "../load-kernels.js";

/**
 * The program of a worker, as text: so it needs no file of its own, and no bundler has to be told of one. It runs in Node's
 * workers and in a browser's. What it is sent is a `WorkerTask`; it answers once it can serve, and ends when its plans do.
 */
export const workerSource = `
const node = typeof require === "function" ? require("node:worker_threads") : undefined;
const port = node ? node.parentPort : globalThis;
const start = ({ module, memory, weightOffset, sync, failed, thread, threads, patience }) => {
  const words = new Int32Array(memory.buffer);
  const sleep = (address, value) => void Atomics.wait(words, address / 4, value, ${NAP});
  const wide = WebAssembly.Module.customSections(module, "wide").length;
  const { exports } = new WebAssembly.Instance(module, { env: { memory, weightOffset, wide, sleep } });
  port.postMessage("ready");
  try {
    exports.serve(sync, thread, threads, patience);
  } catch (error) {
    Atomics.store(words, failed, 1);
    throw error;
  }
  if (node) port.close();
  else close();
};
if (node) port.once("message", start);
else onmessage = ({ data }) => start(data);
`;

/** What a worker is sent. */
export interface WorkerTask {
  readonly module: unknown;
  /** Shared. */
  readonly memory: unknown;
  /** See `WasmFeatures`. */
  readonly weightOffset: number;
  /** Address of the block by which threads meet. */
  readonly sync: number;
  /** Index of an i32 of the memory that is set when the worker fails. */
  readonly failed: number;
  /** Its number, from 1 on; thread 0 is whoever runs plans. */
  readonly thread: number;
  readonly threads: number;
  /** See `meet` of assembly/meet.ts. */
  readonly patience: number;
}
