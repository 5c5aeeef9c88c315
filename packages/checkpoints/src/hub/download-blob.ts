import { ChecksumError } from "@anabranch/core";
import { holdLock } from "./blob-lock.js";
import type { RepoCache } from "./cache-layout.js";
import { sizeOf } from "./cache-layout.js";
import type { Connection } from "./connection.js";
import { PartialFile } from "./partial-file.js";
import type { ProgressMeter } from "./progress-meter.js";
import { receive } from "./receive.js";
import type { RemoteFile } from "./repo-listing.js";
import { retrying } from "./retry-policy.js";

/**
 * Brings a file's content into the cache's blobs, whole and checked, or not at all. What a failure or an abort leaves,
 * `<blob>.incomplete`, is where the next call goes on.
 *
 * @returns the blob's path
 * @throws ChecksumError when the hub sends something else than it promised: nothing is left then
 * @throws HubError, IoError, AbortedError
 */
export async function downloadBlob(
  connection: Connection,
  cache: RepoCache,
  file: RemoteFile,
  meter: ProgressMeter,
): Promise<string> {
  const blob = cache.blob(file.digest.hex);
  if ((await sizeOf(blob)) === file.size) {
    meter.found(file.size);
    return blob;
  }
  const release = await holdLock(cache.lock(file.digest.hex), connection.signal);
  try {
    // The one that held the lock may have fetched it.
    if ((await sizeOf(blob)) === file.size) meter.found(file.size);
    else await download(connection, blob, file, meter);
  } finally {
    await release();
  }
  return blob;
}

async function download(connection: Connection, blob: string, file: RemoteFile, meter: ProgressMeter): Promise<void> {
  for (;;) {
    const partial = await PartialFile.open(`${blob}.incomplete`, file, connection.signal);
    const takenOver = partial.length;
    meter.found(takenOver);
    try {
      await retrying(connection, () => receive(connection, partial, meter));
      if (partial.isRight()) return await partial.finish(blob);
      await partial.discard();
    } finally {
      await partial.close();
    }
    // A power cut may have spoilt what an earlier process left: then once more, from the start.
    if (takenOver === 0) throw wrongContent(file);
    meter.found(-partial.length);
  }
}

function wrongContent({ name, url, digest, size }: RemoteFile): ChecksumError {
  return new ChecksumError(`${name}: what ${url} sent is not the ${size} bytes with the hash ${digest.hex}.`, {
    subject: name,
    cure: "Nothing of it was kept: try again, and if it stays so, look at proxies and mirrors (HF_ENDPOINT) on the way.",
  });
}
