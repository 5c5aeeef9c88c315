/**
 * Lets timers, messages and signals through between passes: a backend that computes on this thread alone, such as the one on
 * WebAssembly, never does, and neither Ctrl-C nor an abort would be heard.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") setImmediate(resolve);
    else afterMessages(resolve);
  });
}

/** The little of a browser's ports that is used here; their types belong to the DOM. */
interface WebPort {
  onmessage: () => void;
  postMessage(message: undefined): void;
  close(): void;
}

/** Browsers have no `setImmediate`, and their timers wait for milliseconds. */
function afterMessages(resolve: () => void): void {
  const { port1, port2 } = new MessageChannel() as unknown as Record<"port1" | "port2", WebPort>;
  port1.onmessage = () => {
    port1.close();
    resolve();
  };
  port2.postMessage(undefined);
}
