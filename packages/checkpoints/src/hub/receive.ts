import { IoError } from "@anabranch/core";
import { attempt, type Connection, codeOf } from "./connection.js";
import type { PartialFile } from "./partial-file.js";
import type { ProgressMeter } from "./progress-meter.js";
import { PassingFailure } from "./retry-policy.js";
import type { SilenceWatch } from "./silence-watch.js";

/** Bytes in one attempt that make it a good one: a large file over a bad line may need many. */
const PROGRESS = 2 ** 20;

/**
 * One request for what a partial file lacks.
 *
 * @throws PassingFailure where the connection was cut: what came before is in the file
 */
export async function receive(connection: Connection, partial: PartialFile, meter: ProgressMeter): Promise<void> {
  const { url, name, size } = partial.file;
  if (partial.length === size) return;
  // Compressed on the way, a range would be one of other bytes.
  const headers = { "accept-encoding": "identity", ...rangeFrom(partial.length) };
  await attempt(connection, { url, headers, subject: name }, async (response, watch) => {
    if (!continuesAt(response, partial.length)) {
      meter.found(-partial.length);
      partial.restart();
      if (!response.ok || response.status === 206) {
        await response.body?.cancel();
        throw new PassingFailure(wrongRange(partial, response.status));
      }
    }
    await take(response, partial, meter, watch);
  });
}

const rangeFrom = (start: number): Record<string, string> => (start === 0 ? {} : { range: `bytes=${start}-` });

/** A server may ignore the range and send everything (200), or refuse it (416). */
function continuesAt(response: Response, start: number): boolean {
  if (response.status !== 206) return response.ok && start === 0;
  return Number(/^bytes (\d+)-/.exec(response.headers.get("content-range") ?? "")?.[1] ?? Number.NaN) === start;
}

async function take(
  response: Response,
  partial: PartialFile,
  meter: ProgressMeter,
  watch: SilenceWatch,
): Promise<void> {
  const before = partial.length;
  const { size } = partial.file;
  const reader = response.body?.getReader();
  try {
    for (;;) {
      const { done, value } = (await reader?.read().catch(cutShort)) ?? { done: true };
      watch.heard();
      if (value === undefined || done) break;
      // More than was promised: the rest cannot make it right, and may have no end.
      const bytes = value.subarray(0, size - partial.length + 1);
      await partial.append(bytes);
      meter.arrived(bytes.byteLength);
      if (partial.length > size) return;
    }
  } finally {
    await reader?.cancel().catch(() => {});
  }
  if (partial.length < size) cutShort("the answer ended early");

  function cutShort(cause: unknown): never {
    const message = `${partial.file.name}: the connection was cut after ${partial.length} of ${size} bytes (${codeOf(cause)}).`;
    const error = new IoError(message, {
      subject: partial.file.name,
      cause,
      cure: "Try again: what came is kept, and the rest is fetched.",
    });
    throw new PassingFailure(error, undefined, partial.length - before >= PROGRESS);
  }
}

function wrongRange({ file }: PartialFile, status: number): IoError {
  return new IoError(`${file.name}: the server does not send the part that was asked for (${status}).`, {
    subject: file.name,
    cure: "Try again; the whole file is fetched then.",
  });
}
