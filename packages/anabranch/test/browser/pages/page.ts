/** What tests call in a page. */

import { startTicker as ticker } from "../../../bench/page-blocking/ticker.js";
import * as entry from "../../../src/browser/index.js";

declare global {
  var anabranch: typeof entry;
  var startTicker: typeof ticker;
  /** What an error says, as it can leave the page. */
  var failureOf: (work: () => Promise<unknown>) => Promise<Failure | undefined>;
}

export interface Failure {
  readonly ours: boolean;
  readonly name: string;
  readonly code: string | undefined;
  readonly subject: string | undefined;
  readonly cure: string | undefined;
  readonly message: string;
}

globalThis.anabranch = entry;
globalThis.startTicker = ticker;
globalThis.failureOf = async (work) => {
  try {
    await work();
    return undefined;
  } catch (error) {
    const { name, code, subject, cure, message } = error as Failure;
    return { ours: error instanceof entry.AnabranchError, name, code, subject, cure, message };
  }
};
