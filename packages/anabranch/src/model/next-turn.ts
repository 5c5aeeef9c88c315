import { setImmediate } from "node:timers/promises";

/**
 * Lets timers and signals through between passes: a backend that computes on this thread alone, such as the reference,
 * never does, and neither Ctrl-C nor an abort would be heard.
 */
export function nextTurn(): Promise<void> {
  return setImmediate();
}
