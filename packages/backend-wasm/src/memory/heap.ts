import { BackendFailedError } from "@anabranch/core";
import { type WasmMemory, webAssembly } from "../web-assembly.js";

/** Bytes of a page of WebAssembly's memory. */
const PAGE = 65536;

/** What every address is a multiple of: a cache line, so that threads do not write to one line without meaning to. */
const LINE = 64;

/** All that 32 bits address: 4 GiB. */
const MOST_PAGES = 65536;

/** The most that a heap can hold in bytes. */
export const HEAP_LIMIT = MOST_PAGES * PAGE - LINE;

/** A stretch of free memory. */
interface Gap {
  at: number;
  bytes: number;
}

/** Memory of kernels, given out in blocks and taken back. It grows as needed and never shrinks. */
export class Heap {
  readonly memory: WasmMemory;
  /** In the order of addresses; no two touch. */
  readonly #gaps: Gap[] = [];
  /** Bytes of a block that was given out, by address. */
  readonly #blocks = new Map<number, number>();
  /** Changes when views that were made before no longer show the memory; asking the memory itself takes a call out of JavaScript. */
  buffer: ArrayBufferLike;
  #bytes: Uint8Array;
  #floats: Float32Array;
  #ints: Int32Array;

  /** @param shared for memory that threads share @throws BackendFailedError when there is no address space for it */
  constructor(readonly shared: boolean) {
    this.memory = reserve(shared);
    this.buffer = this.memory.buffer;
    this.#bytes = new Uint8Array(this.buffer);
    this.#floats = new Float32Array(this.buffer);
    this.#ints = new Int32Array(this.buffer);
    // Address 0 is never given out: it stands for what is not there.
    this.#gaps.push({ at: LINE, bytes: this.buffer.byteLength - LINE });
  }

  /** Bytes given out. */
  get used(): number {
    let sum = 0;
    for (const bytes of this.#blocks.values()) sum += bytes;
    return sum;
  }

  /**
   * A block, with whatever was in it before.
   *
   * @returns its address, a multiple of 64
   * @throws OutOfMemory when neither WebAssembly's 4 GiB nor the machine has room for it
   */
  allocate(bytes: number): number {
    const size = Math.max(LINE, Math.ceil(bytes / LINE) * LINE);
    const gap = this.#gapFor(size);
    const { at } = gap;
    gap.at += size;
    gap.bytes -= size;
    if (gap.bytes === 0) this.#gaps.splice(this.#gaps.indexOf(gap), 1);
    this.#blocks.set(at, size);
    return at;
  }

  /** Takes a block back. */
  free(at: number): void {
    const bytes = this.#blocks.get(at);
    if (bytes === undefined) throw new RangeError(`No block begins at ${at}.`);
    this.#blocks.delete(at);
    this.#addGap({ at, bytes });
  }

  /** A view, until memory grows. */
  floats(at: number, length: number): Float32Array {
    return this.#floats.subarray(at / 4, at / 4 + length);
  }

  /** A view, until memory grows. */
  ints(at: number, length: number): Int32Array {
    return this.#ints.subarray(at / 4, at / 4 + length);
  }

  /** A view, until memory grows. */
  bytes(at: number, length: number): Uint8Array {
    return this.#bytes.subarray(at, at + length);
  }

  /** Writes numbers, without a view of their place. */
  put(at: number, data: ArrayLike<number>, dtype: "f32" | "i32"): void {
    (dtype === "i32" ? this.#ints : this.#floats).set(data, at / 4);
  }

  #refresh(): void {
    this.buffer = this.memory.buffer;
    this.#bytes = new Uint8Array(this.buffer);
    this.#floats = new Float32Array(this.buffer);
    this.#ints = new Int32Array(this.buffer);
  }

  /** The smallest gap that is large enough. */
  #gapFor(size: number): Gap {
    let best: Gap | undefined;
    for (const gap of this.#gaps) {
      if (gap.bytes >= size && (best === undefined || gap.bytes < best.bytes)) best = gap;
    }
    return best ?? this.#grow(size);
  }

  #grow(size: number): Gap {
    const end = this.buffer.byteLength;
    const last = this.#gaps.at(-1);
    const open = last !== undefined && last.at + last.bytes === end ? last.bytes : 0;
    const needed = Math.ceil((size - open) / PAGE);
    const room = MOST_PAGES - end / PAGE;
    // By an eighth at a time, since every growth makes new views.
    const pages = Math.min(room, Math.max(needed, Math.ceil(end / PAGE / 8)));
    if (needed > room || !(this.#tryGrow(pages) || this.#tryGrow(needed))) throw new OutOfMemory(size, end);
    this.#addGap({ at: end, bytes: this.buffer.byteLength - end });
    return this.#gaps.at(-1) as Gap;
  }

  #tryGrow(pages: number): boolean {
    try {
      this.memory.grow(pages);
      this.#refresh();
      return true;
    } catch {
      return false;
    }
  }

  #addGap(gap: Gap): void {
    const index = this.#gaps.findIndex(({ at }) => at > gap.at);
    const place = index < 0 ? this.#gaps.length : index;
    const before = this.#gaps[place - 1];
    const after = this.#gaps[place];
    const touchesAfter = after !== undefined && gap.at + gap.bytes === after.at;
    if (before !== undefined && before.at + before.bytes === gap.at) {
      before.bytes += gap.bytes + (touchesAfter ? after.bytes : 0);
      if (touchesAfter) this.#gaps.splice(place, 1);
    } else if (touchesAfter) {
      after.at = gap.at;
      after.bytes += gap.bytes;
    } else {
      this.#gaps.splice(place, 0, gap);
    }
  }
}

/** Nothing is left of a heap; whoever asked says for what it was, and what to do. */
export class OutOfMemory extends Error {
  constructor(
    readonly wanted: number,
    readonly held: number,
  ) {
    super(`${wanted} bytes are wanted beside the ${held} of a heap that may not grow.`);
  }
}

/** Address space for as much as there is: a phone may not have 4 GiB of it to give. */
function reserve(shared: boolean): WasmMemory {
  let cause: unknown;
  for (let maximum = MOST_PAGES; maximum >= MOST_PAGES / 16; maximum /= 2) {
    try {
      return new webAssembly.Memory({ initial: 16, maximum, shared });
    } catch (error) {
      cause = error;
    }
  }
  throw new BackendFailedError("No address space is left for the memory of a model.", {
    subject: "memory",
    cure: "Dispose models that are no longer used.",
    cause,
  });
}
