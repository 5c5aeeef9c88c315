import type { ProgressMeter } from "@anabranch/checkpoints";
import { IoError, throwIfAborted } from "@anabranch/core";
import type { Landing } from "../storage/landing.js";
import { type Asking, ask, waitFor } from "./ask.js";
import { sameVersion, type Version, versionOf } from "./version.js";

/** How often a connection may be cut without anything new having come. */
const MOST_CUTS = 4;
const PAUSE = 500;

export interface Download extends Asking {
  readonly url: string;
  /** The file's name, for progress. */
  readonly file: string;
  readonly meter: ProgressMeter;
  /** Makes room for so many bytes; undefined where the server does not say how many come. */
  readonly land: (bytes: number | undefined) => Promise<Landing>;
}

/**
 * Fetches a file whole; where the connection is cut, what is left of it.
 *
 * @throws HubError, IoError (cut too often), AbortedError. Nothing is left of it then.
 */
export async function download(request: Download): Promise<{ landing: Landing; version: Version }> {
  const { url, file, meter, signal, land } = request;
  let answer = await ask(url, request);
  const version = versionOf(answer);
  const bytes = lengthOf(answer);
  meter.begin(file);
  meter.expect(bytes ?? 0);
  const landing = await land(bytes);
  try {
    for (let cuts = 0; ; cuts++) {
      const before = landing.length;
      const cause = await pour(answer, landing, request, bytes);
      if (cause === undefined) break;
      if (landing.length > before) cuts = 0;
      if (cuts === MOST_CUTS) throw cutShort(url, landing.length, bytes, cause);
      await waitFor(PAUSE, signal);
      answer = await ask(url, { ...request, headers: { ...request.headers, range: `bytes=${landing.length}-` } });
      if (!continues(answer, landing.length, version)) {
        meter.found(-landing.length);
        await landing.restart();
        if (answer.status === 206) answer = await ask(url, request);
      }
    }
    meter.report();
    return { landing, version };
  } catch (error) {
    await landing.drop();
    throw error;
  }
}

/** What of the file comes; undefined where it is compressed on the way. */
function lengthOf({ headers }: Response): number | undefined {
  const length = headers.get("content-length");
  return length === null || headers.has("content-encoding") ? undefined : Number(length);
}

/** @returns why the file is not whole; undefined when it is */
async function pour(
  { body }: Response,
  landing: Landing,
  { meter, signal, url }: Download,
  bytes: number | undefined,
): Promise<unknown> {
  const reader = body?.getReader();
  try {
    for (;;) {
      const { done = true, value } =
        (await reader?.read().catch((cause: unknown) => ({ done: true, value: cause }))) ?? {};
      throwIfAborted(signal, `Fetching ${url}`);
      if (done) {
        const early = bytes !== undefined && landing.length < bytes;
        return value ?? (early ? new Error("The answer ended early.") : undefined);
      }
      const part = value as Uint8Array<ArrayBuffer>;
      const before = landing.length;
      if (!(await landing.write(part))) {
        meter.found(-before);
        return new Error("The browser's storage lost what had come.");
      }
      // Another origin's server hides that it compresses: then more comes than it said.
      const unexpected = landing.length - (bytes ?? 0);
      if (unexpected > 0) meter.expect(Math.min(unexpected, part.byteLength));
      meter.arrived(part.byteLength);
    }
  } finally {
    await reader?.cancel().catch(() => undefined);
  }
}

/** A server may ignore that only the rest is wanted, or have another file by now. */
function continues(answer: Response, from: number, version: Version): boolean {
  if (answer.status !== 206) return false;
  const range = answer.headers.get("content-range"); // Other origins hide it.
  if (range !== null && !range.startsWith(`bytes ${from}-`)) return false;
  const now = versionOf(answer);
  return sameVersion(version, now) || (version.etag === null && version.modified === null);
}

function cutShort(url: string, length: number, bytes: number | undefined, cause: unknown): IoError {
  const of = bytes === undefined ? "" : ` of ${bytes}`;
  return new IoError(`${url}: the connection was cut after ${length}${of} bytes, again and again.`, {
    subject: url,
    cure: "Check the network, and try again.",
    cause,
  });
}
