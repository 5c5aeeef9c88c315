import { InvalidFileError, IoError } from "@anabranch/core";
import { type ByteSource, checkRange } from "./byte-source.js";
import { ioError } from "./io-failure.js";
import { nodeModule } from "./node-platform.js";

/** Node refuses a single read of 2 GiB and more. */
const LONGEST_READ = 2 ** 30;

/**
 * Opens a file for positioned reads.
 *
 * @throws IoError when there is no such file, or it is no regular file (opening a pipe would wait for ever).
 */
export async function openFile(path: string): Promise<ByteSource> {
  const fs = nodeModule("node:fs/promises", path);
  const stats = await fs.stat(path).catch((cause: unknown) => Promise.reject(ioError("read", path, cause)));
  if (!stats.isFile()) throw new IoError(`${path} is not a file.`, { subject: path, cure: "Name the file itself." });
  const handle = await fs.open(path, "r").catch((cause: unknown) => Promise.reject(ioError("read", path, cause)));
  return {
    name: path,
    size: stats.size,
    async read(start, end) {
      checkRange(path, stats.size, start, end);
      const bytes = allocate(path, end - start);
      for (let filled = 0; filled < bytes.byteLength; ) {
        const length = Math.min(bytes.byteLength - filled, LONGEST_READ);
        const { bytesRead } = await handle
          .read(bytes, filled, length, start + filled)
          .catch((cause: unknown) => Promise.reject(ioError("read", path, cause)));
        if (bytesRead === 0) {
          throw new InvalidFileError(`${path} became shorter while it was read.`, { subject: path });
        }
        filled += bytesRead;
      }
      return bytes;
    },
    close: () => handle.close(),
  };
}

function allocate(path: string, length: number): Uint8Array {
  try {
    return new Uint8Array(length);
  } catch (cause) {
    throw new IoError(`${path}: ${length} bytes at once do not fit this machine's memory.`, { subject: path, cause });
  }
}
