import { AbortedError, throwIfAborted } from "@anabranch/core";
import { noSuchFile, PASSING, refusal, unreachable } from "./refusal.js";

/** How to ask a server. */
export interface Asking {
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal | undefined;
}

/** Milliseconds before each further attempt after a failure that may pass. */
const PAUSES = [250, 500, 1000];

/**
 * Asks for a file, again where a failure may pass.
 *
 * @returns an answer of a file
 * @throws HubError, AbortedError
 */
export async function ask(url: string, { headers, signal }: Asking, method: "GET" | "HEAD" = "GET"): Promise<Response> {
  for (let attempt = 0; ; attempt++) {
    throwIfAborted(signal, `Fetching ${url}`);
    // What we keep need not be in the browser's cache too, and whoever asks anew wants the server's answer.
    const request = { method, headers, cache: "no-store", ...(signal === undefined ? {} : { signal }) } as const;
    const answer = await fetch(url, request).catch((cause: unknown) => unreachable(url, cause));
    throwIfAborted(signal, `Fetching ${url}`);
    if (answer instanceof Response) {
      if (answer.ok && !answer.headers.get("content-type")?.startsWith("text/html")) return answer;
      await answer.body?.cancel();
      if (answer.ok) throw noSuchFile(url);
      if (!PASSING.has(answer.status)) throw refusal(answer, url);
    }
    const pause = PAUSES[attempt];
    if (pause === undefined) throw answer instanceof Response ? refusal(answer, url) : answer;
    await waitFor(pause, signal);
  }
}

/** @throws AbortedError as soon as the signal fires */
export function waitFor(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new AbortedError("The download was aborted.", { cause: signal?.reason }));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
