import { mkdir, mkdtemp, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { InvalidFileError, IoError } from "@anabranch/core";
import type { StateHandle, StateStore } from "./state-store.js";

interface Place {
  readonly segment: number;
  /** In floats. */
  readonly from: number;
  readonly length: number;
}

/**
 * Base states in memory up to a budget, and in files beyond it. The folder gets a folder of its own inside, which
 * goes when training ends; states are a cache, and computed anew by the next run.
 * @param memoryBytes kept in memory before anything goes to the disk.
 * @param fileBytes written as one file.
 */
export function stateFolder(folder: string, memoryBytes = 2 ** 30, fileBytes = 2 ** 26): StateStore {
  return new StateFolder(folder, memoryBytes, fileBytes);
}

class StateFolder implements StateStore {
  readonly #memory = new Map<StateHandle, Float32Array>();
  readonly #places = new Map<StateHandle, Place>();
  #bytes = 0;
  #count = 0;
  #own: string | undefined;
  #segments = 0;
  #open: { handle: StateHandle; data: Float32Array }[] = [];
  #openFloats = 0;

  constructor(
    readonly folder: string,
    readonly memoryBytes: number,
    readonly fileBytes: number,
  ) {}

  async put(data: Float32Array): Promise<StateHandle> {
    const handle = this.#count++;
    if (this.#bytes + data.byteLength <= this.memoryBytes) {
      this.#bytes += data.byteLength;
      this.#memory.set(handle, data);
      return handle;
    }
    this.#open.push({ handle, data });
    this.#openFloats += data.length;
    if (this.#openFloats * 4 >= this.fileBytes) await this.#writeSegment();
    return handle;
  }

  async get(handle: StateHandle): Promise<Float32Array> {
    const kept = this.#memory.get(handle) ?? this.#open.find((waiting) => waiting.handle === handle)?.data;
    return kept ?? this.#read(this.#places.get(handle) as Place);
  }

  async dispose(): Promise<void> {
    this.#memory.clear();
    if (this.#own !== undefined) await rm(this.#own, { recursive: true, force: true });
  }

  async #writeSegment(): Promise<void> {
    const segment = this.#segments++;
    let path = this.folder;
    try {
      path = await this.#path(segment);
      const file = await open(`${path}.tmp`, "wx");
      try {
        for (const { data } of this.#open) await file.writeFile(bytesOf(data));
      } finally {
        await file.close();
      }
      await rename(`${path}.tmp`, path);
    } catch (cause) {
      throw new IoError(`Cannot keep base states in ${path}.`, {
        subject: path,
        cure: "Free some space, or name another folder.",
        cause,
      });
    }
    let from = 0;
    for (const { handle, data } of this.#open) {
      this.#places.set(handle, { segment, from, length: data.length });
      from += data.length;
    }
    this.#open = [];
    this.#openFloats = 0;
  }

  async #read({ segment, from, length }: Place): Promise<Float32Array> {
    const path = await this.#path(segment);
    const data = new Float32Array(length);
    const bytes = bytesOf(data);
    try {
      const file = await open(path, "r");
      try {
        const { bytesRead } = await file.read(bytes, 0, bytes.length, from * 4);
        if (bytesRead !== bytes.length)
          throw new InvalidFileError(`${path} is shorter than it was.`, { subject: path });
      } finally {
        await file.close();
      }
    } catch (cause) {
      if (cause instanceof InvalidFileError) throw cause;
      throw new IoError(`Cannot read base states from ${path}.`, { subject: path, cause });
    }
    return data;
  }

  async #path(segment: number): Promise<string> {
    if (this.#own === undefined) {
      await mkdir(this.folder, { recursive: true });
      this.#own = await mkdtemp(join(this.folder, "states-"));
    }
    return join(this.#own, `${segment}.f32`);
  }
}

function bytesOf(data: Float32Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
