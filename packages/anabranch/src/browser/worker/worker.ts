/** The program of a model's worker. The build makes one text of it, which pages start it from: see docs/decisions/browser-worker.md. */
import type { PageMessage, WorkerMessage } from "../messages/messages.js";
import { holdLock } from "./hold-lock.js";
import { Server } from "./server.js";

const server = new Server((message: WorkerMessage) => self.postMessage(message));
self.onmessage = ({ data }: MessageEvent<PageMessage>) => server.receive(data);
void holdLock().then((lock) => self.postMessage({ kind: "started", lock } satisfies WorkerMessage));
