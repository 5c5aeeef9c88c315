/** Our page in `pnpm bench wasm`: as an application would have it, the engine in a worker of its own. */
import type { Run } from "../../side.js";
import { platform } from "./page-platform.js";

const worker = new platform.Worker(`/ours-worker.mjs${platform.location.search}`, { type: "module" });

/** The worker's next message; it answers in the order of what it was sent. */
const answer = <T>(): Promise<T> =>
  new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data as T);
    worker.onerror = ({ message }) => reject(new Error(message));
  });

platform.side = {
  loading: answer<"loaded">().then(() => performance.now()),
  run(task) {
    const run = answer<Run>();
    worker.postMessage(task);
    return run;
  },
};
