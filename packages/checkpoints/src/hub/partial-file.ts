import type { Hash } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { throwIfAborted } from "@anabranch/core";
import { ioError } from "../bytes/io-failure.js";
import { sizeOf } from "./cache-layout.js";
import { startDigest } from "./digest.js";
import type { RemoteFile } from "./repo-listing.js";

/** Read at a time when an earlier attempt's bytes are hashed. */
const PIECE = 2 ** 20;

/**
 * A blob that is not whole yet, `<blob>.incomplete`, and the digest of what it has.
 *
 * Every byte is written to its own place, never "at the end": should two processes write the same blob in spite of the
 * lock, both write the same bytes to the same places.
 */
export class PartialFile {
  #length = 0;
  #hash: Hash;

  private constructor(
    readonly path: string,
    readonly file: RemoteFile,
    private readonly handle: FileHandle,
  ) {
    this.#hash = startDigest(file.digest.kind, file.size);
  }

  /** Goes on where an earlier attempt, perhaps of another process, ended. @throws IoError, AbortedError */
  static async open(path: string, file: RemoteFile, signal: AbortSignal | undefined): Promise<PartialFile> {
    const handle = await io(path, async () => {
      await mkdir(dirname(path), { recursive: true });
      return open(path, "r+").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return open(path, "wx+");
        throw error;
      });
    });
    const partial = new PartialFile(path, file, handle);
    try {
      await partial.#takeOver(signal);
    } catch (error) {
      await handle.close();
      throw error;
    }
    return partial;
  }

  /** Bytes that are there, from the start on. */
  get length(): number {
    return this.#length;
  }

  /** Whether content and size are what the hub promised. Ask once, at the end. */
  isRight(): boolean {
    return this.#length === this.file.size && this.#hash.digest("hex") === this.file.digest.hex;
  }

  /** @throws IoError when the disk is full, with what was written kept */
  async append(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.byteLength; ) {
      const { bytesWritten } = await io(this.path, () =>
        this.handle.write(bytes, done, bytes.byteLength - done, this.#length + done),
      );
      done += bytesWritten;
    }
    this.#length += bytes.byteLength;
    this.#hash.update(bytes);
  }

  /** From the start again; what stands in the file is written over. */
  restart(): void {
    this.#length = 0;
    this.#hash = startDigest(this.file.digest.kind, this.file.size);
  }

  /** Puts the whole file under its final name. @throws IoError */
  async finish(blob: string): Promise<void> {
    await io(blob, async () => {
      await this.handle.truncate(this.file.size); // Something longer may have stood there.
      await this.handle.sync();
      await this.handle.close();
      await rename(this.path, blob).catch(async (error: unknown) => {
        if ((await sizeOf(blob)) !== this.file.size) throw error; // Else another process was quicker.
      });
    });
  }

  async discard(): Promise<void> {
    await this.close();
    await io(this.path, () => rm(this.path, { force: true }));
  }

  async close(): Promise<void> {
    await this.handle.close(); // Closing twice is allowed.
  }

  async #takeOver(signal: AbortSignal | undefined): Promise<void> {
    const { size } = await io(this.path, () => this.handle.stat());
    const end = Math.min(size, this.file.size);
    const piece = new Uint8Array(PIECE);
    while (this.#length < end) {
      throwIfAborted(signal, `Fetching ${this.file.name}`);
      const { bytesRead } = await io(this.path, () =>
        this.handle.read(piece, 0, Math.min(PIECE, end - this.#length), this.#length),
      );
      if (bytesRead === 0) return;
      this.#hash.update(piece.subarray(0, bytesRead));
      this.#length += bytesRead;
    }
  }
}

function io<T>(path: string, work: () => Promise<T>): Promise<T> {
  return work().catch((cause: unknown) => Promise.reject(ioError("write", path, cause)));
}
